// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CChaosConditions
import Glibc
import LamassuEvents

/// A service that publishes an event for each of its operations, to be killed at any time: `ChaosPublisher COMMAND name=value…`.
///
///     serve    does operations until so many have succeeded, then ends in order
///     settle   does none, takes up what earlier lives have left, and ends when nothing is left in the outbox
///     hoard    stores so many events, then waits until they are sent, and says how much memory that took
///     ledger   writes the operations that succeeded to a file, as lines of JSON
@main
enum ChaosPublisher {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func main() async {
        do {
            try await self.run(Arguments(CommandLine.arguments))
        } catch {
            print("error: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: Arguments) async throws {
        switch arguments.command {
        case "serve":
            try self.expose(to: try arguments.text("conditions"))
            try await Service(arguments).serve(until: try arguments.number("operations"), workers: try arguments.number("workers"))
        case "settle":
            try self.expose(to: try arguments.text("conditions"))
            try await Service(arguments).settle()
        case "hoard": try await Hoard(service: Service(arguments), count: try arguments.number("operations")).run()
        case "ledger":
            try await ServiceDatabase(try arguments.text("database")).writeLedger(to: Journal(appendingTo: try arguments.text("output")))
        default: throw Failure(description: "there is no command '\(arguments.command)'")
        }
    }

    /// From now on clock, disk and life of the process are at the mercy of a file.
    private static func expose(to conditions: String) throws {
        let error = unsafe chaos_open(conditions)
        guard error == 0 else { throw Failure(description: "\(conditions) cannot be mapped: error \(error)") }
        #if LAMASSU_FAULT_POINTS
        FaultPoint.onReached { unsafe chaos_pass($0.rawValue) }
        #else
        throw Failure(
            description: "build with CI=1 in the environment: only then the publisher's steps are points at which it can be killed")
        #endif
    }
}
