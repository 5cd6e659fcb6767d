// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// Something that a broker must not do, and what the client is to say of it.
struct Breach: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the client closes the connection with.
    let replyCode: AMQPReplyCode
    /// What the error's text tells.
    let text: String
    /// The bytes of the broker, behind a publisher and the consumer `lamassu-1` on channel 1.
    let bytes: [UInt8]

    init(_ name: String, _ replyCode: AMQPReplyCode, _ text: String, _ bytes: () throws -> [UInt8]) rethrows {
        self.testDescription = name
        self.replyCode = replyCode
        self.text = text
        self.bytes = try bytes()
    }
}

extension Breach {
    /// What no frame may be.
    static let frames: [Breach] = [
        Breach("a wrong frame end", .frameError, "ends with 0x0 instead of 0xce") { RawFrame.bytes(3, [1, 2, 3], end: 0) },
        Breach("a frame over the limit", .frameError, "the limit is 8192") { RawFrame.bytes(3, [], size: 8_185) },
        Breach("a size with the top bit set", .frameError, "the limit is 8192") { RawFrame.bytes(1, [], size: 0x8000_0000) },
        Breach("the greatest size there is", .frameError, "a frame of 4294967303 bytes") { RawFrame.bytes(2, [], size: .max) },
        Breach("an unknown frame type", .frameError, "unknown type 0x4") { RawFrame.bytes(4) },
        Breach("another protocol", .frameError, "unknown type 0x48") { Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) },
        Breach("a protocol header", .frameError, "unknown type 0x41") { Array("AMQP\0\0\u{9}\u{1}".utf8) },
        Breach("a heartbeat on a channel", .frameError, "a heartbeat with a payload or on a channel") { RawFrame.bytes(8) },
        Breach("a heartbeat with a payload", .frameError, "a heartbeat with a payload or on a channel") { RawFrame.bytes(8, on: 0, [1]) },
        Breach("a frame for a channel that is not open", .channelError, "channel 2, which is not open") {
            RawFrame.method(60, 80, [0, 0, 0, 0, 0, 0, 0, 1, 0], on: 2)
        },
        Breach("a body for a channel that there cannot be", .channelError, "channel 65535, which is not open") {
            RawFrame.bytes(3, on: .max, [1])
        },
    ]

    /// What no method, header or table may be.
    static let payloads: [Breach] = [
        Breach("a method frame without a method", .frameError, "past the end") { RawFrame.bytes(1) },
        Breach("a method with half a number", .frameError, "past the end") { RawFrame.bytes(1, [0, 60, 0]) },
        Breach("an unknown class", .notImplemented, "99.10") { RawFrame.method(99, 10) },
        Breach("an unknown method", .notImplemented, "60.99") { RawFrame.method(60, 99) },
        Breach("an unknown method on channel 0", .notImplemented, "10.99") { RawFrame.method(10, 99, on: 0) },
        Breach("a method that ends early", .frameError, "past the end") { RawFrame.method(60, 80, [0, 0, 0]) },
        Breach("a method with more than its fields", .frameError, "follow the last field") {
            RawFrame.method(60, 80, [0, 0, 0, 0, 0, 0, 0, 1, 0, 7])
        },
        Breach("a name that is not UTF-8", .syntaxError, "not UTF-8") { RawFrame.method(60, 30, [2, 0xC3, 0x28, 0]) },
        Breach("a name longer than its method", .frameError, "past the end") { RawFrame.method(60, 30, [255, 0x61, 0]) },
        Breach("a header of another class", .frameError, "class 50 and weight 0") {
            RawFrame.bytes(2, [0, 50, 0, 0] + RawFrame.bigEndian(UInt64(0)) + [0, 0])
        },
        Breach("a header with a weight", .frameError, "class 60 and weight 1") {
            RawFrame.bytes(2, [0, 60, 0, 1] + RawFrame.bigEndian(UInt64(0)) + [0, 0])
        },
        Breach("a header that ends in its size", .frameError, "past the end") { RawFrame.bytes(2, [0, 60, 0, 0, 0xFF, 0xFF]) },
        Breach("a property that is not defined", .frameError, "not defined") {
            RawFrame.bytes(2, [0, 60, 0, 0] + RawFrame.bigEndian(UInt64(0)) + [0, 2])
        },
        Breach("property flags without an end", .frameError, "past the end") {
            RawFrame.bytes(2, [0, 60, 0, 0] + RawFrame.bigEndian(UInt64(0)) + [0, 1, 0, 1])
        },
        Breach("a table whose length has the top bit set", .frameError, "past the end") {
            RawFrame.header(table: [0x80, 0, 0, 1, 1, 0x61, 0x56])
        },
        Breach("a table that is cut off", .frameError, "past the end") { RawFrame.header(table: RawFrame.table([1, 0x61])) },
        Breach("a string whose length has the top bit set", .frameError, "past the end") {
            RawFrame.header(table: RawFrame.table([1, 0x61, UInt8(ascii: "S"), 0xFF, 0xFF, 0xFF, 0xFF]))
        },
        Breach("an array longer than its table", .frameError, "past the end") {
            RawFrame.header(table: RawFrame.table([1, 0x61, UInt8(ascii: "A"), 0, 0, 0, 9, UInt8(ascii: "V")]))
        },
        Breach("a value of an unknown type", .syntaxError, "unknown type 0x5a") {
            RawFrame.header(table: RawFrame.table([1, 0x61, UInt8(ascii: "Z")]))
        },
    ]
}
