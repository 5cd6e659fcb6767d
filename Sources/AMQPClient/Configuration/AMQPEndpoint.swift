// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

/// Where a broker listens.
public struct AMQPEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The host name or address; an IPv6 address stands without brackets.
    public var host: String
    /// The TCP port, 1 to 65,535; `nil`, the default, for 5672, or 5671 with TLS.
    public var port: Int?

    /// Makes an endpoint.
    ///
    /// - Parameters:
    ///   - host: the host name or address.
    ///   - port: the TCP port; `nil` for 5672, or 5671 with TLS.
    public init(host: String, port: Int? = nil) {
        self.host = host
        self.port = port
    }

    /// The port that a connection goes to.
    ///
    /// - Parameter tls: how the connection is secured; `nil` means plain TCP.
    /// - Returns: ``port``, or the one that IANA has assigned to `amqp` or `amqps`.
    public func port(with tls: TLSConfiguration?) -> Int { self.port ?? (tls == nil ? 5672 : 5671) }

    /// Host and port as a URI has them.
    public var description: String {
        let host = self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host
        return self.port.map { "\(host):\($0)" } ?? host
    }
}
