// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Synchronization
import Testing
import Transport

/// How long an operation waits before it reads anew.
@Suite struct SettlingTests {
    /// The waits of putting a policy while AWS answers as told.
    static func waits(baseDelay: Duration, _ steps: [ScriptedTransport.Step]) async -> (waits: [Duration], error: IoTCoreError?) {
        let waits = Notes()
        let client = AWSClient.scripted(ScriptedTransport(steps), attempts: 3, sleep: { waits.add($0) }) { configuration in
            configuration.retry.baseDelay = baseDelay
        }
        let failure = await error { () throws(IoTCoreError) in
            try await IoTCoreClient(client).putPolicy("p", document: PutPolicyTests.document)
        }
        return (waits.all, failure)
    }

    static func round(_ answer: ScriptedTransport.Step) -> [ScriptedTransport.Step] {
        [.answer(200, PutPolicyTests.present), .answer(200, #"{"policyVersions": []}"#), answer]
    }

    @Test(arguments: [("ThrottlingException", 400, 1), ("InternalFailureException", 500, 0)])
    func `a write that is not repeated blindly waits for longer where AWS throttles`(code: String, status: Int, count: Int) async throws {
        // Without a delay for other faults there is a wait for throttling alone.
        let steps = Self.round(.refusal(status, code)) + Self.round(.answer(200, #"{"policyVersionId": "8"}"#))
        let (waits, failure) = await Self.waits(baseDelay: .zero, steps)
        #expect(failure == nil)
        #expect(waits.count == count)
        #expect(waits.allSatisfy { $0 < .seconds(1) })
    }

    @Test func `who meets with others waits for a short while between the rounds`() async {
        let contended = Self.round(.refusal(409, "VersionsLimitExceededException"))
        let (waits, failure) = await Self.waits(baseDelay: .milliseconds(50), (0..<10).flatMap { _ in contended })
        #expect(failure?.code == .contended)
        #expect(waits.count == 9)
        #expect(waits.allSatisfy { $0 < .milliseconds(400) })
    }
}

/// The waits that a client was told to make.
private final class Notes: Sendable {
    private let durations = Mutex<[Duration]>([])

    var all: [Duration] { self.durations.withLock { $0 } }

    func add(_ duration: Duration) { self.durations.withLock { $0.append(duration) } }
}
