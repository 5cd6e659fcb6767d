// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// What RabbitMQ and another client said to each other (`Fixtures/record.py` says how it was recorded).
@Suite struct RecordedSessionTests {
    private func encode(_ frame: AMQPFrame) throws -> [UInt8] {
        var output: [UInt8] = []
        func wrap(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
            [type] + bigEndian(frame.channel) + bigEndian(UInt32(payload.count)) + payload + [0xCE]
        }
        switch frame.payload {
        case .method(let method): try FrameEncoder().encode(method, channel: frame.channel, into: &output)
        case .header(let header):
            try header.encode(into: &output)
            output = wrap(2, output)
        case .body(let body): output = wrap(3, body)
        case .heartbeat: FrameEncoder.encodeHeartbeat(into: &output)
        case .protocolHeader(let version): FrameEncoder.encodeProtocolHeader(version, into: &output)
        }
        return output
    }

    private func methods(in frames: [AMQPFrame]) -> [AMQPMethod] {
        frames.compactMap { frame in
            guard case .method(let method) = frame.payload else { return nil }
            return method
        }
    }

    @Test(arguments: ["rabbitmq-3.10.8.bin", "pika-1.4.4.bin"])
    func `what others encoded is decoded, and encoded to the same bytes`(_ name: String) throws {
        let bytes = try Fixture.bytes(of: name)
        let frames = try FrameCollector.frames(of: bytes)
        // pika sets the bit of connection.open that version 0-9-1 reserves, once `insist`; it goes out as zero.
        let open: [UInt8] = [0, 10, 0, 40, 1, 0x2F, 0]
        #expect(try frames.flatMap(self.encode) == bytes.replacing(open + [1], with: open + [0]))
        #expect(frames.contains(AMQPFrame(channel: 0, payload: .heartbeat)))
    }

    @Test func `the recordings go through every method but those that neither side uses`() throws {
        let frames =
            try FrameCollector.frames(of: Fixture.bytes(of: "rabbitmq-3.10.8.bin"))
            + FrameCollector.frames(of: Fixture.bytes(of: "pika-1.4.4.bin"))
        let recorded = Set(self.methods(in: frames).map(\.id))
        let missing = try SpecificationTable.load().methods
            .filter { !recorded.contains(AMQPMethodID(classID: $0.classID, methodID: $0.methodID)) }
            .map(\.name)
        #expect(
            missing == [
                "connection.secure", "connection.secure-ok", "channel.flow", "channel.flow-ok", "access.request", "access.request-ok",
                "basic.recover-async",
            ])
    }

    @Test func `RabbitMQ begins with its properties, and passes a message on as it was published`() throws {
        let frames = try FrameCollector.frames(of: Fixture.bytes(of: "rabbitmq-3.10.8.bin"))
        guard case .method(.connectionStart(let start)) = frames.first?.payload else {
            Issue.record("no connection.start")
            return
        }
        #expect((start.versionMajor, start.versionMinor) == (0, 9))
        #expect(start.serverProperties["product"]?.stringValue == "RabbitMQ")
        #expect(start.serverProperties["capabilities"]?.tableValue?["consumer_cancel_notify"]?.boolValue == true)
        #expect(start.mechanisms.split(separator: " ").contains("PLAIN"))

        let headers = frames.compactMap { frame -> AMQPContentHeader? in
            guard case .header(let header) = frame.payload else { return nil }
            return header
        }
        let first = try #require(headers.first { $0.properties.type == "ca.create" })
        #expect(first.bodySize == 7)
        #expect(first.properties.deliveryMode == .persistent)
        #expect(first.properties.headers?["text"] == "é€𝄞")
        #expect(first.properties.headers?["decimal"] == .decimal(AMQPDecimal(unscaled: -12_345, scale: 2)))
        #expect(first.properties.headers?["table"] == ["inner": ["innermost": [.void]]])
        #expect(headers.contains { $0.properties.headers?["x-death"]?.arrayValue?.first?.tableValue?["reason"] == "rejected" })

        let methods = self.methods(in: frames)
        #expect(methods.contains { if case .basicReturn(let it) = $0 { it.replyCode == .noRoute } else { false } })
        #expect(methods.contains { if case .channelClose(let it) = $0 { it.replyCode == .notFound } else { false } })
        #expect(methods.contains { if case .basicCancel(let it) = $0 { it.consumerTag == "gone" } else { false } })
    }
}
