// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import ArgumentParser
import CloudEvents
import Logging

/// The command `lamassu-cloud play`.
struct PlayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Publishes events out of files, each as the service of its generation would.")

    @Option(help: "The broker, as an amqp:// or amqps:// URL.") var broker: String
    @Argument(help: "Files with one CloudEvent in JSON each.") var files: [String]

    func run() async throws {
        let broker = try AMQPConfiguration(uri: self.broker)
        for file in self.files {
            let sample = try SampleEvent(file: file)
            try await sample.publish(to: broker, logger: .quiet)
            print("\(sample.name): \(sample.event.type) \(sample.event.id) is with the broker")
        }
    }
}
