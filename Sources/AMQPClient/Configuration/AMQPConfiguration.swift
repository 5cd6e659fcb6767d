// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

/// Which brokers to connect to, as whom, and within which limits.
public struct AMQPConfiguration: Hashable, Sendable {
    /// The brokers, of which any one will do: each is tried once, until a connection stands.
    public var endpoints: AMQPEndpointList
    /// The virtual host, in which exchanges and queues live; by default `/`.
    public var virtualHost: String
    /// Who the client is.
    public var credentials: AMQPCredentials
    /// How the connection is secured; `nil`, the default, means plain TCP.
    public var tls: TLSConfiguration?
    /// A name that the broker's management interface shows for the connection; by default none.
    public var connectionName: String?

    /// The heartbeat interval that is asked for, in whole seconds; by default 30 seconds, zero for none, 65,535 seconds at most.
    ///
    /// The broker may ask for a shorter one. A peer that is silent for two intervals is taken for dead.
    public var heartbeat: Duration
    /// The longest frame that is asked for, in bytes, between 4,096 and 16,777,216; by default 131,072.
    public var maximumFrameBytes: Int
    /// The most channels at a time that are asked for, between 1 and 65,535; by default 2,047.
    public var maximumChannels: Int
    /// The longest body of a message that is taken, in bytes; by default 128 MiB, which is RabbitMQ's own limit.
    ///
    /// A longer one closes its channel with ``AMQPError/Code/messageTooLarge``.
    public var maximumBodyBytes: Int

    /// How long name resolution, connecting and the TLS handshake may take together, for each endpoint; by default 10 seconds.
    public var connectTimeout: Duration
    /// How long the AMQP handshake may take after that, with each endpoint; by default 10 seconds.
    public var handshakeTimeout: Duration
    /// How long the broker may take to answer a request, the time in the queue behind others included; by default 30 seconds.
    public var requestTimeout: Duration
    /// How long a publish may take until it is confirmed, the wait for room in the window included; by default 30 seconds.
    public var confirmTimeout: Duration
    /// How long the broker may take to agree to the end of a consumer, a channel or the connection; by default 5 seconds.
    public var closeTimeout: Duration

    /// What happens when the connection is lost; by default it is made anew, `nil` ends it with its first loss.
    public var recovery: AMQPRecovery?

    /// Makes a configuration for one broker; the limits and timeouts have their defaults.
    ///
    /// - Parameters:
    ///   - host: the broker's host name or address.
    ///   - port: the TCP port; `nil` for 5672, or 5671 with TLS.
    ///   - virtualHost: the virtual host.
    ///   - credentials: who the client is.
    ///   - tls: how the connection is secured; `nil` means plain TCP.
    ///   - connectionName: a name that the broker shows for the connection.
    public init(
        host: String,
        port: Int? = nil,
        virtualHost: String = "/",
        credentials: AMQPCredentials,
        tls: TLSConfiguration? = nil,
        connectionName: String? = nil
    ) {
        self.init(
            endpoints: AMQPEndpointList(AMQPEndpoint(host: host, port: port)), virtualHost: virtualHost, credentials: credentials,
            tls: tls, connectionName: connectionName)
    }

    /// Makes a configuration for the brokers of a cluster; the limits and timeouts have their defaults.
    ///
    /// - Parameters:
    ///   - endpoints: the brokers.
    ///   - virtualHost: the virtual host.
    ///   - credentials: who the client is, the same at each broker.
    ///   - tls: how the connection is secured, the same at each broker; `nil` means plain TCP.
    ///   - connectionName: a name that the broker shows for the connection.
    public init(
        endpoints: AMQPEndpointList,
        virtualHost: String = "/",
        credentials: AMQPCredentials,
        tls: TLSConfiguration? = nil,
        connectionName: String? = nil
    ) {
        self.endpoints = endpoints
        self.virtualHost = virtualHost
        self.credentials = credentials
        self.tls = tls
        self.connectionName = connectionName
        self.heartbeat = .seconds(30)
        self.maximumFrameBytes = 131_072
        self.maximumChannels = 2_047
        self.maximumBodyBytes = 128 * 1024 * 1024
        self.connectTimeout = .seconds(10)
        self.handshakeTimeout = .seconds(10)
        self.requestTimeout = .seconds(30)
        self.confirmTimeout = .seconds(30)
        self.closeTimeout = .seconds(5)
        self.recovery = AMQPRecovery()
    }
}
