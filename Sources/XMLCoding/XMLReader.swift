// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reads one XML document from a buffer, step by step, as answers of AWS's query and REST-XML protocols need it.
///
/// ```swift
/// var reader = try XMLReader(body)
/// while try reader.nextElement() != nil {  // the root, and nothing after it
///     while let name = try reader.nextElement() {  // its children
///         if name == "Message" { message = try reader.readText() } else { try reader.skip() }
///     }
/// }
/// ```
///
/// The reader follows XML 1.0 without document types: comments and processing instructions are skipped, a `<!DOCTYPE` and every
/// entity but the five predefined ones are refused, so a small document cannot grow. Namespaces are not resolved; a prefix is
/// dropped from an element's name and kept on an attribute's. Whatever the bytes are, reading ends with an event or an error; after an
/// error the reader gives that error again.
public struct XMLReader: Sendable {
    private enum Phase { case prolog, content, epilog }

    private let limits: Limits
    private var scanner: XMLScanner
    private var phase = Phase.prolog
    /// The open elements, outermost first.
    private var open: [XMLScanner.Name] = []
    /// The element that was read last is `<like this/>`: its end comes next.
    private var isEmptyElement = false
    private var failure: XMLError?

    /// The attributes of the element that began last, in document order; a declaration of a namespace is one too.
    public private(set) var attributes: [XMLAttribute] = []

    /// The number of bytes read so far.
    public var offset: Int { self.scanner.offset }

    /// The number of open elements.
    var depth: Int { self.open.count }

    /// Makes a reader at the start of a document, once it has checked size, encoding and characters.
    ///
    /// - Parameters:
    ///   - bytes: the document in UTF-8; a byte order mark may come first.
    ///   - limits: what the document may cost.
    /// - Throws: ``XMLError`` with `limitExceeded`, `invalidUTF8` or `invalidCharacter`.
    public init(_ bytes: [UInt8], limits: Limits = Limits()) throws(XMLError) {
        guard bytes.count <= limits.maximumSize else {
            throw XMLError(.limitExceeded, at: 0, message: "the document is longer than \(limits.maximumSize) bytes")
        }
        try XMLCharacter.validate(bytes.span)
        self.limits = limits
        self.scanner = XMLScanner(bytes)
    }

    /// Reads the next start tag, text or end tag.
    ///
    /// - Returns: the event, or `nil` when the document is complete.
    /// - Throws: ``XMLError`` when what comes next is not well formed, is refused, or exceeds a limit.
    public mutating func nextEvent() throws(XMLError) -> XMLEvent? {
        if let failure = self.failure { throw failure }
        do throws(XMLError) {
            switch self.phase {
            case .prolog: return try self.readProlog()
            case .content: return try self.readContent()
            case .epilog: return try self.readEpilog()
            }
        } catch {
            throw self.fail(error)
        }
    }

    /// Remembers an error, so that every later call gives it again.
    mutating func fail(_ error: XMLError) -> XMLError {
        self.failure = error
        return error
    }

    // MARK: The parts of a document (XML 1.0, section 2.1)

    private mutating func readProlog() throws(XMLError) -> XMLEvent {
        _ = self.scanner.skip("\u{FEFF}")
        if self.scanner.isAt("<?") { try self.scanner.readProcessingInstruction(allowingDeclaration: true) }
        try self.scanner.skipMiscellaneous()
        if self.scanner.skip("<!") {
            try self.scanner.expect("DOCTYPE")
            throw self.scanner.error(.documentTypeRefused, "a document type declaration is refused")
        }
        try self.scanner.expect("<")
        self.phase = .content
        return try self.readStartTag()
    }

    private mutating func readContent() throws(XMLError) -> XMLEvent {
        if self.isEmptyElement { return self.closeElement() }
        var text: [UInt8] = []
        while true {
            try self.scanner.readCharacterData(into: &text)
            if self.scanner.skip("<![") {
                try self.scanner.expect("CDATA[")
                try self.scanner.readCharacterDataSection(into: &text)
            } else if self.scanner.isAt("<!") {
                try self.scanner.readComment()
            } else if self.scanner.isAt("<?") {
                try self.scanner.readProcessingInstruction()
            } else {
                break
            }
        }
        guard text.isEmpty else { return .text(String(decoding: text, as: UTF8.self)) }
        if self.scanner.skip("</") { return try self.readEndTag() }
        try self.scanner.expect("<")
        return try self.readStartTag()
    }

    private mutating func readEpilog() throws(XMLError) -> XMLEvent? {
        try self.scanner.skipMiscellaneous()
        guard self.scanner.isAtEnd else { throw self.scanner.error(.malformed, "something follows the root element") }
        return nil
    }

    // MARK: Tags

    /// Reads a start tag behind its `<`.
    private mutating func readStartTag() throws(XMLError) -> XMLEvent {
        let name = try self.scanner.readName("the name of an element")
        self.attributes.removeAll(keepingCapacity: true)
        while true {
            let isSeparated = self.scanner.skipWhitespace()
            if self.scanner.skip(">") { break }
            if self.scanner.isAt("/") {
                try self.scanner.expect("/>")
                self.isEmptyElement = true
                break
            }
            guard isSeparated, !self.scanner.isAtEnd else { throw self.scanner.unexpected("\">\" or white space") }
            try self.readAttribute()
        }
        guard self.open.count < self.limits.maximumDepth else {
            throw self.scanner.error(.limitExceeded, "elements are nested more than \(self.limits.maximumDepth) deep")
        }
        self.open.append(name)
        return .start(self.scanner.text(name.local))
    }

    private mutating func readAttribute() throws(XMLError) {
        let start = self.scanner.offset
        let name = try self.scanner.readName("an attribute, \">\" or \"/>\"")
        let text = self.scanner.text(name.qualified)
        guard !self.attributes.contains(where: { $0.name.utf8.elementsEqual(text.utf8) }) else {
            throw XMLError(.duplicateAttribute, at: start, message: "the attribute \(self.scanner.quoted(name)) is there twice")
        }
        guard self.attributes.count < self.limits.maximumAttributeCount else {
            throw XMLError(.limitExceeded, at: start, message: "more than \(self.limits.maximumAttributeCount) attributes")
        }
        self.attributes.append(XMLAttribute(name: text, value: try self.scanner.readAssignedValue()))
    }

    /// Reads an end tag behind its `</`.
    private mutating func readEndTag() throws(XMLError) -> XMLEvent {
        let start = self.scanner.offset
        let name = try self.scanner.readName("the name of an element")
        self.scanner.skipWhitespace()
        try self.scanner.expect(">")
        guard let open = self.open.last, self.scanner.bytes[open.qualified] == self.scanner.bytes[name.qualified] else {
            throw XMLError(.mismatchedTag, at: start, message: "\(self.scanner.quoted(name)) is not the element that is open")
        }
        return self.closeElement()
    }

    private mutating func closeElement() -> XMLEvent {
        self.isEmptyElement = false
        let name = self.open.popLast().map { self.scanner.text($0.local) } ?? ""
        if self.open.isEmpty { self.phase = .epilog }
        return .end(name)
    }
}
