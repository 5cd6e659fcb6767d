// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Makes frames of bytes as they arrive, however they are cut.
///
/// A frame that lies in the given bytes is decoded where it is; only one that is cut off is kept, up to the limit and no further: a frame
/// that is larger is refused by its header, before anything is kept or allocated for it.
///
/// ```swift
/// var offset = 0
/// while let frame = try decoder.next(in: bytes.span, at: &offset) {
///     print(frame.channel, frame.payload)
/// }
/// ```
public struct FrameDecoder: ~Copyable, Sendable {
    /// The largest frame that is taken, in bytes, its eight of overhead included; at least 4096.
    ///
    /// It begins at 4096, the limit before the negotiation, and should be set when limits are negotiated.
    public var maximumFrameSize = FrameFormat.minimumLimit {
        didSet { self.maximumFrameSize = max(self.maximumFrameSize, FrameFormat.minimumLimit) }
    }
    /// The head of the frame that was cut off within its payload.
    private var head: FrameHead?
    /// What was kept of the frame that was cut off: of its head as long as `head` is `nil`, then of its payload and end octet.
    private var kept: [UInt8] = []
    /// Whether nothing was decoded so far, so that a protocol header may come.
    private var isFirst = true
    /// What was decoded of the last delivery that came whole.
    var lastMethod = RepeatedPayload<BasicDeliver>()
    var lastHeader = RepeatedPayload<AMQPContentHeader>()
    /// The error after which nothing is decoded any more.
    private var failure: AMQPWireError?

    /// Whether the next byte is a frame's first, and not the first of all.
    var isBetweenFrames: Bool { self.head == nil && self.kept.isEmpty && !self.isFirst && self.failure == nil }

    /// Makes a decoder at the beginning of a connection.
    public init() {}

    /// Decodes the next frame.
    ///
    /// - Parameters:
    ///   - bytes: what arrived.
    ///   - offset: where to begin in `bytes`; on return behind the frame, or at the end when there is none.
    /// - Returns: the frame, or `nil` when more bytes are needed: then all of `bytes` is used up.
    /// - Throws: what is wrong with the bytes. The connection is then beyond repair: every further call throws the same.
    public mutating func next(in bytes: Span<UInt8>, at offset: inout Int) throws(AMQPWireError) -> AMQPFrame? {
        if let failure = self.failure { throw failure }
        do {
            return try self.decode(bytes, &offset)
        } catch {
            self.failure = error
            self.kept = []
            throw error
        }
    }

    private mutating func decode(_ bytes: Span<UInt8>, _ offset: inout Int) throws(AMQPWireError) -> AMQPFrame? {
        if let head = self.head { return try self.resume(head, bytes, &offset) }
        guard let head = try self.readHead(bytes, &offset) else { return nil }
        self.isFirst = false
        let end = offset + head.payloadSize
        guard end < bytes.count else {
            self.head = head
            self.kept.reserveCapacity(head.payloadSize + 1)
            return try self.resume(head, bytes, &offset)
        }
        let frame = try head.frame(of: bytes.extracting(offset..<end), endingWith: bytes[end])
        offset = end + 1
        return frame
    }

    /// Reads the octets before the payload, across two calls where they are cut.
    private mutating func readHead(_ bytes: Span<UInt8>, _ offset: inout Int) throws(AMQPWireError) -> FrameHead? {
        if self.kept.isEmpty, bytes.count - offset >= FrameFormat.headSize {
            let octets = bytes.extracting(offset..<offset + FrameFormat.headSize)
            offset += FrameFormat.headSize
            return try FrameHead(decoding: octets, isFirst: self.isFirst, limit: self.maximumFrameSize)
        }
        self.keep(FrameFormat.headSize, bytes, &offset)
        guard self.kept.count == FrameFormat.headSize else { return nil }
        let head = try FrameHead(decoding: self.kept.span, isFirst: self.isFirst, limit: self.maximumFrameSize)
        self.kept.removeAll(keepingCapacity: true)
        return head
    }

    /// Goes on with a frame whose payload was cut off.
    private mutating func resume(_ head: FrameHead, _ bytes: Span<UInt8>, _ offset: inout Int) throws(AMQPWireError) -> AMQPFrame? {
        self.keep(head.payloadSize + 1, bytes, &offset)
        guard self.kept.count == head.payloadSize + 1 else { return nil }
        self.head = nil
        let last = self.kept.removeLast()
        if head.isBody {
            return try head.bodyFrame(of: exchange(&self.kept, with: []), endingWith: last)
        }
        let frame = try head.frame(of: self.kept.span, endingWith: last)
        self.kept.removeAll(keepingCapacity: true)
        return frame
    }

    /// Moves bytes to what is kept until that counts `count`, or as many as there are.
    private mutating func keep(_ count: Int, _ bytes: Span<UInt8>, _ offset: inout Int) {
        let end = min(bytes.count, offset + count - self.kept.count)
        self.kept.append(copying: bytes.extracting(offset..<end))
        offset = end
    }
}
