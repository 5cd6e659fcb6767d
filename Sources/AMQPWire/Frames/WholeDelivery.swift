// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A delivery whose frames came together: what nearly every delivery is.
package struct WholeDelivery: Equatable, Sendable {
    package var channel: UInt16
    package var method: BasicDeliver
    package var header: AMQPContentHeader
    package var body: [UInt8]

    package init(channel: UInt16, method: BasicDeliver, header: AMQPContentHeader, body: [UInt8]) {
        self.channel = channel
        self.method = method
        self.header = header
        self.body = body
    }
}

extension FrameDecoder {
    /// Decodes a delivery whose frames, one of each kind, lie in the given bytes one behind the other.
    ///
    /// It saves what it costs to make each a frame, and to put the frames together. Everything else is ``next(in:at:)``'s to decode,
    /// or to refuse.
    ///
    /// - Parameters:
    ///   - bytes: what arrived.
    ///   - offset: where to begin in `bytes`; on return behind the delivery, or where it was.
    /// - Returns: the delivery, or `nil` where there is anything else.
    package mutating func nextDelivery(in bytes: Span<UInt8>, at offset: inout Int) -> WholeDelivery? {
        guard self.isBetweenFrames, let method = self.payload(of: FrameFormat.method, in: bytes, at: offset), method.channel != 0,
            method.range.count > 4, Self.isDeliver(bytes.extracting(method.range)),
            let header = self.payload(of: FrameFormat.header, in: bytes, at: method.range.upperBound + 1),
            header.channel == method.channel,
            let decodedMethod = self.method(of: bytes.extracting(method.range)),
            let decodedHeader = self.header(of: bytes.extracting(header.range))
        else { return nil }
        var end = header.range.upperBound + 1
        var content: [UInt8] = []
        if decodedHeader.bodySize > 0 {
            guard let body = self.payload(of: FrameFormat.body, in: bytes, at: end), body.channel == method.channel,
                UInt64(body.range.count) == decodedHeader.bodySize
            else { return nil }
            content = [UInt8](copying: bytes.extracting(body.range))
            end = body.range.upperBound + 1
        }
        offset = end
        return WholeDelivery(channel: method.channel, method: decodedMethod, header: decodedHeader, body: content)
    }

    private mutating func method(of payload: Span<UInt8>) -> BasicDeliver? {
        // The number and the flag of the delivery stand behind the consumer's tag.
        let field = 5 + Int(payload[4])..<14 + Int(payload[4])
        if var method = self.lastMethod.value(for: payload, except: field) {
            var cursor = ByteCursor(at: field.lowerBound)
            guard let deliveryTag = try? cursor.readUInt64(from: payload), let bits = try? cursor.readBits(from: payload)
            else { return nil }
            method.deliveryTag = deliveryTag
            method.redelivered = bits[0]
            return method
        }
        guard let method = try? BasicDeliver(decoding: payload.extracting(4...)) else { return nil }
        self.lastMethod.keep(payload, method)
        return method
    }

    private mutating func header(of payload: Span<UInt8>) -> AMQPContentHeader? {
        // The size of the body stands behind class and weight.
        let field = 4..<12
        if var header = self.lastHeader.value(for: payload, except: field) {
            var cursor = ByteCursor(at: field.lowerBound)
            guard let bodySize = try? cursor.readUInt64(from: payload) else { return nil }
            header.bodySize = bodySize
            return header
        }
        guard let header = try? AMQPContentHeader(decoding: payload) else { return nil }
        self.lastHeader.keep(payload, header)
        return header
    }

    /// The channel and the payload of a whole frame of a type; `nil` where there is anything else.
    @inline(__always)
    private func payload(
        of type: UInt8, in bytes: Span<UInt8>, at offset: Int
    ) -> (channel: UInt16, range: Range<Int>)? {
        let start = offset + FrameFormat.headSize
        guard start < bytes.count, bytes[offset] == type else { return nil }
        let channel = UInt16(bytes[offset + 1]) << 8 | UInt16(bytes[offset + 2])
        var size = 0
        for index in offset + 3..<start { size = size << 8 | Int(bytes[index]) }
        guard size <= self.maximumFrameSize - FrameFormat.overhead, size < bytes.count - start,
            bytes[start + size] == FrameFormat.end
        else { return nil }
        return (channel, start..<start + size)
    }

    private static func isDeliver(_ payload: Span<UInt8>) -> Bool {
        payload[0] == 0 && payload[1] == UInt8(BasicDeliver.id.classID) && payload[2] == 0
            && payload[3] == UInt8(BasicDeliver.id.methodID)
    }
}
