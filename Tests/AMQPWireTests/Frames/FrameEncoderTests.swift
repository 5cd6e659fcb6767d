// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct FrameEncoderTests {
    private func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    @Test(arguments: [0, 1, 4_087, 4_088, 4_089, 8_176, 8_177, 20_000])
    func `a body is split into frames of the limit and comes back whole`(_ count: Int) throws {
        let body = self.body(count)
        var output: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 4_096).encode(
            BasicPublish(), properties: AMQPProperties(), body: body, channel: 1, into: &output)
        let payloads = try FrameCollector.frames(of: output).map(\.payload)
        #expect(payloads.prefix(2) == [.method(.basicPublish(BasicPublish())), .header(AMQPContentHeader(bodySize: UInt64(count)))])
        let parts = try payloads.dropFirst(2).map { payload in
            guard case .body(let part) = payload else { throw AMQPWireError(.malformedFrame, message: "not a body") }
            return part
        }
        #expect(parts.flatMap { $0 } == body)
        #expect(parts.count == (count + 4_087) / 4_088)
        #expect(parts.dropLast().allSatisfy { $0.count == 4_088 })
    }

    @Test func `without a limit a body is one frame`() throws {
        var output: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 0).encode(
            BasicPublish(), properties: AMQPProperties(), body: self.body(300_000), channel: 1, into: &output)
        #expect(output.count == 17 + 22 + 300_008)
        #expect(FrameEncoder(maximumFrameSize: 0).maximumFrameSize == nil)
    }

    @Test func `a limit below the protocol's least is taken as that`() {
        #expect(FrameEncoder(maximumFrameSize: 1).maximumFrameSize == 4_096)
        #expect(FrameEncoder(maximumFrameSize: 4_097).maximumFrameSize == 4_097)
        #expect(FrameEncoder().maximumFrameSize == 4_096)
    }

    @Test func `a method that does not fit a frame is refused, and the output is as it was`() throws {
        let encoder = FrameEncoder(maximumFrameSize: 4_096)
        var output: [UInt8] = [1, 2, 3]
        // The frame's overhead, the method's identifier, the table's length, its name, letter and length, and the three fields behind it.
        let room = 4_096 - 8 - 4 - 4 - 6 - 6 - 4 - 6
        func method(_ count: Int) -> ConnectionStartOk {
            ConnectionStartOk(
                clientProperties: ["": .bytes(self.body(count))], mechanism: "PLAIN", response: AMQPSecret([]), locale: "en_US")
        }
        try encoder.encode(method(room), channel: 0, into: &output)
        #expect(output.count == 3 + 4_096)
        #expect(throws: AMQPWireError(.frameTooLarge, message: "")) { try encoder.encode(method(room + 1), channel: 0, into: &output) }
        #expect(output.count == 3 + 4_096)
    }

    @Test func `a content that cannot be sent leaves the output as it was`() throws {
        let encoder = FrameEncoder(maximumFrameSize: 4_096)
        var output: [UInt8] = [1, 2, 3]
        let long = String(repeating: "x", count: 256)
        #expect(throws: AMQPWireError(.valueTooLong, message: "")) {
            try encoder.encode(BasicPublish(routingKey: long), properties: AMQPProperties(), body: [1], channel: 1, into: &output)
        }
        #expect(throws: AMQPWireError(.valueTooLong, message: "")) {
            try encoder.encode(BasicPublish(), properties: AMQPProperties(type: long), body: [1], channel: 1, into: &output)
        }
        #expect(throws: AMQPWireError(.frameTooLarge, message: "")) {
            let headers: AMQPTable = ["": .bytes(self.body(4_096))]
            try encoder.encode(BasicPublish(), properties: AMQPProperties(headers: headers), body: [1], channel: 1, into: &output)
        }
        #expect(throws: AMQPWireError(.valueTooLong, message: "")) {
            try encoder.encode(.basicConsume(BasicConsume(queue: long)), channel: 1, into: &output)
        }
        #expect(output == [1, 2, 3])
    }
}
