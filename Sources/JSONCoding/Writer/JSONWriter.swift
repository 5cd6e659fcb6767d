// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Writes one JSON text (RFC 8259), in the order of the calls and with no whitespace, so that equal calls give equal bytes.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.member("id", id)
/// writer.member("alias", ifPresent: alias)
/// writer.member("tags", tags)
/// writer.endObject()
/// let written = try writer.finish()
/// ```
///
/// No call throws. A call that would make the text malformed (a value without a key in an object, a bracket that does not match, a number
/// that JSON has no form for) is remembered, nothing further is written, and ``finish()`` throws it: malformed JSON never comes out.
public struct JSONWriter: Sendable {
    /// What may come next.
    private enum Expectation: Sendable {
        /// The value of the whole text, or of the key just written.
        case value
        /// A first key or element, or the end of the container.
        case first
        /// Another key or element, or the end of the container; nothing, where no container is open.
        case next
    }

    private var bytes: [UInt8] = []
    private var open = JSONContainerStack()
    private var expectation = Expectation.value
    private var failure: JSONError?

    /// Makes a writer of an empty text.
    public init() {}

    /// Writes one value on its own.
    ///
    /// - Parameter value: the value.
    /// - Returns: its JSON text in UTF-8.
    /// - Throws: ``JSONError`` where the value has no JSON form.
    public static func encode(_ value: some JSONEncodable) throws(JSONError) -> [UInt8] {
        var writer = JSONWriter()
        value.encode(into: &writer)
        return try writer.finish()
    }

    /// Opens an object.
    public mutating func beginObject() { self.begin(UInt8(ascii: "{"), isObject: true) }

    /// Closes the innermost container, which must be an object whose last key has its value.
    public mutating func endObject() { self.end(UInt8(ascii: "}"), isObject: true) }

    /// Opens an array.
    public mutating func beginArray() { self.begin(UInt8(ascii: "["), isObject: false) }

    /// Closes the innermost container, which must be an array.
    public mutating func endArray() { self.end(UInt8(ascii: "]"), isObject: false) }

    /// Writes a member's name; its value comes next.
    ///
    /// - Parameter name: the name. That it is not yet in the object is for the caller to see to.
    public mutating func key(_ name: String) {
        guard self.failure == nil else { return }
        guard self.open.isInObject else { return self.fail("a key was written outside an object") }
        switch self.expectation {
        case .value: return self.fail("a key was written where the value of the key before is missing")
        case .first: break
        case .next: self.bytes.append(UInt8(ascii: ","))
        }
        self.append(quoting: name)
        self.bytes.append(UInt8(ascii: ":"))
        self.expectation = .value
    }

    /// Writes a string; only `"`, `\` and U+0000 to U+001F are escaped, since nothing else has to be (RFC 8259 §7).
    ///
    /// - Parameter value: the string.
    public mutating func string(_ value: String) {
        guard self.beginValue() else { return }
        self.append(quoting: value)
    }

    /// Writes an integer.
    ///
    /// - Parameter value: the integer.
    public mutating func integer(_ value: some BinaryInteger) { self.number(JSONNumber(value)) }

    /// Writes a `Double` with as many digits as bring the same value back; infinity and not-a-number make ``finish()`` throw.
    ///
    /// - Parameter value: a finite value.
    public mutating func double(_ value: Double) {
        guard let number = JSONNumber(value) else {
            return self.fail(.numberNotRepresentable, "infinity and not-a-number have no JSON form")
        }
        self.number(number)
    }

