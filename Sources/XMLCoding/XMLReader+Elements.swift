// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reading element by element, for documents in which an element holds either elements or text, as all answers of AWS do.
///
/// Each element that ``XMLReader/nextElement()`` enters must be left again: by reading its children until `nil`, by ``XMLReader/readText()``
/// or by ``XMLReader/skip()``.
extension XMLReader {
    /// Enters the next child of the current element; at the start of the document, the root.
    ///
    /// - Returns: the child's name without a namespace prefix, or `nil` when there is none left; the current element is then left, or
    ///   the document is complete.
    /// - Throws: ``XMLError``, with `unexpectedText` when text other than white space stands between the children.
    public mutating func nextElement() throws(XMLError) -> String? {
        while true {
            let start = self.offset
            switch try self.nextEvent() {
            case .start(let name): return name
            case .end, nil: return nil
            case .text(let text):
                guard text.utf8.allSatisfy(XMLCharacter.isWhitespace) else {
                    throw self.fail(XMLError(.unexpectedText, at: start, message: "text stands where only elements should"))
                }
            }
        }
    }

    /// Reads the text of the current element, which may be empty, and leaves the element.
    ///
    /// - Returns: the decoded text with all its white space.
    /// - Throws: ``XMLError``, with `unexpectedElement` when the element has a child, or when there is no current element.
    public mutating func readText() throws(XMLError) -> String {
        var result = ""
        while true {
            let start = self.offset
            switch try self.nextEvent() {
            case .text(let text): result = text  // the only one: an event holds all text up to the next tag
            case .end: return result
            case .start, nil:
                throw self.fail(XMLError(.unexpectedElement, at: start, message: "the element does not hold text alone"))
            }
        }
    }

    /// Leaves the current element, whatever it still holds; outside the root it reads the rest of the document.
    ///
    /// - Throws: ``XMLError`` when what is skipped is not well formed.
    public mutating func skip() throws(XMLError) {
        let depth = self.depth
        while try self.nextEvent() != nil {
            guard self.depth >= depth else { return }
        }
    }
}
