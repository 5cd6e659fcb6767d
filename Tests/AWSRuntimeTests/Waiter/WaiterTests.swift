// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WaiterTests {
    // MARK: The machine

    @Test func `waits grow to a ceiling, random from the shortest one`() {
        for (jitter, expected) in [(0.0, [2, 2, 2, 2, 2]), (1.0, [2, 4, 8, 10, 10]), (0.5, [2, 3, 5, 6, 6])] {
            var machine = WaiterStateMachine(minimumDelay: .seconds(2), maximumDelay: .seconds(10), timeout: .seconds(1_000))
            for delay in expected {
                let action = machine.callAnswered(.retry, elapsed: .zero, jitter: jitter)
                #expect(action == .wait(.seconds(delay)))
            }
        }
    }

    @Test func `the last wait leaves time for one more call, and then there is none`() {
        var machine = WaiterStateMachine(minimumDelay: .seconds(2), maximumDelay: .seconds(120), timeout: .seconds(10))
        let first = machine.callAnswered(.retry, elapsed: .seconds(5), jitter: 0)
        #expect(first == .wait(.seconds(2)))
        let last = machine.callAnswered(.retry, elapsed: .seconds(7), jitter: 1)
        #expect(last == .wait(.seconds(1)))
        let over = machine.callAnswered(.retry, elapsed: .seconds(8), jitter: 0)
        #expect(over == .giveUp)
    }

    @Test(arguments: [(AWSWaiterState.success, WaiterStateMachine.Action.succeed), (.failure, .fail)])
    func `an answer that decides ends the wait, however late it is`(state: AWSWaiterState, action: WaiterStateMachine.Action) {
        var machine = WaiterStateMachine(minimumDelay: .seconds(2), maximumDelay: .seconds(120), timeout: .seconds(10))
        let given = machine.callAnswered(state, elapsed: .seconds(11), jitter: 0)
        #expect(given == action)
    }

    @Test func `any wait ends in its time`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let timeout = Duration.milliseconds(Int.random(in: 0...100_000, using: &generator))
            var machine = WaiterStateMachine(
                minimumDelay: .milliseconds(Int.random(in: -1...5_000, using: &generator)),
                maximumDelay: .milliseconds(Int.random(in: 0...50_000, using: &generator)), timeout: timeout)
            var elapsed = Duration.zero
            var isOver = false
            while !isOver {
                switch machine.callAnswered(.retry, elapsed: elapsed, jitter: .random(in: 0..<1, using: &generator)) {
                case .wait(let delay):
                    #expect(delay > .zero && elapsed + delay < timeout)
                    elapsed += delay
                case .giveUp: isOver = true
                case .succeed, .fail: Issue.record("nothing decided")
                }
            }
        }
    }

    // MARK: The client

    /// Waits for a text.
    private static let isDone = AWSWaiter<Echo> { answer in
        switch answer {
        case .success("done"): .success
        case .success("broken"): .failure
        case .success: .retry
        case .failure(let error): error.code == .resourceNotFound ? .success : .failure
        }
    }

    private static func text(_ text: String) -> ScriptedTransport.Step { .answer(200, #"{"text":"\#(text)"}"#) }

    @Test func `a wait ends with the output that means the state`() async throws {
        let waits = AWSClientTests.Waits()
        let transport = ScriptedTransport([Self.text("a"), Self.text("b"), Self.text("done")])
        let output = try await AWSClientTests.client(transport, waits: waits).wait(for: Echo(), until: Self.isDone)
        #expect(output == "done" && transport.requests.count == 3)
        #expect(waits.all.count == 2 && waits.all.allSatisfy { $0 >= .seconds(2) && $0 <= .seconds(4) })
    }

    @Test func `a wait may end with an error that means the state`() async throws {
        let transport = ScriptedTransport([Self.text("a"), .answer(404, #"{"__type":"ResourceNotFoundException"}"#)])
        let output = try await AWSClientTests.client(transport).wait(for: Echo(), until: Self.isDone)
        #expect(output == nil)
    }

    @Test func `a wait fails with the error, or by the output, that means failure`() async throws {
        let client = try AWSClientTests.client(ScriptedTransport([Self.text("broken"), .answer(403, #"{"__type":"AccessDenied"}"#)]))
        await #expect(throws: AWSError(.waiter, code: "WaiterFailed", message: "")) {
            try await client.wait(for: Echo(), until: Self.isDone)
        }
        await #expect(throws: AWSError(.service, code: "AccessDenied", message: "")) {
            try await client.wait(for: Echo(), until: Self.isDone)
        }
    }

    @Test func `a wait that takes too long is a typed error`() async throws {
        let client = try AWSClientTests.client(ScriptedTransport([Self.text("a")]))
        await #expect(throws: AWSError(.timedOut, code: "WaiterTimedOut", message: "")) {
            try await client.wait(for: Echo(), until: Self.isDone, timeout: .seconds(2))
        }
    }

    @Test func `cancelling ends a wait at once`() async throws {
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: CallTests.credentials, endpoint: try AWSEndpoint(url: "http://127.0.0.1:1"))
        let transport = ScriptedTransport([Self.text("a")])
        let client = AWSClient(configuration, transport: transport, logger: Logger(label: "test"))
        await withTaskGroup(of: AWSError?.self) { group in
            group.addTask {
                do throws(AWSError) {
                    try await client.wait(for: Echo(), until: Self.isDone)
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            #expect(await group.next() == AWSError(.cancelled, code: "Cancelled", message: ""))
        }
    }
}