    /// Writes a number as it stands.
    ///
    /// - Parameter value: the number.
    public mutating func number(_ value: JSONNumber) {
        guard self.beginValue() else { return }
        self.bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes `true` or `false`.
    ///
    /// - Parameter value: the value.
    public mutating func bool(_ value: Bool) {
        guard self.beginValue() else { return }
        self.bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        guard self.beginValue() else { return }
        self.bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value that is JSON text already, as it stands but for whitespace around it.
    ///
    /// The text is checked to be exactly one value, so that it cannot add members or close a container.
    ///
    /// - Parameters:
    ///   - json: the JSON text of one value.
    ///   - maximumDepth: how deep arrays and objects may be nested in it; by default 1000.
    public mutating func raw(_ json: ArraySlice<UInt8>, maximumDepth: Int = 1_000) {
        guard self.failure == nil else { return }
        do throws(JSONError) {
            var reader = JSONReader(json, maximumDepth: maximumDepth)
            let range = try reader.readRaw()
            try reader.finish()
            guard self.beginValue() else { return }
            self.bytes.append(contentsOf: json[range])
        } catch {
            self.fail(error.code, "the raw text is not one JSON value: \(error.message) (its byte \(error.offset))")
        }
    }

    /// Writes a value that is JSON text already, as it stands but for whitespace around it.
    ///
    /// - Parameters:
    ///   - json: the JSON text of one value.
    ///   - maximumDepth: how deep arrays and objects may be nested in it; by default 1000.
    public mutating func raw(_ json: [UInt8], maximumDepth: Int = 1_000) { self.raw(json[...], maximumDepth: maximumDepth) }

    /// Writes a value of any type that knows its JSON form.
    ///
    /// - Parameter value: the value.
    public mutating func value(_ value: some JSONEncodable) { value.encode(into: &self) }

    /// Writes a member: its name and its value.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - value: its value.
    public mutating func member(_ name: String, _ value: some JSONEncodable) {
        self.key(name)
        value.encode(into: &self)
    }

    /// Writes a member if there is a value for it, and nothing otherwise.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - value: its value; nil leaves the member out.
    public mutating func member(_ name: String, ifPresent value: (some JSONEncodable)?) {
        guard let value else { return }
        self.member(name, value)
    }

    /// Records that a value has no JSON form, from within its `encode(into:)`; ``finish()`` will throw it.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what is wrong, for a person.
    public mutating func fail(_ code: JSONError.Code, _ message: String) {
        guard self.failure == nil else { return }
        self.failure = JSONError(code, at: self.bytes.count, message: message)
    }

    /// Ends the text.
    ///
    /// - Returns: the JSON text in UTF-8.
    /// - Throws: what went wrong first; ``JSONError/Code/misuse`` where the text has no value yet or a container is still open.
    public consuming func finish() throws(JSONError) -> [UInt8] {
        if let failure = self.failure { throw failure }
        guard self.open.isEmpty, case .next = self.expectation else {
            throw JSONError(.misuse, at: self.bytes.count, message: "the text ended before its value was complete")
        }
        return self.bytes
    }

    // MARK: - Steps

    private mutating func fail(_ message: String) { self.fail(.misuse, message) }

    /// Makes room for a value: a comma where one is due.
    ///
    /// - Returns: false when no value may come here, or when writing has failed before.
    private mutating func beginValue() -> Bool {
        guard self.failure == nil else { return false }
        switch self.expectation {
        case .value: break
        case .first, .next:
            guard !self.open.isEmpty else {
                self.fail("a second value was written after the end of the text")
                return false
            }
            guard !self.open.isInObject else {
                self.fail("a value was written in an object without its key")
                return false
            }
            if case .next = self.expectation { self.bytes.append(UInt8(ascii: ",")) }
        }
        self.expectation = .next
        return true
    }

    private mutating func begin(_ bracket: UInt8, isObject: Bool) {
        guard self.beginValue() else { return }
        self.bytes.append(bracket)
        self.open.push(isObject: isObject)
        self.expectation = .first
    }

    private mutating func end(_ bracket: UInt8, isObject: Bool) {
        guard self.failure == nil else { return }
        guard !self.open.isEmpty, self.open.isInObject == isObject else { return self.fail("a container was closed that is not open") }
        if case .value = self.expectation { return self.fail("an object was closed where the value of its last key is missing") }
        self.bytes.append(bracket)
        self.open.pop()
        self.expectation = .next
    }

    private mutating func append(quoting text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        if Self.needsEscape(text.utf8.span) {
            for byte in text.utf8 {
                if Self.needsEscape(byte) { self.append(escaping: byte) } else { self.bytes.append(byte) }
            }
        } else {
            self.bytes.append(contentsOf: text.utf8)
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where self.needsEscape(bytes[index]) { return true }
        return false
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    private mutating func append(escaping byte: UInt8) {
        self.bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: self.bytes.append(UInt8(ascii: "b"))
        case 0x09: self.bytes.append(UInt8(ascii: "t"))
        case 0x0A: self.bytes.append(UInt8(ascii: "n"))
        case 0x0C: self.bytes.append(UInt8(ascii: "f"))
        case 0x0D: self.bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            self.bytes.append(contentsOf: "u00".utf8)
            self.bytes.append(UInt8(ascii: "0") + byte >> 4)
            self.bytes.append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
        default: self.bytes.append(byte)
        }
    }
}
