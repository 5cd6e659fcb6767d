// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension EventStreamMessage {
    /// The message as it stands in a stream.
    ///
    /// - Returns: the bytes.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/invalidRequest`` when a name or a value is too long or empty, or headers or payload are.
    public func encoded() throws(AWSError) -> [UInt8] {
        var headers: [UInt8] = []
        for header in self.headers {
            let name = Array(header.name.utf8)
            guard (1...255).contains(name.count) else {
                throw Self.refusal("the name of a header has 1 to 255 bytes, not \(name.count)")
            }
            headers.append(UInt8(name.count))
            headers += name
            try Self.encode(header.value, into: &headers)
        }
        return try EventStreamFrame.encode(headers: headers, payload: self.payload)
    }

    private static func encode(_ value: EventStreamValue, into bytes: inout [UInt8]) throws(AWSError) {
        switch value {
        case .bool(let value): bytes.append(value ? 0 : 1)
        case .byte(let value):
            bytes.append(2)
            bytes.append(bigEndian: value)
        case .short(let value):
            bytes.append(3)
            bytes.append(bigEndian: value)
        case .integer(let value):
            bytes.append(4)
            bytes.append(bigEndian: value)
        case .long(let value):
            bytes.append(5)
            bytes.append(bigEndian: value)
        case .bytes(let value): try self.encode(6, value, into: &bytes)
        case .string(let value): try self.encode(7, Array(value.utf8), into: &bytes)
        case .timestamp(let value):
            bytes.append(8)
            bytes.append(bigEndian: value)
        case .uuid(let high, let low):
            bytes.append(9)
            bytes.append(bigEndian: high)
            bytes.append(bigEndian: low)
        }
    }

    private static func encode(_ type: UInt8, _ content: [UInt8], into bytes: inout [UInt8]) throws(AWSError) {
        guard content.count <= Int(Int16.max) else {
            throw self.refusal("the value of a header has at most 32767 bytes, not \(content.count)")
        }
        bytes.append(type)
        bytes.append(bigEndian: UInt16(content.count))
        bytes += content
    }

    private static func refusal(_ reason: String) -> AWSError {
        AWSError(.invalidRequest, code: .invalidEventStreamMessage, message: reason)
    }
}
