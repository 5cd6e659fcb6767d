// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why an event could not be brought to AWS.
///
/// Two errors are equal when their codes are.
public struct CloudSyncError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unknownEventType, undecodablePayload, notACertificate, notAnAuthority
            case refusedByHost, hostFailed, refusedByAWS, awsUnavailable, notYet, functionFailed, limitReached
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// No catalogue of this release knows the event's type.
        public static let unknownEventType = Code(.unknownEventType)
        /// The event's data is not what its type says.
        public static let undecodablePayload = Code(.undecodablePayload)
        /// What stands in a certificate's place is no X.509 certificate.
        public static let notACertificate = Code(.notACertificate)
        /// The certificate of a CA is not one of a certificate authority.
        public static let notAnAuthority = Code(.notAnAuthority)
        /// The service behind ``CloudSyncHost`` said that it will never do what was asked: see ``CloudSyncRefusal``.
        public static let refusedByHost = Code(.refusedByHost)
        /// The service behind ``CloudSyncHost`` failed; tried again.
        public static let hostFailed = Code(.hostFailed)
        /// AWS understood the request and refused it.
        public static let refusedByAWS = Code(.refusedByAWS)
        /// AWS did not answer, was busy, or failed; tried again.
        public static let awsUnavailable = Code(.awsUnavailable)
        /// Something that has to be there first is not there yet, such as the CA of a certificate, or others keep changing it; tried again, up
        /// to a limit.
        public static let notYet = Code(.notYet)
        /// The Lambda function ran and failed; tried again, up to a limit.
        public static let functionFailed = Code(.functionFailed)
        /// A limit of AWS on this resource is reached, and making room is not ours to decide.
        public static let limitReached = Code(.limitReached)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// What the failure means for the event.
    package enum Recovery: Hashable, Sendable {
        /// Tried again until it succeeds.
        case retried
        /// Tried again, up to ``CloudSyncConfiguration/maximumAttempts``.
        case retriedWithLimit
        /// Can never succeed.
        case none
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person; holds no secret.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do; no secret belongs in it.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same event may succeed later.
    public var isRetryable: Bool { self.recovery != .none }

    package var recovery: Recovery {
        switch self.code {
        case .awsUnavailable, .hostFailed: .retried
        case .notYet, .functionFailed: .retriedWithLimit
        default: .none
        }
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension CloudSyncError: Hashable {
    /// Compares the codes alone.
    public static func == (left: CloudSyncError, right: CloudSyncError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
