// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

/// A proxy that requests go through.
public struct HTTPProxy: Hashable, Sendable {
    /// How the proxy is spoken to.
    public struct Scheme: Hashable, Sendable {
        let name: String

        /// HTTP: a request for `https` goes through a tunnel that `CONNECT` makes, one for `http` is handed to the proxy.
        public static let http = Scheme(name: "http")
        /// The same over TLS, so that the proxy's credentials are not seen on the way.
        public static let https = Scheme(name: "https")
        /// SOCKS 5 (RFC 1928); the proxy resolves the host's name.
        public static let socks5h = Scheme(name: "socks5h")
    }

    /// Who asks the proxy; its description shows no password.
    public struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        /// The user's name.
        public var username: String
        /// The password.
        public var password: String

        /// Makes credentials.
        ///
        /// - Parameters:
        ///   - username: the user's name.
        ///   - password: the password.
        public init(username: String, password: String) {
            self.username = username
            self.password = password
        }

        /// The user's name, and that there is a password.
        public var description: String { "\(self.username):<redacted>" }

        /// The same as ``description``.
        public var debugDescription: String { self.description }

        /// An empty mirror, so that a dump shows no password.
        public var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// How the proxy is spoken to.
    public var scheme: Scheme
    /// A host name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// Who asks the proxy; by default nobody in particular.
    ///
    /// With HTTP they go out as `Basic` (RFC 7617).
    public var credentials: Credentials?
    /// Hosts that are reached directly: names, which stand for what is under them too, addresses, and networks such as `10.0.0.0/8`.
    ///
    /// A single `*` stands for all. By default there is none.
    public var exceptions: [String]
    /// How the connection to the proxy is secured where the scheme is `https`; by default the system's trust store.
    public var tls: TLSConfiguration

    /// Makes a proxy.
    ///
    /// - Parameters:
    ///   - scheme: how the proxy is spoken to.
    ///   - host: a host name or an address.
    ///   - port: the TCP port.
    ///   - credentials: who asks the proxy.
    ///   - exceptions: hosts that are reached directly.
    ///   - tls: how the connection to the proxy is secured where the scheme is `https`.
    public init(
        _ scheme: Scheme = .http, host: String, port: Int, credentials: Credentials? = nil, exceptions: [String] = [],
        tls: TLSConfiguration = .systemDefault
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.credentials = credentials
        self.exceptions = exceptions
        self.tls = tls
    }

    /// Host and port, as a URL has them.
    var authority: String { self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)" }
}
