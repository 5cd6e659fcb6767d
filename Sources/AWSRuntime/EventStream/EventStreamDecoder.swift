// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Takes an event stream apart; bytes in, messages out.
///
/// It keeps the bytes of the message that is not complete yet, and no more: a message that says it is longer than the limits is refused before
/// its bytes are kept. After an error the decoder gives that error for ever, since nobody knows where the next message would start.
package struct EventStreamDecoder: Sendable {
    private let maximumPayloadLength: Int
    private var buffer: [UInt8] = []
    /// Where the next message starts in the buffer.
    private var start = 0
    private var error: AWSError?

    /// Makes a decoder.
    ///
    /// - Parameter maximumPayloadLength: the longest payload that is taken, in bytes; by default what the format allows.
    package init(maximumPayloadLength: Int = EventStreamFrame.maximumPayloadLength) {
        self.maximumPayloadLength = min(max(maximumPayloadLength, 0), EventStreamFrame.maximumPayloadLength)
    }

    /// How many bytes wait for the rest of their message.
    package var bufferedByteCount: Int { self.buffer.count - self.start }

    /// Bytes arrived.
    package mutating func bytesReceived(_ bytes: [UInt8]) {
        guard self.error == nil else { return }
        if self.start > 0 {
            self.buffer.removeFirst(self.start)
            self.start = 0
        }
        self.buffer += bytes
    }

    /// The next message.
    ///
    /// - Returns: the message; `nil` where more bytes are needed.
    /// - Throws: ``AWSError`` of code ``AWSErrorCode/malformedEventStream``.
    package mutating func next() throws(AWSError) -> EventStreamMessage? {
        if let error { throw error }
        do {
            return try self.readMessage()
        } catch {
            self.error = error
            self.buffer = []
            self.start = 0
            throw error
        }
    }

    /// The stream ended.
    ///
    /// - Throws: ``AWSError`` of code ``AWSErrorCode/malformedEventStream`` when it ended within a message.
    package mutating func streamEnded() throws(AWSError) {
        if let error { throw error }
        guard self.bufferedByteCount == 0 else {
            throw Self.malformed("it ended within a message, of which \(self.bufferedByteCount) bytes had come")
        }
    }

    private mutating func readMessage() throws(AWSError) -> EventStreamMessage? {
        guard self.bufferedByteCount >= EventStreamFrame.preludeLength else { return nil }
        var prelude = EventStreamReader(self.buffer[self.start...].prefix(EventStreamFrame.preludeLength))
        let length = Int(try prelude.readInteger(UInt32.self))
        let headersLength = Int(try prelude.readInteger(UInt32.self))
        let checksum = try prelude.readInteger(UInt32.self)
        guard CyclicRedundancyCheck.checksum(self.buffer[self.start..<self.start + 8]) == checksum else {
            throw Self.malformed("the checksum of a prelude is wrong")
        }
        guard headersLength <= EventStreamFrame.maximumHeadersLength, length >= EventStreamFrame.overhead + headersLength,
            length - EventStreamFrame.overhead - headersLength <= self.maximumPayloadLength
        else { throw Self.malformed("a message of \(length) bytes with \(headersLength) bytes of headers is beyond the limits") }
        guard self.bufferedByteCount >= length else { return nil }

        let end = self.start + length
        var trailer = EventStreamReader(self.buffer[(end - 4)..<end])
        guard CyclicRedundancyCheck.checksum(self.buffer[self.start..<end - 4]) == (try trailer.readInteger(UInt32.self)) else {
            throw Self.malformed("the checksum of a message is wrong")
        }
        let headersStart = self.start + EventStreamFrame.preludeLength
        var reader = EventStreamReader(self.buffer[headersStart..<headersStart + headersLength])
        var headers: [EventStreamMessage.Header] = []
        while !reader.isAtEnd { headers.append(try reader.readHeader()) }
        let payload = Array(self.buffer[(headersStart + headersLength)..<end - 4])
        self.start = end
        return EventStreamMessage(headers: headers, payload: payload)
    }

    static func malformed(_ reason: String) -> AWSError {
        AWSError(.malformedResponse, code: .malformedEventStream, message: "the event stream cannot be read: \(reason)", isRetryable: true)
    }
}
