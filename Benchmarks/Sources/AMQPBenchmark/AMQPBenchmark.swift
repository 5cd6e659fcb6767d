// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A benchmark peer: `amqp-bench SCENARIO COUNT`; README.md lists the scenarios.
@main
enum AMQPBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
            throw Benchmark.Failure(description: "usage: amqp-bench SCENARIO COUNT")
        }
        let scenario = arguments[1]
        let benchmark = Benchmark(count: count)
        let measurement =
            switch scenario {
            case "publish-confirm-pipelined": try await benchmark.publishBatches()
            case "publish-confirm-singles": try await benchmark.publishSingles()
            case "publish-noconfirm": try await benchmark.publishUnconfirmed()
            case "consume-ack": try await benchmark.consume()
            case "roundtrip": try await benchmark.roundTrip()
            case "connect": try await benchmark.connect()
            default: throw Benchmark.Failure(description: "no such scenario: \(scenario)")
            }
        print(measurement.line(peer: Benchmark.variable("PEER_NAME", or: "lamassu-cloud"), scenario: scenario, count: count))
    }
}
