// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What stands before a frame's payload, checked.
struct FrameHead {
    private enum Kind {
        case method, header, body, heartbeat
        /// A protocol header but for its last octet, the revision, which stands where a frame has its end octet.
        case protocolHeader(major: UInt8, minor: UInt8)
    }

    private let kind: Kind
    private let channel: UInt16
    /// How many octets stand between the head and the last octet.
    let payloadSize: Int

    /// Decodes and checks seven octets.
    ///
    /// - Parameters:
    ///   - octets: the seven octets.
    ///   - isFirst: whether they are the first of the connection, so that a protocol header may come.
    ///   - limit: the largest frame that is taken, its overhead included.
    init(decoding octets: Span<UInt8>, isFirst: Bool, limit: Int) throws(AMQPWireError) {
        var cursor = ByteCursor()
        let type = try cursor.readUInt8(from: octets)
        let channel = try cursor.readUInt16(from: octets)
        let size = Int(try cursor.readUInt32(from: octets))
        switch type {
        case FrameFormat.method: self.kind = .method
        case FrameFormat.header: self.kind = .header
        case FrameFormat.body: self.kind = .body
        case FrameFormat.heartbeat: self.kind = .heartbeat
        default:
            let isProtocolHeader = FrameFormat.protocolHeader.indices.allSatisfy { octets[$0] == FrameFormat.protocolHeader[$0] }
            guard isFirst, isProtocolHeader else { throw .unknownFrameType(type, isFirst: isFirst) }
            self.kind = .protocolHeader(major: octets[5], minor: octets[6])
            self.channel = 0
            self.payloadSize = 0
            return
        }
        guard size <= limit - FrameFormat.overhead else { throw .frameTooLarge(size + FrameFormat.overhead, limit: limit) }
        self.channel = channel
        self.payloadSize = size
    }

    /// Whether the payload is a part of a body.
    var isBody: Bool {
        if case .body = self.kind { true } else { false }
    }

    /// Makes the frame of its payload and its last octet.
    func frame(of payload: Span<UInt8>, endingWith last: UInt8) throws(AMQPWireError) -> AMQPFrame {
        if case .protocolHeader(let major, let minor) = self.kind {
            let version = AMQPProtocolVersion(major: major, minor: minor, revision: last)
            return AMQPFrame(channel: 0, payload: .protocolHeader(version))
        }
        guard last == FrameFormat.end else { throw .frameEndMissing(last) }
        switch self.kind {
        case .method:
            return AMQPFrame(channel: self.channel, payload: .method(try AMQPMethod(decoding: payload)))
        case .header:
            return AMQPFrame(channel: self.channel, payload: .header(try AMQPContentHeader(decoding: payload)))
        case .body:
            return AMQPFrame(channel: self.channel, payload: .body([UInt8](copying: payload)))
        case .heartbeat, .protocolHeader:
            guard self.channel == 0, payload.isEmpty else {
                throw AMQPWireError(.malformedFrame, message: "a heartbeat with a payload or on a channel")
            }
            return AMQPFrame(channel: 0, payload: .heartbeat)
        }
    }

    /// Makes a body frame of a payload that was kept, without copying it.
    func bodyFrame(of payload: consuming [UInt8], endingWith last: UInt8) throws(AMQPWireError) -> AMQPFrame {
        guard last == FrameFormat.end else { throw .frameEndMissing(last) }
        return AMQPFrame(channel: self.channel, payload: .body(payload))
    }
}

extension AMQPWireError {
    @inline(never)
    fileprivate static func unknownFrameType(_ type: UInt8, isFirst: Bool) -> AMQPWireError {
        let hint = isFirst ? "; the peer does not seem to speak AMQP 0-9-1" : ""
        return AMQPWireError(.unknownFrameType, message: "a frame of the unknown type 0x\(String(type, radix: 16))\(hint)")
    }

    @inline(never)
    fileprivate static func frameTooLarge(_ size: Int, limit: Int) -> AMQPWireError {
        AMQPWireError(.frameTooLarge, message: "a frame of \(size) bytes: the limit is \(limit)")
    }

    @inline(never)
    fileprivate static func frameEndMissing(_ octet: UInt8) -> AMQPWireError {
        AMQPWireError(.frameEndMissing, message: "a frame ends with 0x\(String(octet, radix: 16)) instead of 0xce")
    }
}
