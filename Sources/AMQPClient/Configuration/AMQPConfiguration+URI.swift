// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

extension AMQPConfiguration {
    /// Reads a URI, such as `amqps://user:password@host:5671/virtual-host?heartbeat=10`.
    ///
    /// The form is that of "RabbitMQ URI Specification": every part is percent-decoded; what is left out has its default, host
    /// `localhost` and user `guest` with password `guest`. No path means the virtual host `/`, the path `/` one whose name is empty,
    /// `/%2F` again `/`. Besides that, several hosts of a cluster may stand with commas between them, each with a port or without, as
    /// in `amqp://host-a,host-b:5673/`.
    ///
    /// The query parameters are those of "RabbitMQ URI Query Parameters", each once but for `auth_mechanism`:
    ///
    /// | parameter | what becomes of it |
    /// | --- | --- |
    /// | `heartbeat` | ``heartbeat``, in seconds |
    /// | `connection_timeout` | ``connectTimeout``, in milliseconds |
    /// | `channel_max` | ``maximumChannels``; 0, no limit, is 65,535 |
    /// | `frame_max` | ``maximumFrameBytes``; 0, no limit, is 16,777,216 |
    /// | `auth_mechanism` | `plain`, `amqplain` or `external`; where it stands several times, the first counts |
    /// | `cacertfile` | the trust roots of ``tls`` |
    /// | `certfile`, `keyfile` | the identity of ``tls``; without `keyfile` the key is in `certfile` |
    /// | `verify` | `verify_peer`, which is always so; `verify_none` is an error |
    /// | `fail_if_no_peer_cert` | `true`, which is always so; `false` is an error |
    /// | `customize_hostname_check` | `https`, which is always so |
    /// | `server_name_indication` | the host itself, which is always so; another name, or `disable`, is an error |
    /// | `password`, `depth` | an error: a key is read without a passphrase, and a chain may have any length |
    ///
    /// Any other is an error too: it could be one that concerns security. So is one that concerns TLS where the scheme is `amqp`.
    ///
    /// - Parameters:
    ///   - uri: the URI, with the scheme `amqp` or `amqps`.
    ///   - tls: how `amqps` is secured, as far as the query does not say; not used with `amqp`.
    /// - Throws: ``AMQPError/Code/invalidConfiguration``, whose message names the part or the parameter and never holds the password.
    public init(uri: String, tls: TLSConfiguration = .systemDefault) throws(AMQPError) {
        self = try AMQPURI(uri).configuration(tls: tls)
    }

    /// Reads the URIs of a cluster's brokers, which agree in all but hosts and ports.
    ///
    /// - Parameters:
    ///   - uris: the URIs, at least one, each as ``init(uri:tls:)`` takes it.
    ///   - tls: how `amqps` is secured, as far as the queries do not say; not used with `amqp`.
    /// - Throws: ``AMQPError/Code/invalidConfiguration``, whose message names where two of them differ, and never holds a password.
    public init(uris: [String], tls: TLSConfiguration = .systemDefault) throws(AMQPError) {
        guard let first = uris.first else { throw .invalidURI("there is none: at least one is needed") }
        var configuration = try AMQPConfiguration(uri: first, tls: tls)
        var endpoints = Array(configuration.endpoints)
        for (index, uri) in uris.enumerated().dropFirst() {
            let other = try AMQPConfiguration(uri: uri, tls: tls)
            if let difference = configuration.difference(from: other) {
                throw .invalidURI("number \(index + 1) of the list differs from the first in \(difference)")
            }
            endpoints += other.endpoints
        }
        if let all = AMQPEndpointList(endpoints) { configuration.endpoints = all }
        self = configuration
    }

    /// What two configurations do not have in common, hosts and ports apart.
    private func difference(from other: AMQPConfiguration) -> String? {
        if self.tls != other.tls { return "its scheme or its TLS parameters" }
        if self.credentials != other.credentials { return "its user, its password or auth_mechanism" }
        if self.virtualHost != other.virtualHost { return "its virtual host" }
        if self.heartbeat != other.heartbeat { return "heartbeat" }
        if self.connectTimeout != other.connectTimeout { return "connection_timeout" }
        if self.maximumChannels != other.maximumChannels { return "channel_max" }
        if self.maximumFrameBytes != other.maximumFrameBytes { return "frame_max" }
        return nil
    }
}

extension AMQPError {
    static func invalidURI(_ reason: String) -> AMQPError {
        AMQPError(.invalidConfiguration, message: "the AMQP URI cannot be used: \(reason)")
    }
}
