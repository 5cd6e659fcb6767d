// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reads one JSON text (RFC 8259, UTF-8) from front to back, value by value, without building a tree.
///
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     switch key {
///     case "id": id = try reader.readString()
///     case "tags": tags = try [String](from: &reader)
///     default: try reader.skip()
///     }
/// }
/// try reader.finish()
/// ```
///
/// The reader refuses what RFC 8259 does not allow, text that is not strictly UTF-8, and a byte order mark. It does not recurse, whatever
/// the text. Members with the same name are all reported: what a repeated name means is for the caller to say. Every call either
/// succeeds, or throws and leaves the reader where it was; so a caller that was told ``JSONError/Code/typeMismatch`` may ask for another
/// type, and a text that is not JSON never gets as far as ``finish()``.
public struct JSONReader: Sendable {
    /// What may come next.
    private enum Expectation: Sendable {
        /// A value: at the start, after a key, after `nextElement() == true`.
        case value
        /// The first key or element, or the end of the container: after its opening bracket.
        case first
        /// A comma, the end of the container, or the end of the text: after a value.
        case next
    }

    /// Whether arrays and dictionaries leave out elements and values that are `null`; false by default.
    public var leavesOutNulls = false

    let bytes: ArraySlice<UInt8>
    private let maximumDepth: Int
    private var position = 0
    private var open = JSONContainerStack()
    private var expectation = Expectation.value

    /// Makes a reader at the start of `bytes`; the bytes are shared, not copied.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - maximumDepth: how many arrays and objects may be open at once; by default 1000.
    public init(_ bytes: [UInt8], maximumDepth: Int = 1_000) {
        self.init(bytes[...], maximumDepth: maximumDepth)
    }

    /// Makes a reader at the start of a part of a buffer; the bytes are shared, not copied.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text. Offsets in errors count from its start; ``readRaw()`` returns indices of the slice itself.
    ///   - maximumDepth: how many arrays and objects may be open at once; by default 1000.
    public init(_ bytes: ArraySlice<UInt8>, maximumDepth: Int = 1_000) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Reads one value that fills `bytes`.
    ///
    /// - Parameters:
    ///   - type: what to read.
    ///   - bytes: the JSON text, with nothing but whitespace around the value.
    /// - Returns: the value.
    /// - Throws: ``JSONError``, as the type's initialiser and ``finish()`` do.
    public static func decode<Value: JSONDecodable>(_ type: Value.Type, from bytes: [UInt8]) throws(JSONError) -> Value {
        try self.decode(type, from: bytes[...])
    }

    /// Reads one value that fills `bytes`.
    ///
    /// - Parameters:
    ///   - type: what to read.
    ///   - bytes: the JSON text, with nothing but whitespace around the value.
    /// - Returns: the value.
    /// - Throws: ``JSONError``, as the type's initialiser and ``finish()`` do.
    public static func decode<Value: JSONDecodable>(_ type: Value.Type, from bytes: ArraySlice<UInt8>) throws(JSONError) -> Value {
        var reader = JSONReader(bytes)
        let value = try Value(from: &reader)
        try reader.finish()
        return value
    }

    /// How far the reader has come, in bytes from the start of the text.
    public var offset: Int { self.position }

    /// The kind of the next value, judged by its first byte; the reader stays where it is.
    ///
    /// - Returns: the kind.
    /// - Throws: ``JSONError`` where no value begins.
    public func peek() throws(JSONError) -> JSONKind { try self.nextValue().kind }

    /// Opens an object; ``nextKey()`` follows.
    ///
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes, ``JSONError/Code/tooDeep``.
    public mutating func beginObject() throws(JSONError) { try self.begin(.object) }

    /// Reads the next member's name, or the end of the object.
    ///
    /// - Returns: the name, whose value must be read or skipped next; nil when the object has ended.
    /// - Throws: ``JSONError`` where the text is malformed.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard self.open.isInObject else { throw self.misuse("nextKey() was called outside an object") }
        guard let start = try self.nextItem(closing: UInt8(ascii: "}"), name: "'}'") else { return nil }
        let token = try JSONScanner.string(self.bytes.span, from: start)
        let key = try self.text(of: token, from: start)
        let colon = JSONScanner.skipWhitespace(self.bytes.span, from: token.end)
        self.position = try JSONScanner.expect(UInt8(ascii: ":"), "':'", self.bytes.span, at: colon)
        self.expectation = .value
        return key
    }

    /// Opens an array; ``nextElement()`` follows.
    ///
    /// - Throws: ``JSONError/Code/typeMismatch`` where another kind of value comes, ``JSONError/Code/tooDeep``.
    public mutating func beginArray() throws(JSONError) { try self.begin(.array) }

    /// Moves to the array's next element, or past its end.
    ///
    /// - Returns: true when an element follows, which must be read or skipped next; false when the array has ended.
    /// - Throws: ``JSONError`` where the text is malformed.
    public mutating func nextElement() throws(JSONError) -> Bool {
        guard !self.open.isInObject, !self.open.isEmpty else { throw self.misuse("nextElement() was called outside an array") }
        guard let start = try self.nextItem(closing: UInt8(ascii: "]"), name: "']'") else { return false }
        _ = try JSONScanner.kind(self.bytes.span, at: start)
        self.position = start
        self.expectation = .value
        return true
    }

    /// Moves past the next value, whatever it is; what is skipped is checked as strictly as what is read.
    ///
    /// Only an escaped half of a surrogate pair passes: the text is JSON (RFC 8259 §8.2), though no `String` can hold it.
    ///
    /// - Throws: ``JSONError`` where the value is malformed or nested too deep.
    public mutating func skip() throws(JSONError) { _ = try self.readRaw() }

    /// Moves past the next value, and tells where it stands.
    ///
    /// - Returns: the value's bytes, from its first to its last, as indices of the buffer that the reader was made with.
    /// - Throws: ``JSONError`` where the value is malformed or nested too deep.
    public mutating func readRaw() throws(JSONError) -> Range<Int> {
        let start = try self.nextValue().start
        let end = try JSONScanner.value(self.bytes.span, from: start, depth: self.maximumDepth - self.open.count)
        self.endedValue(at: end)
        return self.bytes.startIndex + start..<self.bytes.startIndex + end
    }

    /// Checks that the text held one value, that it has been read to its end, and that nothing but whitespace follows.
    ///
    /// - Throws: ``JSONError/Code/unexpectedByte`` where something follows, ``JSONError/Code/misuse`` where a value is still to be read.
    public mutating func finish() throws(JSONError) {
        guard self.open.isEmpty, case .next = self.expectation else {
            throw self.misuse("finish() was called before the value was read to its end")
        }
        let end = JSONScanner.skipWhitespace(self.bytes.span, from: self.position)
        guard end == self.bytes.count else { throw .unexpected(self.bytes.span, at: end, expected: "the end of the text") }
        self.position = end
    }

    // MARK: - What the reading of scalars needs

    /// Where the next value begins, if it is of the kind that is wanted.
    func start(of wanted: JSONKind) throws(JSONError) -> Int {
        let (start, kind) = try self.nextValue()
        guard kind == wanted else {
            throw JSONError(.typeMismatch, at: start, message: "the value is of kind \(kind), not \(wanted)")
        }
        return start
    }

    /// Records that a value has been read up to `end`.
    mutating func endedValue(at end: Int) {
        self.position = end
        self.expectation = .next
    }

    /// The text of a string token that begins at `start`.
    func text(of token: JSONScanner.StringToken, from start: Int) throws(JSONError) -> String {
        let range = start + 1..<token.end - 1
        guard token.hasEscapes else { return self.text(range) }
        return String(decoding: try JSONScanner.unescaped(range, in: self.bytes.span), as: UTF8.self)
    }

    /// The text at a range of offsets that has been checked to be UTF-8.
    func text(_ range: Range<Int>) -> String {
        let first = self.bytes.startIndex
        return String(decoding: self.bytes[first + range.lowerBound..<first + range.upperBound], as: UTF8.self)
    }

    // MARK: - Steps

    private func nextValue() throws(JSONError) -> (start: Int, kind: JSONKind) {
        guard case .value = self.expectation else {
            throw self.misuse("a value was asked for where nextKey(), nextElement() or finish() must come first")
        }
        let start = JSONScanner.skipWhitespace(self.bytes.span, from: self.position)
        return (start, try JSONScanner.kind(self.bytes.span, at: start))
    }

    private mutating func begin(_ kind: JSONKind) throws(JSONError) {
        let start = try self.start(of: kind)
        guard self.open.count < self.maximumDepth else { throw .nestedTooDeep(at: start) }
        self.open.push(isObject: kind == .object)
        self.position = start + 1
        self.expectation = .first
    }

    /// Where the next key or element begins; nil after the container's end, which is then behind the reader.
    private mutating func nextItem(closing: UInt8, name: String) throws(JSONError) -> Int? {
        let start = JSONScanner.skipWhitespace(self.bytes.span, from: self.position)
        switch self.expectation {
        case .value: throw self.misuse("the value before was neither read nor skipped")
        case .first, .next:
            guard start < self.bytes.count, self.bytes.span[start] == closing else { break }
            self.open.pop()
            self.endedValue(at: start + 1)
            return nil
        }
        guard case .next = self.expectation else { return start }
        let end = try JSONScanner.expect(UInt8(ascii: ","), "',' or \(name)", self.bytes.span, at: start)
        return JSONScanner.skipWhitespace(self.bytes.span, from: end)
    }

    private func misuse(_ message: String) -> JSONError { JSONError(.misuse, at: self.position, message: message) }
}
