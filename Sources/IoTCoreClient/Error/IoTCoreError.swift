// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Why one of the idempotent operations did not reach its goal.
///
/// What was done until then stays done: running the operation again goes on from there. Two errors are equal when their codes are.
public struct IoTCoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidInput, service, notFound, contended, notChangeable, notAnAuthority, notProven, malformedAnswer, cancelled
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The input breaks a rule or a limit of AWS; nothing was sent for it.
        public static let invalidInput = Code(.invalidInput)
        /// A call failed: ``IoTCoreError/cause`` says how.
        public static let service = Code(.service)
        /// Something that has to be there first is not there.
        public static let notFound = Code(.notFound)
        /// Others kept changing the resource between reading and writing; the same call may succeed later.
        public static let contended = Code(.contended)
        /// The resource exists with a property that AWS lets nobody change; it has to be deleted first.
        public static let notChangeable = Code(.notChangeable)
        /// The certificate of a CA may not sign certificates.
        public static let notAnAuthority = Code(.notAnAuthority)
        /// Nobody signed the certificate that proves the possession of a CA's key.
        public static let notProven = Code(.notProven)
        /// AWS answered without what its answer has to hold.
        public static let malformedAnswer = Code(.malformedAnswer)
        /// The task was cancelled while it waited: for its turn, to try again, or for progress.
        public static let cancelled = Code(.cancelled)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person; holds no secret.
    public var message: String
    /// The error of the call, for ``Code/service``.
    public var cause: AWSError?
    /// What the signer threw, for ``Code/notProven``; or why what it signed is no proof.
    public var signerError: (any Error)?
    /// Whether a write failed in a way that leaves open whether AWS has acted, so that reading anew tells.
    var isUnsettled = false

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do; no secret belongs in it.
    ///   - cause: the error of the call.
    public init(_ code: Code, message: String, cause: AWSError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    init<Operation: AWSOperation>(_ error: AWSError, calling operation: Operation.Type) {
        self.init(.service, message: "\(Operation.name): \(error)", cause: error)
    }

    /// Whether the same operation may succeed later, unchanged.
    public var isRetryable: Bool {
        self.cause?.isRetryable ?? (self.code == .contended || self.code == .malformedAnswer)
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension IoTCoreError: Hashable {
    /// Compares the codes alone.
    public static func == (left: IoTCoreError, right: IoTCoreError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
