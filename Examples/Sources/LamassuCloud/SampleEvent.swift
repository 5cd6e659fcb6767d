// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import CurlTransport
import LamassuEvents
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An event out of a file, published as the service of its generation would have: byte for byte.
struct SampleEvent: Sendable {
    let name: String
    let bytes: [UInt8]
    let event: CloudEvent

    init(file: String) throws {
        guard let contents = Self.read(file) else { throw StoryError(what: "the file \(file) cannot be read") }
        self.name = String(file.split(separator: "/").last ?? "")
        self.bytes = contents
        self.event = try CloudEvent(decoding: contents, format: .json)
    }

    /// The bytes of a file of at most 1 MiB.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        return [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in count = fread(buffer.baseAddress, 1, buffer.count, file) }
    }

    /// Publishes it, and returns when the broker has it.
    func publish(to broker: AMQPConfiguration, logger: Logger) async throws {
        let topology = EventTopology.standard
        try await AMQPClient.withConnection(to: broker, over: .curl, logger: logger) { connection in
            try await connection.withChannel { channel in
                let publisher = try await channel.publisher()
                // The first generation knew no exchange; the others publish to one, with the type as routing key.
                if self.event.type.hasPrefix("io.lamassu."), !self.event.type.hasPrefix("io.lamassuiot.") {
                    try await publisher.publish(
                        self.bytes, properties: AMQPProperties(contentType: "text/json"), to: .queue(topology.queue))
                } else if let exchange = topology.exchange {
                    try await publisher.publish(self.bytes, to: .exchange(exchange, routingKey: self.event.type))
                }
            }
        }
    }
}
