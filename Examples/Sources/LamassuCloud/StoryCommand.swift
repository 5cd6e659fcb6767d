// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import ArgumentParser
import CurlTransport
import IoTCoreClient
import Logging
import Timeline

/// The command `lamassu-cloud story`.
struct StoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "story", abstract: "Tells the demo's story against running services, and fails when a part of it does not happen.")

    @Option(help: "The broker, as an amqp:// or amqps:// URL.") var broker: String
    @Option(help: "Host and port of the CA service.") var service: String
    @Option(help: "The connector whose metadata the CA service keeps.") var connector: String
    @Argument(help: "Files with the sample events.") var samples: [String]

    func run() async throws {
        let logger = Logger.quiet
        let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: logger)
        let story = Story(
            service: CAServiceAPI(authority: self.service, transport: .curl), iot: IoTCoreClient(aws),
            broker: try AMQPConfiguration(uri: self.broker), connector: self.connector,
            samples: try self.samples.map(SampleEvent.init(file:)),
            timeline: Timeline(), logger: logger)
        let summary = try await story.tell()
        print("\nIn AWS, read back at the end:")
        for line in summary { print("  \(line)") }
    }
}
