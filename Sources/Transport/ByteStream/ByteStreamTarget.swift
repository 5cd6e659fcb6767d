// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Whom to connect to.
public struct ByteStreamTarget: Hashable, Sendable {
    /// A host name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// How the stream is secured; `nil` means plain TCP.
    public var tls: TLSConfiguration?
    /// How long name resolution, connecting and the TLS handshake may take together; by default 10 seconds.
    public var connectTimeout: Duration

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - host: a host name or an address.
    ///   - port: the TCP port.
    ///   - tls: how the stream is secured; `nil` means plain TCP.
    ///   - connectTimeout: how long name resolution, connecting and the TLS handshake may take together.
    public init(host: String, port: Int, tls: TLSConfiguration? = nil, connectTimeout: Duration = .seconds(10)) {
        self.host = host
        self.port = port
        self.tls = tls
        self.connectTimeout = connectTimeout
    }
}
