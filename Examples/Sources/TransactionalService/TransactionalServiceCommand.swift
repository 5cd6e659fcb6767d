// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LamassuEvents

/// A CA service in miniature whose updates are transactions of a PostgreSQL database, with their events in them.
@main
struct TransactionalServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TransactionalService",
        abstract: "Updates a CA and stores its event in one transaction of PostgreSQL, and publishes the event.",
        subcommands: [UpdateCommand.self, RelayCommand.self])
}

/// Where the database and the broker are.
struct ServiceOptions: ParsableArguments {
    @Option(help: "A connection string of libpq.")
    var database: String

    @Option(help: "The broker, as an amqp or amqps URI.")
    var broker: String

    @Option(help: "The topic exchange to which events are published; the queues are named after it.")
    var exchange = "lamassu-events"

    var topology: EventTopology {
        guard self.exchange != "lamassu-events" else { return .standard }
        return EventTopology(exchange: self.exchange, queue: "\(self.exchange).queue", deadLetterQueue: "\(self.exchange).dead-letter")
    }
}

/// Does an update, publishes what is stored, and ends.
struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "update", abstract: "Sets the status of a CA.")

    @OptionGroup var options: ServiceOptions
    @Argument(help: "The CA's id.") var id: String
    @Argument(help: "Its new status.") var status: String
    @Option(
        help: "At which step the process ends as if its power were cut: \(DeathPoint.allCases.map(\.rawValue).joined(separator: ", ")).")
    var dieAt: DeathPoint?

    func run() async throws {
        let service = try await CADatabase(self.options, dieAt: self.dieAt)
        try await service.publishing { events in
            try await service.setStatus(of: self.id, to: self.status, events)
        }
    }
}

/// Publishes what is stored, as a service does that starts again, and ends.
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "relay", abstract: "Publishes what is stored.")

    @OptionGroup var options: ServiceOptions

    func run() async throws { try await CADatabase(self.options, dieAt: nil).publishing { _ in } }
}
