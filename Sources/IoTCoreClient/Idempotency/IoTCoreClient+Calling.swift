// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension IoTCoreClient {
    /// How often an operation reads anew because others changed what it had read.
    static let maximumRounds = 10

    /// Sends an operation; an error of AWS becomes ours.
    func call<Operation: AWSOperation>(_ operation: Operation) async throws(IoTCoreError) -> Operation.Output {
        do {
            return try await self.client.send(operation)
        } catch {
            throw IoTCoreError(error, calling: Operation.self)
        }
    }

    /// Sends an operation; `nil` when AWS refuses it with one of the codes.
    func call<Operation: AWSOperation>(
        _ operation: Operation, unless codes: AWSErrorCode...
    ) async throws(IoTCoreError) -> Operation.Output? {
        do {
            return try await self.client.send(operation)
        } catch {
            guard codes.contains(error.code) else { throw IoTCoreError(error, calling: Operation.self) }
            return nil
        }
    }

    /// Sends an operation that would have a second effect if it were repeated: where it is open whether AWS has acted, ``settle(_:named:_:)`` reads
    /// anew before it is sent again.
    ///
    /// - Returns: `nil` when AWS refuses it with one of the codes.
    func callOnce<Operation: AWSOperation>(
        _ operation: Operation, unless codes: AWSErrorCode...
    ) async throws(IoTCoreError) -> Operation.Output? {
        do {
            return try await self.client.sendOnce(operation)
        } catch {
            guard !codes.contains(error.code) else { return nil }
            var failure = IoTCoreError(error, calling: Operation.self)
            failure.isUnsettled = error.isRetryable
            throw failure
        }
    }

    /// Sends an operation that reads; `nil` when AWS knows no such resource.
    func find<Operation: AWSOperation>(_ operation: Operation) async throws(IoTCoreError) -> Operation.Output? {
        try await self.call(operation, unless: .resourceNotFound)
    }

    /// Sends an operation that reads one thing; `nil` when AWS knows no such resource.
    ///
    /// An answer without the thing is a fault of AWS, never "there is none": what would be made then may exist.
    func find<Operation: AWSOperation, Found>(
        _ operation: Operation, _ found: KeyPath<Operation.Output, Found?>
    ) async throws(IoTCoreError) -> Found? {
        guard let output = try await self.find(operation) else { return nil }
        return try Self.require(output[keyPath: found], of: Operation.self)
    }

    /// All entries of a list.
    func list<Operation: AWSPaginatedOperation>(_ operation: Operation) async throws(IoTCoreError) -> [Operation.Element] {
        do {
            return try await self.entries(of: operation)
        } catch {
            throw IoTCoreError(error, calling: Operation.self)
        }
    }

    /// All entries of the list of a resource; `nil` when AWS knows no such resource.
    func findList<Operation: AWSPaginatedOperation>(_ operation: Operation) async throws(IoTCoreError) -> [Operation.Element]? {
        do {
            return try await self.entries(of: operation)
        } catch {
            guard error.code == .resourceNotFound else { throw IoTCoreError(error, calling: Operation.self) }
            return nil
        }
    }

    private func entries<Operation: AWSPaginatedOperation>(of operation: Operation) async throws(AWSError) -> [Operation.Element] {
        var entries: [Operation.Element] = []
        var pages = self.client.pages(of: operation).makeAsyncIterator()
        while let page = try await pages.next(isolation: #isolation) { entries += Operation.items(of: page) }
        return entries
    }

    /// What an answer has to hold.
    static func require<Value, Operation: AWSOperation>(
        _ value: Value?, of operation: Operation.Type
    ) throws(IoTCoreError) -> Value {
        guard let value else {
            throw IoTCoreError(.malformedAnswer, message: "\(Operation.name): AWS answered without what was asked for")
        }
        return value
    }

    /// Repeats reading, comparing and acting until it comes to an end, in the lane of the resource.
    ///
    /// - Parameters:
    ///   - resource: the resource; any text that is the same for the same one.
    ///   - name: how an error names it; by default by that text.
    ///   - round: reads, compares and acts; `nil` when another was faster, so that it has to be done anew.
    /// - Returns: what the last round returns.
    /// - Throws: what a round throws; ``IoTCoreError/Code/contended`` after ``maximumRounds``.
    func settle<Value: Sendable>(
        _ resource: String, named name: String? = nil, _ round: () async throws(IoTCoreError) -> Value?
    ) async throws(IoTCoreError) -> Value {
        try await self.lanes.run(resource) { () async throws(IoTCoreError) -> Value in
            var failures = 0
            for count in 1...Self.maximumRounds {
                var cause: AWSError?
                do throws(IoTCoreError) {
                    if let value = try await round() { return value }
                } catch {
                    failures += 1
                    guard error.isUnsettled, failures < self.client.configuration.retry.maximumAttempts else { throw error }
                    cause = error.cause
                }
                if count < Self.maximumRounds { try await self.pause(afterRounds: count, cause) }
            }
            throw IoTCoreError(.contended, message: "others kept changing the \(name ?? resource): try again later")
        }
    }

    /// Ends what is under way.
    ///
    /// - Parameters:
    ///   - resource: what is to end.
    ///   - operation: ends it; refused as an invalid request where it has ended meanwhile.
    ///   - isUnderWay: reads whether it is.
    /// - Returns: whether it was under way.
    func end<Operation: AWSOperation>(
        _ resource: String, by operation: Operation, _ isUnderWay: () async throws(IoTCoreError) -> Bool
    ) async throws(IoTCoreError) -> Bool {
        var wasRefused = false
        return try await self.settle(resource) { () async throws(IoTCoreError) -> Bool? in
            // Ended after it was under way, perhaps by a call whose answer was lost.
            guard try await isUnderWay() else { return wasRefused }
            guard !wasRefused else {
                _ = try await self.call(operation)
                return true
            }
            wasRefused = try await self.call(operation, unless: .invalidRequest) == nil
            return wasRefused ? nil : true
        }
    }

    /// Waits before another round: as the retry policy has it after a write that may have happened, and for a shorter time where others were
    /// faster; at random, so that those who met do not meet again.
    private func pause(afterRounds count: Int, _ cause: AWSError?) async throws(IoTCoreError) {
        let policy = self.client.configuration.retry
        let failures = cause == nil ? min(count, 4) : count
        let ceiling = policy.ceiling(afterFailures: failures, isThrottled: cause?.isThrottling ?? false)
        let delay = max(ceiling * Double.random(in: 0..<1), min(policy.maximumDelay, cause?.retryAfter ?? .zero))
        do {
            try await self.client.pause(for: delay)
        } catch {
            throw IoTCoreError(.cancelled, message: "the task was cancelled while it waited to try again")
        }
    }
}
