// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What publishing costs a service: `events-bench SCENARIO COUNT FOLDER`; README.md lists the scenarios.
@main
enum EventsBenchmark {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[2]), count > 0 else {
            throw Failure(description: "usage: events-bench SCENARIO COUNT FOLDER")
        }
        let bench = Bench(count: count, folder: arguments[3])
        let figures =
            switch arguments[1] {
            case "overhead-memory": try await bench.overheadInMemory()
            case "overhead-sqlite": try await bench.overheadWithSQLite()
            case "relay": try await bench.relay()
            default: throw Failure(description: "no such scenario: \(arguments[1])")
            }
        let json = figures.map { "\"\($0)\":\($1)" }.joined(separator: ",")
        print("{\"scenario\":\"\(arguments[1])\",\"count\":\(count),\(json)}")
    }
}

/// Names of figures, with their values.
typealias Figures = KeyValuePairs<String, Double>
