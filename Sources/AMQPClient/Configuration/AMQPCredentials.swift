// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a client shows the broker who it is.
///
/// The description never shows the password.
public struct AMQPCredentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The two forms, for the connection to switch over.
    package enum Storage: Hashable, Sendable {
        case plain(username: String, password: String)
        case external
    }

    package let storage: Storage

    /// User name and password (SASL PLAIN, RFC 4616): use it over TLS, or on loopback.
    ///
    /// - Parameters:
    ///   - username: the user's name at the broker.
    ///   - password: the user's password.
    /// - Returns: the credentials.
    public static func plain(username: String, password: String) -> AMQPCredentials {
        AMQPCredentials(storage: .plain(username: username, password: password))
    }

    /// The client certificate of the TLS connection (SASL EXTERNAL, RFC 4422 appendix A).
    ///
    /// The broker needs the plugin `rabbitmq_auth_mechanism_ssl` and a user of the certificate's name.
    public static let external = AMQPCredentials(storage: .external)

    /// The mechanism and the user's name; never the password.
    public var description: String {
        switch self.storage {
        case .plain(let username, _): "user \(username) with a password"
        case .external: "client certificate"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
