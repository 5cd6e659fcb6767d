// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// How a client shows the broker who it is.
///
/// The description never shows the password.
public struct AMQPCredentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How the broker is told.
    package let mechanism: any AMQPAuthenticationMechanism

    /// User name and password (SASL PLAIN, RFC 4616): use it over TLS, or on loopback.
    ///
    /// - Parameters:
    ///   - username: the user's name at the broker.
    ///   - password: the user's password.
    /// - Returns: the credentials.
    public static func plain(username: String, password: String) -> AMQPCredentials {
        AMQPCredentials(mechanism: PlainMechanism(username: username, password: AMQPSecret(Array(password.utf8))))
    }

    /// User name and password in AMQP's own form (AMQPLAIN), for a broker that does not offer PLAIN: use it over TLS, or on loopback.
    ///
    /// - Parameters:
    ///   - username: the user's name at the broker.
    ///   - password: the user's password.
    /// - Returns: the credentials.
    public static func amqplain(username: String, password: String) -> AMQPCredentials {
        AMQPCredentials(mechanism: AMQPlainMechanism(username: username, password: AMQPSecret(Array(password.utf8))))
    }

    /// The client certificate of the TLS connection (SASL EXTERNAL, RFC 4422 appendix A).
    ///
    /// The broker needs the plugin `rabbitmq_auth_mechanism_ssl` and a user of the certificate's name.
    public static let external = AMQPCredentials(mechanism: ExternalMechanism())

    /// A mechanism of one's own, such as one of challenge and response.
    ///
    /// - Parameter mechanism: the mechanism; each connection works on a copy.
    /// - Returns: the credentials.
    public static func mechanism(_ mechanism: some AMQPAuthenticationMechanism) -> AMQPCredentials {
        AMQPCredentials(mechanism: mechanism)
    }

    /// The user's name, where it is known beforehand; with a client certificate the broker makes it up from that.
    package var username: String? {
        switch self.mechanism {
        case let mechanism as PlainMechanism: mechanism.username
        case let mechanism as AMQPlainMechanism: mechanism.username
        default: nil
        }
    }

    /// The mechanism and the user's name; never the password.
    public var description: String {
        if let username = self.username { return "user \(username) with a password" }
        return self.mechanism is ExternalMechanism ? "client certificate" : "mechanism \(self.mechanism.name)"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Compares mechanism and content.
    public static func == (left: AMQPCredentials, right: AMQPCredentials) -> Bool { left.identity == right.identity }

    /// Hashes mechanism and content.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.identity) }

    private var identity: AnyHashable { self.mechanism.erased }
}

extension AMQPAuthenticationMechanism {
    fileprivate var erased: AnyHashable { AnyHashable(self) }
}
