// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue: JSONDecodable {
    /// A container whose end has not been read.
    private struct OpenContainer {
        var isObject: Bool
        var key = ""
        var elements: [JSONValue] = []
        var members: [Member] = []

        mutating func append(_ value: JSONValue) {
            if self.isObject {
                self.members.append(Member(key: self.key, value: value))
            } else {
                self.elements.append(value)
            }
        }
    }

    /// Reads a JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8, with nothing but whitespace around its value.
    ///   - maximumDepth: how deep arrays and objects may be nested; by default 1000. Swift frees a tree recursively, so that a depth far
    ///     above the default may not fit a small stack.
    /// - Throws: ``JSONError`` where the text is malformed or nested too deep.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 1_000) throws(JSONError) {
        var reader = JSONReader(bytes, maximumDepth: maximumDepth)
        try self.init(from: &reader)
        try reader.finish()
    }

    /// Reads the next value of a text, with all that is in it.
    public init(from reader: inout JSONReader) throws(JSONError) {
        var open: [OpenContainer] = []
        while true {
            var complete: JSONValue?
            switch try reader.peek() {
            case .null:
                try reader.readNull()
                complete = .null
            case .bool: complete = .bool(try reader.readBool())
            case .number: complete = .number(try reader.readNumber())
            case .string: complete = .string(try reader.readString())
            case .array:
                try reader.beginArray()
                open.append(OpenContainer(isObject: false))
            case .object:
                try reader.beginObject()
                open.append(OpenContainer(isObject: true))
            }
            // Hand a complete value to its container, which may be complete with it, until another value has to be read.
            while true {
                guard let last = open.indices.last else {
                    self = complete ?? .null
                    return
                }
                if let value = complete { open[last].append(value) }
                if open[last].isObject {
                    if let key = try reader.nextKey() {
                        open[last].key = key
                        break
                    }
                    complete = .object(open.removeLast().members)
                } else {
                    if try reader.nextElement() { break }
                    complete = .array(open.removeLast().elements)
                }
            }
        }
    }
}

extension JSONValue: JSONEncodable {
    /// A container that is being written, and how much of it has been.
    private enum PartlyWritten {
        case array(ArraySlice<JSONValue>)
        case object(ArraySlice<Member>)
    }

    /// The JSON text of this value, with no whitespace.
    ///
    /// - Returns: the text in UTF-8.
    public func encoded() throws(JSONError) -> [UInt8] { try JSONWriter.encode(self) }

    /// Writes the value, with all that is in it.
    public func encode(into writer: inout JSONWriter) {
        var open: [PartlyWritten] = []
        var next: JSONValue? = self
        while true {
            switch next {
            case .null: writer.null()
            case .bool(let value): writer.bool(value)
            case .number(let value): writer.number(value)
            case .string(let value): writer.string(value)
            case .array(let elements):
                writer.beginArray()
                open.append(.array(elements[...]))
            case .object(let members):
                writer.beginObject()
                open.append(.object(members[...]))
            case nil: break
            }
            next = nil
            switch open.popLast() {
            case .array(let elements):
                guard let element = elements.first else {
                    writer.endArray()
                    continue
                }
                open.append(.array(elements.dropFirst()))
                next = element
            case .object(let members):
                guard let member = members.first else {
                    writer.endObject()
                    continue
                }
                open.append(.object(members.dropFirst()))
                writer.key(member.key)
                next = member.value
            case nil: return
            }
        }
    }
}
