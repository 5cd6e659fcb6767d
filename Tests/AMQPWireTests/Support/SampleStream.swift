// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// A stream of frames of all kinds, as bytes and as what they decode to.
enum SampleStream {
    static func make() throws -> (bytes: [UInt8], frames: [AMQPFrame]) {
        let encoder = FrameEncoder()
        var bytes: [UInt8] = []
        var frames: [AMQPFrame] = []

        FrameEncoder.encodeProtocolHeader(into: &bytes)
        frames.append(AMQPFrame(channel: 0, payload: .protocolHeader(.current)))

        let start = ConnectionStart(
            serverProperties: ["product": "RabbitMQ", "capabilities": ["basic.nack": true], "list": [1, .void, "é", .bytes([0xFF])]],
            mechanisms: "PLAIN EXTERNAL", locales: "en_US")
        try encoder.encode(start, channel: 0, into: &bytes)
        frames.append(AMQPFrame(channel: 0, payload: .method(.connectionStart(start))))

        FrameEncoder.encodeHeartbeat(into: &bytes)
        frames.append(AMQPFrame(channel: 0, payload: .heartbeat))

        let deliver = BasicDeliver(consumerTag: "tag", deliveryTag: 1, exchange: "lamassu-events", routingKey: "ca.create")
        let properties = AMQPProperties(contentType: "application/json", headers: ["a": 1.5], deliveryMode: .persistent, messageID: "1")
        let body = (0..<100).map { UInt8($0) }
        try encoder.encode(deliver, properties: properties, body: body, channel: 65_535, into: &bytes)
        frames.append(AMQPFrame(channel: 65_535, payload: .method(.basicDeliver(deliver))))
        frames.append(AMQPFrame(channel: 65_535, payload: .header(AMQPContentHeader(bodySize: 100, properties: properties))))
        frames.append(AMQPFrame(channel: 65_535, payload: .body(body)))

        bytes += [3, 0, 2, 0, 0, 0, 0, 0xCE]
        frames.append(AMQPFrame(channel: 2, payload: .body([])))

        try encoder.encode(BasicAck(deliveryTag: .max, multiple: true), channel: 1, into: &bytes)
        frames.append(AMQPFrame(channel: 1, payload: .method(.basicAck(BasicAck(deliveryTag: .max, multiple: true)))))
        try encoder.encode(TxCommitOk(), channel: 1, into: &bytes)
        frames.append(AMQPFrame(channel: 1, payload: .method(.txCommitOk(TxCommitOk()))))
        return (bytes, frames)
    }
}
