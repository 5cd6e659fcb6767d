// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Why a stack is not as it should be.
///
/// Two errors are equal when their codes are.
public struct StackDeploymentError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case failed, notUpdatable, timedOut, requestFailed }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// CloudFormation could not make or update the stack; the message says which resource failed and why.
        public static let failed = Code(.failed)
        /// The stack is in a status from which it can only be deleted.
        public static let notUpdatable = Code(.notUpdatable)
        /// CloudFormation is still at work; it goes on.
        public static let timedOut = Code(.timedOut)
        /// A call failed, or the task was cancelled; ``StackDeploymentError/cause`` says which and why.
        public static let requestFailed = Code(.requestFailed)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person.
    public var message: String
    /// The stack's status when it was looked at last, if it was.
    public var status: StackStatus?
    /// The error of the call, for ``Code/requestFailed``.
    public var cause: AWSError?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do.
    ///   - status: the stack's status when it was looked at last.
    ///   - cause: the error of the call.
    public init(_ code: Code, message: String, status: StackStatus? = nil, cause: AWSError? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.cause = cause
    }

    /// The code, the message and the status.
    public var description: String { "\(self.code): \(self.message)" + (self.status.map { " (status \($0))" } ?? "") }
}

extension StackDeploymentError: Hashable {
    /// Compares the codes alone.
    public static func == (left: StackDeploymentError, right: StackDeploymentError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
