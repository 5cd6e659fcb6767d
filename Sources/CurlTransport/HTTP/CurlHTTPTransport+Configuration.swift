// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CurlHTTPTransport {
    /// The bounds that a transport keeps, and the way its requests take.
    public struct Configuration: Hashable, Sendable {
        /// A version of HTTP to speak.
        public struct Version: Hashable, Sendable {
            enum Kind: Hashable, Sendable {
                case http11
                case negotiated
            }

            let kind: Kind

            /// HTTP/1.1 (RFC 9112).
            public static let http11 = Version(kind: .http11)
            /// HTTP/2 (RFC 9113) where the server agrees to it in the TLS handshake (ALPN), else HTTP/1.1; without TLS, HTTP/1.1.
            ///
            /// Requests to one server share connections. A request whose bodies stream has one of its own, so that it holds back no other.
            public static let negotiated = Version(kind: .negotiated)
        }

        /// How many requests are under way at a time, each on a connection of its own but for those that share one over HTTP/2; by default
        /// 128, at least one.
        ///
        /// Further ones wait, in order and within their timeout. As many connections are kept for later requests, and eight for requests whose
        /// bodies stream.
        public var maximumConnections: Int
        /// How many of these go to one host and port; by default, `nil`, as many as there may be.
        public var maximumConnectionsPerHost: Int?
        /// How long a connection without a request may wait for the next one; by default 60 seconds, in whole seconds.
        public var idleConnectionTime: Duration
        /// How long a response's status line and header fields may be together, in bytes; by default 64 KiB.
        ///
        /// Interim responses and trailers count. A longer head fails with `responseTooLarge`.
        public var maximumResponseHeadBytes: Int
        /// Which version of HTTP is spoken; by default HTTP/1.1.
        public var version: Version
        /// Which proxy requests go through; by default the one that the environment names.
        public var proxy: HTTPProxyChoice

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - maximumConnections: how many requests are under way at a time.
        ///   - maximumConnectionsPerHost: how many of these go to one host and port.
        ///   - idleConnectionTime: how long a connection without a request may wait for the next one.
        ///   - maximumResponseHeadBytes: how long a response's head may be.
        ///   - version: which version of HTTP is spoken.
        ///   - proxy: which proxy requests go through.
        public init(
            maximumConnections: Int = 128, maximumConnectionsPerHost: Int? = nil, idleConnectionTime: Duration = .seconds(60),
            maximumResponseHeadBytes: Int = 64 * 1_024, version: Version = .http11, proxy: HTTPProxyChoice = .environment
        ) {
            self.maximumConnections = maximumConnections
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.idleConnectionTime = idleConnectionTime
            self.maximumResponseHeadBytes = maximumResponseHeadBytes
            self.version = version
            self.proxy = proxy
        }
    }
}
