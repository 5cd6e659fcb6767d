// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
import Synchronization

/// What a client counts and measures, by the dimensions `service` and `operation`.
///
/// Names and kinds stand in the article "Observing calls".
final class AWSMetrics: Sendable {
    /// The instruments of one operation, made at its first call.
    private struct Instruments: Sendable {
        let calls: Counter
        let attempts: Counter
        let throttles: Counter
        let duration: Timer

        init(_ dimensions: [(String, String)], _ factory: any MetricsFactory) {
            self.calls = Counter(label: "aws.client.calls", dimensions: dimensions, factory: factory)
            self.attempts = Counter(label: "aws.client.attempts", dimensions: dimensions, factory: factory)
            self.throttles = Counter(label: "aws.client.throttles", dimensions: dimensions, factory: factory)
            self.duration = Timer(label: "aws.client.duration", dimensions: dimensions, factory: factory)
        }
    }

    private struct Operation: Hashable {
        var service: String
        var name: String
    }

    private struct Failure: Hashable {
        var operation: Operation
        var code: AWSErrorCode
    }

    /// Codes come from the peer, so only this many have a counter of their own; all others are counted as `other`.
    private static let maximumErrorCounters = 512

    /// The one in effect where the client was made.
    private let factory: any MetricsFactory = MetricsSystem.factory
    private let instruments = Mutex<[Operation: Instruments]>([:])
    private let errors = Mutex<[Failure: Counter]>([:])

    func callEnded(_ call: Call, after duration: Duration, _ error: AWSError?) {
        let instruments = self.instruments(call.service.name, call.operation)
        instruments.calls.increment()
        let (seconds, attoseconds) = duration.components
        instruments.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        if let error { self.errorCounter(Operation(service: call.service.name, name: call.operation), error.code).increment() }
    }

    func attemptStarted(_ attempt: AWSAttempt) {
        self.instruments(attempt.service.name, attempt.operation).attempts.increment()
    }

    func attemptEnded(_ attempt: AWSAttempt, _ error: AWSError?) {
        if error?.isThrottling == true { self.instruments(attempt.service.name, attempt.operation).throttles.increment() }
    }

    private func instruments(_ service: String, _ name: String) -> Instruments {
        let operation = Operation(service: service, name: name)
        return self.instruments.withLock { all in
            if let known = all[operation] { return known }
            let made = Instruments([("service", service), ("operation", name)], self.factory)
            all[operation] = made
            return made
        }
    }

    private func errorCounter(_ operation: Operation, _ code: AWSErrorCode) -> Counter {
        self.errors.withLock { all in
            let exact = Failure(operation: operation, code: code)
            if let known = all[exact] { return known }
            let failure = all.count < Self.maximumErrorCounters ? exact : Failure(operation: operation, code: "other")
            if let known = all[failure] { return known }
            let counter = Counter(
                label: "aws.client.errors",
                dimensions: [("service", operation.service), ("operation", operation.name), ("code", failure.code.rawValue)],
                factory: self.factory)
            all[failure] = counter
            return counter
        }
    }
}
