// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Three publisher processes, a broker and what lies between them, in which everything goes wrong that can.
@Suite(.timeLimit(.minutes(60))) struct ChaosTests {
    /// How many operations are to succeed; the recorded run has 50,000.
    private static var operations: Int { Self.number("LAMASSU_TEST_CHAOS_OPERATIONS") ?? 5_000 }

    /// What the faults, their order and the operations are drawn from.
    private static var seed: UInt64 { Self.number("LAMASSU_TEST_CHAOS_SEED").flatMap { UInt64($0) } ?? 20_261_123 }

    @Test func `no event of a succeeded operation is lost, whatever is killed, cut, full, or jumps`() async throws {
        print("chaos: \(Self.operations) operations, seed \(Self.seed)")
        let run = ChaosRun(operations: Self.operations, seed: Self.seed)
        let outcome = try await run.execute()
        print(outcome)
        #expect(outcome.verdict.complaints == [])
        #expect(outcome.verdict.succeeded.values.reduce(0, +) >= Self.operations)
        #expect(outcome.verdict.failed > 0)
        #expect(outcome.faults.values.reduce(0, +) == run.plan.count)
        #expect(outcome.refusedWrites > 0)
    }

    private static func number(_ variable: String) -> Int? { ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } }
}
