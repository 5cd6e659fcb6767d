// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A place in a document whose characters were checked, and the tokens that can stand there.
///
/// Each function reads from `offset` on and leaves it behind what it read; on an error the place is of no further use.
struct XMLScanner: Sendable {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { self.offset >= self.bytes.count }

    /// The next byte, or `nil` at the end.
    var next: UInt8? { self.isAtEnd ? nil : self.bytes[self.offset] }

    func error(_ code: XMLError.Code, _ message: String) -> XMLError { XMLError(code, at: self.offset, message: message) }

    /// The error for a place where only what `expected` says could stand.
    func unexpected(_ expected: String) -> XMLError {
        self.isAtEnd
            ? self.error(.unexpectedEnd, "the document ends where \(expected) should be") : self.error(.malformed, "expected \(expected)")
    }

    func text(_ range: Range<Int>) -> String { String(decoding: self.bytes[range], as: UTF8.self) }

    // MARK: Literals and white space

    /// Whether `literal` stands here.
    func isAt(_ literal: StaticString) -> Bool { self.matchedLength(literal) == literal.utf8CodeUnitCount }

    /// Steps over `literal` when it stands here.
    mutating func skip(_ literal: StaticString) -> Bool {
        guard self.isAt(literal) else { return false }
        self.offset += literal.utf8CodeUnitCount
        return true
    }

    /// Steps over `literal`, which must stand here.
    mutating func expect(_ literal: StaticString) throws(XMLError) {
        let matched = self.matchedLength(literal)
        self.offset += matched
        guard matched == literal.utf8CodeUnitCount else { throw self.unexpected("\"\(literal)\"") }
    }

    /// Steps over white space; tells whether there was any.
    @discardableResult
    mutating func skipWhitespace() -> Bool {
        let start = self.offset
        while let byte = self.next, XMLCharacter.isWhitespace(byte) { self.offset += 1 }
        return self.offset > start
    }

    /// Steps over everything up to and including `literal`, which must come.
    mutating func skip(past literal: StaticString) throws(XMLError) {
        while !self.skip(literal) {
            guard !self.isAtEnd else { throw self.unexpected("\"\(literal)\"") }
            self.offset += 1
        }
    }

    /// How many bytes of `literal` stand here.
    private func matchedLength(_ literal: StaticString) -> Int {
        var length = 0
        literal.withUTF8Buffer { buffer in
            while length < buffer.count, self.offset + length < self.bytes.count {
                guard unsafe buffer[length] == self.bytes[self.offset + length] else { return }
                length += 1
            }
        }
        return length
    }

    // MARK: Names

    /// A name as it is written, and its part behind the prefix (Namespaces in XML 1.0, section 4).
    struct Name: Hashable {
        let qualified: Range<Int>
        let local: Range<Int>
    }

    /// A name for an error's message: quoted, and no longer than a line.
    func quoted(_ name: Name) -> String { "\"\(self.text(name.qualified.prefix(80)))\"" }

    /// Reads a qualified name: one name, or two with a colon between them.
    mutating func readName(_ what: String) throws(XMLError) -> Name {
        let first = try self.readSimpleName(what)
        guard self.skip(":") else { return Name(qualified: first, local: first) }
        let second = try self.readSimpleName("a name behind the prefix")
        return Name(qualified: first.lowerBound..<second.upperBound, local: second)
    }

    private mutating func readSimpleName(_ what: String) throws(XMLError) -> Range<Int> {
        let start = self.offset
        while !self.isAtEnd, let (scalar, length) = XMLCharacter.decode(self.bytes.span, at: self.offset) {
            guard self.offset == start ? XMLCharacter.startsName(scalar) : XMLCharacter.continuesName(scalar) else { break }
            self.offset += length
        }
        guard self.offset > start else { throw self.unexpected(what) }
        return start..<self.offset
    }

    // MARK: Text

    /// Reads character data up to the next `<`, or to the end, and appends it to `text`.
    mutating func readCharacterData(into text: inout [UInt8]) throws(XMLError) {
        while let byte = self.next, byte != UInt8(ascii: "<") {
            switch byte {
            case UInt8(ascii: "&"): try self.readReference(into: &text)
            case UInt8(ascii: "]") where self.isAt("]]>"): throw self.error(.malformed, "\"]]>\" ends no CDATA section")
            default: self.readLiteral(byte, into: &text)
            }
        }
    }

    /// Reads a CDATA section behind its `<![CDATA[` and appends what it holds to `text`.
    mutating func readCharacterDataSection(into text: inout [UInt8]) throws(XMLError) {
        while !self.skip("]]>") {
            guard let byte = self.next else { throw self.unexpected("\"]]>\"") }
            self.readLiteral(byte, into: &text)
        }
    }

    /// Reads `=` and a quoted attribute value.
    mutating func readAssignedValue() throws(XMLError) -> String {
        self.skipWhitespace()
        try self.expect("=")
        self.skipWhitespace()
        guard let quote = self.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw self.unexpected("a quoted value")
        }
        self.offset += 1
        var value: [UInt8] = []
        while let byte = self.next, byte != quote {
            switch byte {
            case UInt8(ascii: "&"): try self.readReference(into: &value)
            case UInt8(ascii: "<"): throw self.error(.malformed, "\"<\" in an attribute value must be written as a reference")
            case 0x9, 0xA, 0xD:
                self.readLiteral(byte, into: &value)
                value[value.count - 1] = UInt8(ascii: " ")
            default: self.readLiteral(byte, into: &value)
            }
        }
        guard !self.isAtEnd else { throw self.unexpected("the closing quote") }
        self.offset += 1
        return String(decoding: value, as: UTF8.self)
    }

    /// Appends one byte; a carriage return, with the line feed behind it or without, is one line feed (XML 1.0, section 2.11).
    private mutating func readLiteral(_ byte: UInt8, into text: inout [UInt8]) {
        self.offset += 1
        if byte == 0xD {
            if self.next == 0xA { self.offset += 1 }
            text.append(0xA)
        } else {
            text.append(byte)
        }
    }

    // MARK: References

    /// Reads a reference at its `&` and appends the character it stands for.
    private mutating func readReference(into text: inout [UInt8]) throws(XMLError) {
        let start = self.offset
        self.offset += 1
        if self.skip("#") {
            let value = try self.readCharacterNumber()
            try self.expect(";")
            guard XMLCharacter.isAllowed(value), let scalar = Unicode.Scalar(value) else {
                throw XMLError(.invalidCharacter, at: start, message: "the reference stands for a character that is not allowed")
            }
            text.append(contentsOf: scalar.utf8)
        } else {
            let name = try self.readName("the name of an entity")
            try self.expect(";")
            switch self.text(name.qualified) {
            case "lt": text.append(UInt8(ascii: "<"))
            case "gt": text.append(UInt8(ascii: ">"))
            case "amp": text.append(UInt8(ascii: "&"))
            case "quot": text.append(UInt8(ascii: "\""))
            case "apos": text.append(UInt8(ascii: "'"))
            default:
                throw XMLError(
                    .unknownEntity, at: start, message: "the entity \(self.quoted(name)) is not one of the five that XML defines")
            }
        }
    }

    private mutating func readCharacterNumber() throws(XMLError) -> UInt32 {
        let radix: UInt32 = self.skip("x") ? 16 : 10
        var value: UInt32?
        while let byte = self.next, let digit = Self.digit(byte), digit < radix {
            value = min((value ?? 0) * radix + digit, 0x11_0000)  // saturates beyond the last character, so it cannot overflow
            self.offset += 1
        }
        guard let value else { throw self.unexpected("a digit") }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}
