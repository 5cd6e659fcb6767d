// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import LamassuEvents
import Logging

/// What a publisher holds and does while its service is idle: `events-footprint SECONDS`.
///
/// It publishes 1,000 events, which are confirmed, and then none: how much memory the process has had at the most, how much of that no
/// other process can share, and how often its threads wake up in a minute. The same is counted before there is a publisher, when only
/// Swift's runtime can wake up: on Linux, Dispatch looks after its threads every second.
@main
enum EventsFootprint {
    static func main() async throws {
        let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 60
        let configuration = AMQPConfiguration(
            host: Self.variable("AMQP_HOST", or: "127.0.0.1"), port: Int(Self.variable("AMQP_PORT", or: "5672")),
            credentials: .plain(
                username: Self.variable("AMQP_USER", or: "guest"), password: Self.variable("AMQP_PASSWORD", or: "guest")))
        let withoutPublisher = try await Self.wakeups(during: .seconds(seconds))
        let events = LamassuEventPublisher(
            EventPublisherConfiguration(broker: configuration, source: .ca), transport: .curl,
            logger: Logger(label: "events-footprint", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup { group in
            group.addTask { try await events.run() }
            for number in 0..<1_000 {
                _ = try await events.publishing(.deviceMetadataUpdate, subject: .device("\(number % 50)")) {
                    String(repeating: "x", count: 512)
                }
            }
            while events.statistics.confirmed < 1_000 { try await Task.sleep(for: .milliseconds(10)) }
            // What was left to be done is done by then, and threads that are not needed have ended.
            try await Task.sleep(for: .seconds(10))
            let wakeups = try await Self.wakeups(during: .seconds(seconds))
            print(
                """
                {"scenario":"footprint","anonymous_kib":\(ProcessStatus.anonymousMemory),"max_rss_kib":\(ProcessStatus.peakMemory),\
                "wakeups_per_minute":\(Double(wakeups * 60) / Double(seconds)),\
                "wakeups_without_publisher":\(Double(withoutPublisher * 60) / Double(seconds)),"heartbeat_s":\(configuration.heartbeat / .seconds(1))}
                """)
            group.cancelAll()
        }
    }

    private static func wakeups(during time: Duration) async throws -> Int {
        let before = ProcessStatus.wakeups
        try await Task.sleep(for: time)
        // Threads that have ended meanwhile had been idle.
        return ProcessStatus.wakeups.reduce(0) { $0 + $1.value - before[$1.key, default: 0] }
    }

    private static func variable(_ name: String, or fallback: String) -> String { getenv(name).map { String(cString: $0) } ?? fallback }
}
