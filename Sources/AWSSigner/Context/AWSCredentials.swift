// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The keys by which AWS knows who sends a request.
///
/// The description, the debug description and the mirror show the access key id alone.
public struct AWSCredentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key id; no secret, it stands in every signed request.
    public var accessKeyID: String
    /// The secret access key.
    public var secretAccessKey: String
    /// The session token of temporary credentials; `nil` for those of a user.
    public var sessionToken: String?
    /// When the credentials stop to be valid; `nil` when they do not.
    public var expiration: AWSTimestamp?

    /// Makes credentials.
    ///
    /// - Parameters:
    ///   - accessKeyID: the access key id.
    ///   - secretAccessKey: the secret access key.
    ///   - sessionToken: the session token of temporary credentials.
    ///   - expiration: when the credentials stop to be valid.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: AWSTimestamp? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// The access key id and that the rest is not shown.
    public var description: String { "AWSCredentials(\(self.accessKeyID), redacted)" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
