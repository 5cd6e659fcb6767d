// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Appends frames to outgoing bytes.
///
/// A call that throws leaves the output as it was, so that nothing half-written ever reaches the peer.
public struct FrameEncoder: Sendable {
    /// The largest frame that is written, in bytes, its eight of overhead included; `nil` for no limit.
    public let maximumFrameSize: Int?

    /// Makes an encoder.
    ///
    /// - Parameter maximumFrameSize: the negotiated `frame-max`, in bytes. 0 means no limit; less than 4096, the least the protocol
    ///   knows, is taken as 4096, which is also the limit before the negotiation.
    public init(maximumFrameSize: UInt32 = 4096) {
        self.maximumFrameSize = maximumFrameSize == 0 ? nil : max(Int(maximumFrameSize), FrameFormat.minimumLimit)
    }

    /// Appends a method frame.
    ///
    /// - Parameters:
    ///   - method: the method's arguments.
    ///   - channel: the channel; 0 is the connection itself.
    ///   - output: what the frame is appended to.
    /// - Throws: ``AMQPWireError/Code/valueTooLong``, ``AMQPWireError/Code/nestingTooDeep``, ``AMQPWireError/Code/frameTooLarge``.
    public func encode(_ method: some AMQPMethodArguments, channel: UInt16, into output: inout [UInt8]) throws(AMQPWireError) {
        let start = output.count
        do {
            try self.appendMethod(method, channel, &output)
        } catch {
            output.removeLast(output.count - start)
            throw error
        }
    }

    /// Appends a method frame.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - channel: the channel; 0 is the connection itself.
    ///   - output: what the frame is appended to.
    /// - Throws: ``AMQPWireError/Code/valueTooLong``, ``AMQPWireError/Code/nestingTooDeep``, ``AMQPWireError/Code/frameTooLarge``.
    public func encode(_ method: AMQPMethod, channel: UInt16, into output: inout [UInt8]) throws(AMQPWireError) {
        try self.encode(method.arguments, channel: channel, into: &output)
    }

    /// Appends a method with its content: a method frame, a header frame, and as many body frames as the body needs.
    ///
    /// An empty body has no body frame.
    ///
    /// - Parameters:
    ///   - method: the method's arguments; a method that has a content.
    ///   - properties: the message's properties.
    ///   - body: the message's body.
    ///   - channel: the channel.
    ///   - output: what the frames are appended to.
    /// - Throws: ``AMQPWireError/Code/valueTooLong``, ``AMQPWireError/Code/nestingTooDeep``, ``AMQPWireError/Code/frameTooLarge`` when
    ///   the properties alone do not fit a frame.
    public func encode(
        _ method: some AMQPMethodArguments, properties: AMQPProperties, body: [UInt8], channel: UInt16, into output: inout [UInt8]
    ) throws(AMQPWireError) {
        let start = output.count
        do {
            try self.appendMethod(method, channel, &output)
            let header = Self.beginFrame(FrameFormat.header, channel, &output)
            try AMQPContentHeader.encode(bodySize: UInt64(body.count), properties: properties, into: &output)
            try self.endFrame(header, &output)
            try self.appendBody(body, channel, &output)
        } catch {
            output.removeLast(output.count - start)
            throw error
        }
    }

    /// Appends a heartbeat frame.
    public static func encodeHeartbeat(into output: inout [UInt8]) {
        output += [FrameFormat.heartbeat, 0, 0, 0, 0, 0, 0, FrameFormat.end]
    }

    /// Appends the protocol header, with which a client begins.
    public static func encodeProtocolHeader(_ version: AMQPProtocolVersion = .current, into output: inout [UInt8]) {
        output += FrameFormat.protocolHeader
        output += [version.major, version.minor, version.revision]
    }

    private func appendMethod<Method: AMQPMethodArguments>(
        _ method: Method, _ channel: UInt16, _ output: inout [UInt8]
    ) throws(AMQPWireError) {
        let start = Self.beginFrame(FrameFormat.method, channel, &output)
        output.appendUInt16(Method.id.classID)
        output.appendUInt16(Method.id.methodID)
        try method.encode(into: &output)
        try self.endFrame(start, &output)
    }

    private func appendBody(_ body: [UInt8], _ channel: UInt16, _ output: inout [UInt8]) throws(AMQPWireError) {
        let limit = (self.maximumFrameSize ?? Int(UInt32.max)) - FrameFormat.overhead
        var offset = 0
        while offset < body.count {
            let end = min(body.count, offset + limit)
            let start = Self.beginFrame(FrameFormat.body, channel, &output)
            if offset == 0, end == body.count { output += body } else { output += body[offset..<end] }
            try self.endFrame(start, &output)
            offset = end
        }
    }

    /// Appends a frame's type and channel and room for its size; returns where the frame begins.
    private static func beginFrame(_ type: UInt8, _ channel: UInt16, _ output: inout [UInt8]) -> Int {
        let start = output.count
        output.append(addingCapacity: FrameFormat.headSize) { frame in
            frame.append(type)
            frame.append(UInt8(truncatingIfNeeded: channel >> 8))
            frame.append(UInt8(truncatingIfNeeded: channel))
            for _ in 0..<4 { frame.append(0) }
        }
        return start
    }

    /// Fills in the size of the frame that begins at `start`, and ends it.
    private func endFrame(_ start: Int, _ output: inout [UInt8]) throws(AMQPWireError) {
        if let limit = self.maximumFrameSize, output.count + 1 - start > limit {
            throw AMQPWireError(.frameTooLarge, message: "a frame of \(output.count + 1 - start) bytes: the peer takes \(limit)")
        }
        try output.patchLength(at: start + 3)
        output.append(FrameFormat.end)
    }
}
