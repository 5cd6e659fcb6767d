// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Something that was done in AWS, or found to need no doing.
public struct CloudSyncEffect: Hashable, Sendable, CustomStringConvertible {
    /// What was done; a struct, so that a later release can add one without breaking a `switch`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, in words.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A CA certificate was registered.
        public static let authorityRegistered = Kind("CA registered")
        /// A registered CA certificate was made active, with auto-registration.
        public static let authorityActivated = Kind("CA activated")
        /// A device certificate was registered.
        public static let certificateRegistered = Kind("certificate registered")
        /// A device certificate's status was changed.
        public static let certificateStatusChanged = Kind("certificate status changed")
        /// A thing was made.
        public static let thingCreated = Kind("thing created")
        /// A policy was made.
        public static let policyCreated = Kind("policy created")
        /// A policy got a new default version.
        public static let policyVersionCreated = Kind("policy version created")
        /// A policy was attached to a certificate.
        public static let policyAttached = Kind("policy attached")
        /// A certificate was attached to a thing.
        public static let certificateAttached = Kind("certificate attached")
        /// A Lambda function was invoked.
        public static let functionInvoked = Kind("function invoked")
    }

    /// What was done.
    public var kind: Kind
    /// On what: an id, a name or an ARN.
    public var resource: String
    /// More on it, for a person, such as the new status; may be empty.
    public var detail: String

    /// Makes an effect.
    ///
    /// - Parameters:
    ///   - kind: what was done.
    ///   - resource: on what.
    ///   - detail: more on it, for a person.
    public init(_ kind: Kind, on resource: String, detail: String = "") {
        self.kind = kind
        self.resource = resource
        self.detail = detail
    }

    /// The effect in one line.
    public var description: String {
        self.detail.isEmpty ? "\(self.kind): \(self.resource)" : "\(self.kind): \(self.resource) (\(self.detail))"
    }
}
