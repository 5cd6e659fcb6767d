// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Logging
import TestSupport
import Testing

@Suite struct CachedCredentialsProviderTests {
    private let time = ManualClock()
    private let source = StepProvider()
    private let provider: CachedCredentialsProvider

    init() {
        self.provider = CachedCredentialsProvider(
            self.source, policy: CredentialsRefreshPolicy(), logger: Logger(label: "test"), clock: self.time.clock)
    }

    private static let failure = AWSError(.credentials, code: "Down", message: "as the test says")

    private func credentials(_ name: String, until seconds: Int64) -> AWSCredentials {
        AWSCredentials(accessKeyID: name, secretAccessKey: "secret", expiration: AWSTimestamp(secondsSinceEpoch: seconds))
    }

    /// Fills the cache with credentials that are valid for an hour.
    private func fill() async throws {
        async let first = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.success(self.credentials("first", until: 3_600)))
        #expect(try await first.accessKeyID == "first")
    }

    @Test func `a hundred callers share one refresh`() async throws {
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await self.provider.credentials().accessKeyID } }
            try await eventually { self.source.waiting == 1 }
            self.source.answer(.success(self.credentials("first", until: 3_600)))
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(names == ["first"])
        #expect(self.source.calls == 1)
    }

    @Test func `in the advisory window one caller refreshes while the others go on with the old credentials`() async throws {
        try await self.fill()
        self.time.advance(by: .seconds(3_400))
        async let refreshing = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        #expect(try await self.provider.credentials().accessKeyID == "first")
        self.source.answer(.success(self.credentials("second", until: 7_200)))
        #expect(try await refreshing.accessKeyID == "second")
        #expect(try await self.provider.credentials().accessKeyID == "second")
        #expect(self.source.calls == 2)
    }

    @Test func `while the credentials at hand serve, a source that hangs holds up one caller, and not for long`() async throws {
        try await self.fill()
        self.time.advance(by: .seconds(3_400))
        async let refreshing = self.provider.credentials()
        try await eventually { self.source.waiting == 1 && self.time.sleeping == [.seconds(2)] }
        self.time.advance(by: .seconds(2))
        #expect(try await refreshing.accessKeyID == "first")
        #expect(try await self.provider.credentials().accessKeyID == "first")
        #expect(self.source.calls == 2)
    }

    @Test func `near the expiry, and ahead of the callers, a source has its time`() async throws {
        try await self.fill()
        self.time.advance(by: .seconds(3_400))
        let running = Task { await self.provider.run() }
        try await eventually { self.source.waiting == 1 && self.time.sleeping == [.seconds(60)] }
        running.cancel()
        await running.value
        self.time.advance(by: .seconds(150))
        async let waiting = self.provider.credentials()
        try await eventually { self.source.waiting == 1 && self.time.sleeping == [.seconds(60)] }
        self.source.answer(.success(self.credentials("second", until: 7_200)))
        #expect(try await waiting.accessKeyID == "second")
    }

    @Test func `cancelling the caller that refreshes leaves the refresh to another, and cancels nobody else`() async throws {
        let first = Task { try await self.provider.credentials() }
        try await eventually { self.source.waiting == 1 }
        async let second = self.provider.credentials()
        async let third = self.provider.credentials()
        // The others may come before or after the cancellation: the refresh is theirs either way.
        first.cancel()
        await #expect(throws: AWSError(.cancelled, code: "Cancelled", message: "")) { try await first.value }
        try await eventually { self.source.waiting == 1 && self.source.calls == 2 }
        self.source.answer(.success(self.credentials("first", until: 3_600)))
        #expect(try await [second.accessKeyID, third.accessKeyID] == ["first", "first"])
        #expect(self.source.calls == 2)
    }

    @Test func `a caller that waits is cancelled alone`() async throws {
        async let first = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        let second = Task { try await self.provider.credentials() }
        second.cancel()
        await #expect(throws: AWSError(.cancelled, code: "Cancelled", message: "")) { try await second.value }
        self.source.answer(.success(self.credentials("first", until: 3_600)))
        #expect(try await first.accessKeyID == "first")
        #expect(self.source.calls == 1)
    }

    @Test func `a source that does not answer is given up at the deadline, and asked again later`() async throws {
        async let first = self.provider.credentials()
        try await eventually { self.source.waiting == 1 && self.time.sleeping == [.seconds(60)] }
        self.time.advance(by: .seconds(60))
        let error = AWSError(.credentials, code: .credentialsTimedOut, message: "")
        do {
            _ = try await first
            Issue.record("the source never answered")
        } catch {
            #expect(error as? AWSError == AWSError(.credentials, code: .credentialsTimedOut, message: ""))
        }
        await #expect(throws: error) { try await self.provider.credentials() }
        #expect(self.source.calls == 1)
        self.time.advance(by: .seconds(1))
        try await self.fill()
    }

    @Test func `a failed refresh leaves the old credentials in use until a later one succeeds`() async throws {
        try await self.fill()
        self.time.advance(by: .seconds(3_400))
        for round in 2...6 {
            async let refreshing = self.provider.credentials()
            try await eventually { self.source.waiting == 1 }
            self.source.answer(.failure(Self.failure))
            #expect(try await refreshing.accessKeyID == "first")
            #expect(self.source.calls == round)
            self.time.advance(by: .seconds(15))
        }
        // They have expired by now, and the source is still asked.
        self.time.advance(by: .seconds(200))
        async let failing = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.failure(Self.failure))
        do {
            _ = try await failing
            Issue.record("nothing was valid")
        } catch {
            #expect(error as? AWSError == Self.failure)
        }
        self.time.advance(by: .seconds(15))
        async let last = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.success(self.credentials("second", until: 7_200)))
        #expect(try await last.accessKeyID == "second")
    }

    @Test func `refused credentials are fetched anew, and the source is told`() async throws {
        try await self.fill()
        let refused = try await self.provider.credentials()
        self.provider.invalidate(refused)
        #expect(self.source.invalidated == [refused])
        async let next = self.provider.credentials()
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.success(self.credentials("second", until: 7_200)))
        #expect(try await next.accessKeyID == "second")
    }

    @Test func `run refreshes ahead of the callers, goes on after a failure, and ends when it is cancelled`() async throws {
        let running = Task { await self.provider.run() }
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.failure(Self.failure))
        // It sleeps for as long as the source is not to be asked, half a second at most.
        try await eventually { self.time.sleeping.count == 1 && self.time.sleeping[0] <= .milliseconds(500) }
        self.time.advance(by: .seconds(1))
        try await eventually { self.source.waiting == 1 }
        self.source.answer(.success(self.credentials("first", until: 401)))
        #expect(try await self.provider.credentials().accessKeyID == "first")
        // The window of five minutes is cut to half of the life that is left: it opens at 201.
        for wait: Duration in [.seconds(60), .seconds(60), .seconds(60), .seconds(20)] {
            try await eventually { self.time.sleeping == [wait] }
            #expect(self.source.waiting == 0)
            self.time.advance(by: wait)
        }
        try await eventually { self.source.waiting == 1 }
        #expect(try await self.provider.credentials().accessKeyID == "first")
        self.source.answer(.success(self.credentials("second", until: 7_200)))
        try await eventually { try await self.provider.credentials().accessKeyID == "second" }
        running.cancel()
        await running.value
        #expect(self.time.sleeping.isEmpty)
    }
}
