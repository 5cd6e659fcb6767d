// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// One HTTP request with the limits it is under.
public struct HTTPTransportRequest: Sendable {
    /// Method, scheme, authority, path with query, and header fields.
    public var head: HTTPRequest
    /// The body; empty means none, and `Content-Length` is the transport's affair.
    public var body: [UInt8]
    /// How the connection is secured where the scheme is `https`; by default the system's trust store.
    public var tls: TLSConfiguration
    /// How long connecting may take, the TLS handshake included; by default 5 seconds.
    public var connectTimeout: Duration
    /// How long the whole exchange may take, connecting included; by default 60 seconds.
    public var timeout: Duration
    /// How long nothing may move in either direction once the request is going out; by default, `nil`, as long as `timeout` allows.
    ///
    /// It counts in whole seconds, and not while this side keeps the peer waiting.
    public var idleTimeout: Duration?
    /// The longest response body that is taken, in bytes; by default 16 MiB.
    ///
    /// A longer one fails with ``TransportError/Code/responseTooLarge``. A body that is read in pieces has no such bound.
    public var maximumResponseBodyBytes: Int

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - head: method, scheme, authority, path with query, and header fields.
    ///   - body: the body; empty means none.
    ///   - tls: how the connection is secured where the scheme is `https`.
    ///   - connectTimeout: how long connecting may take.
    ///   - timeout: how long the whole exchange may take.
    ///   - idleTimeout: how long nothing may move.
    ///   - maximumResponseBodyBytes: the longest response body that is taken.
    public init(
        head: HTTPRequest,
        body: [UInt8] = [],
        tls: TLSConfiguration = .systemDefault,
        connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(60),
        idleTimeout: Duration? = nil,
        maximumResponseBodyBytes: Int = 16 * 1024 * 1024
    ) {
        self.head = head
        self.body = body
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.maximumResponseBodyBytes = maximumResponseBodyBytes
    }
}
