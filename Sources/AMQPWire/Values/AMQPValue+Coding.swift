// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPValue {
    /// Decodes a value of a table or array that is `depth` deep: one octet of type, then what the type asks for.
    ///
    /// A table or array that would be too deep comes as its bytes: RabbitMQ passes any depth on, and would deliver a message that is
    /// refused again and again.
    init(from cursor: inout ByteCursor, in bytes: Span<UInt8>, depth: Int) throws(AMQPWireError) {
        let type = try cursor.readUInt8(from: bytes)
        switch type {
        case UInt8(ascii: "V"): self = .void
        case UInt8(ascii: "t"): self = .bool(try cursor.readUInt8(from: bytes) != 0)
        case UInt8(ascii: "b"): self = .int8(Int8(bitPattern: try cursor.readUInt8(from: bytes)))
        case UInt8(ascii: "B"): self = .uint8(try cursor.readUInt8(from: bytes))
        case UInt8(ascii: "s"): self = .int16(Int16(bitPattern: try cursor.readUInt16(from: bytes)))
        case UInt8(ascii: "u"): self = .uint16(try cursor.readUInt16(from: bytes))
        case UInt8(ascii: "I"): self = .int32(Int32(bitPattern: try cursor.readUInt32(from: bytes)))
        case UInt8(ascii: "i"): self = .uint32(try cursor.readUInt32(from: bytes))
        case UInt8(ascii: "l"), UInt8(ascii: "L"): self = .int64(Int64(bitPattern: try cursor.readUInt64(from: bytes)))
        case UInt8(ascii: "f"): self = .float(Float(bitPattern: try cursor.readUInt32(from: bytes)))
        case UInt8(ascii: "d"): self = .double(Double(bitPattern: try cursor.readUInt64(from: bytes)))
        case UInt8(ascii: "D"):
            let scale = try cursor.readUInt8(from: bytes)
            self = .decimal(AMQPDecimal(unscaled: Int32(bitPattern: try cursor.readUInt32(from: bytes)), scale: scale))
        case UInt8(ascii: "S"): self.init(longString: bytes.extracting(try cursor.readLongRange(from: bytes)))
        case UInt8(ascii: "x"): self = .bytes(try cursor.readLongBytes(from: bytes))
        case UInt8(ascii: "T"): self = .timestamp(try cursor.readUInt64(from: bytes))
        case UInt8(ascii: "A"):
            let elements = bytes.extracting(try cursor.readLongRange(from: bytes))
            let isTooDeep = depth >= AMQPTable.maximumDepth
            self = isTooDeep ? .bytes([UInt8](copying: elements)) : .array(try Self.elements(of: elements, depth: depth + 1))
        case UInt8(ascii: "F"):
            let fields = bytes.extracting(try cursor.readLongRange(from: bytes))
            let isTooDeep = depth >= AMQPTable.maximumDepth
            self = isTooDeep ? .bytes([UInt8](copying: fields)) : .table(try AMQPTable(decoding: fields, depth: depth + 1))
        default: throw .unknownFieldType(type)
        }
    }

    private init(longString bytes: Span<UInt8>) {
        do {
            self = .string(String(copying: try UTF8Span(validating: bytes)))
        } catch {
            self = .opaqueString([UInt8](copying: bytes))
        }
    }

    private static func elements(of bytes: Span<UInt8>, depth: Int) throws(AMQPWireError) -> [AMQPValue] {
        var cursor = ByteCursor()
        var elements: [AMQPValue] = []
        while !cursor.isAtEnd(of: bytes) { elements.append(try AMQPValue(from: &cursor, in: bytes, depth: depth)) }
        return elements
    }

    /// Appends the value, in a table or array that is `depth` deep: one octet of type, then what the type asks for.
    func encode(into output: inout [UInt8], depth: Int) throws(AMQPWireError) {
        output.appendUInt8(self.type)
        switch self {
        case .void: break
        case .bool(let value): output.appendUInt8(value ? 1 : 0)
        case .int8(let value): output.appendUInt8(UInt8(bitPattern: value))
        case .uint8(let value): output.appendUInt8(value)
        case .int16(let value): output.appendUInt16(UInt16(bitPattern: value))
        case .uint16(let value): output.appendUInt16(value)
        case .int32(let value): output.appendUInt32(UInt32(bitPattern: value))
        case .uint32(let value): output.appendUInt32(value)
        case .int64(let value): output.appendUInt64(UInt64(bitPattern: value))
        case .float(let value): output.appendUInt32(value.bitPattern)
        case .double(let value): output.appendUInt64(value.bitPattern)
        case .decimal(let value):
            output.appendUInt8(value.scale)
            output.appendUInt32(UInt32(bitPattern: value.unscaled))
        case .string(let value): try output.appendLongString(value)
        case .opaqueString(let value), .bytes(let value): try output.appendLongBytes(value)
        case .timestamp(let value): output.appendUInt64(value)
        case .array(let elements):
            guard depth < AMQPTable.maximumDepth else { throw .nestingTooDeep }
            let start = output.count
            output.appendUInt32(0)
            for element in elements { try element.encode(into: &output, depth: depth + 1) }
            try output.patchLength(at: start)
        case .table(let table): try table.encode(into: &output, depth: depth + 1)
        }
    }

    /// The octet that names the value's type.
    private var type: UInt8 {
        switch self {
        case .void: UInt8(ascii: "V")
        case .bool: UInt8(ascii: "t")
        case .int8: UInt8(ascii: "b")
        case .uint8: UInt8(ascii: "B")
        case .int16: UInt8(ascii: "s")
        case .uint16: UInt8(ascii: "u")
        case .int32: UInt8(ascii: "I")
        case .uint32: UInt8(ascii: "i")
        case .int64: UInt8(ascii: "l")
        case .float: UInt8(ascii: "f")
        case .double: UInt8(ascii: "d")
        case .decimal: UInt8(ascii: "D")
        case .string, .opaqueString: UInt8(ascii: "S")
        case .bytes: UInt8(ascii: "x")
        case .timestamp: UInt8(ascii: "T")
        case .array: UInt8(ascii: "A")
        case .table: UInt8(ascii: "F")
        }
    }
}

extension AMQPWireError {
    @inline(never)
    static func unknownFieldType(_ type: UInt8) -> AMQPWireError {
        AMQPWireError(.unknownFieldType, message: "a table or array holds a value of the unknown type 0x\(String(type, radix: 16))")
    }
}
