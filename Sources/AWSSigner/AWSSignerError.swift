// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a request could not be signed.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct AWSSignerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidRequest, invalidCredentials, invalidContext, invalidExpiration, invalidBody, cryptographyFailed
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The request has no authority, a path that does not start with `/`, or a `Host` field beside its authority.
        public static let invalidRequest = Code(.invalidRequest)
        /// The access key id or the session token has a character that no header can carry, or is empty.
        public static let invalidCredentials = Code(.invalidCredentials)
        /// Region, service or time cannot stand in a credential scope.
        public static let invalidContext = Code(.invalidContext)
        /// A presigned URL was to be valid for less than a second or for more than seven days.
        public static let invalidExpiration = Code(.invalidExpiration)
        /// A body in chunks is not what was announced: it is longer or shorter, or its trailers are others.
        public static let invalidBody = Code(.invalidBody)
        /// A digest, a key or a signature could not be computed.
        public static let cryptographyFailed = Code(.cryptographyFailed)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person; holds no secret.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened, for a person; no secret belongs in it.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension AWSSignerError: Hashable {
    /// Compares the codes alone.
    public static func == (left: AWSSignerError, right: AWSSignerError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
