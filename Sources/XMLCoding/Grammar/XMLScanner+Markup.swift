// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The markup that carries no content: comments, processing instructions and the XML declaration.
extension XMLScanner {
    /// Steps over the white space, comments and processing instructions outside the root element (`Misc`, section 2.8).
    mutating func skipMiscellaneous() throws(XMLError) {
        while true {
            self.skipWhitespace()
            if self.isAt("<!-") {
                try self.readComment()
            } else if self.isAt("<?") {
                try self.readProcessingInstruction()
            } else {
                return
            }
        }
    }

    /// Reads a comment at its `<!`, behind which nothing else may stand (section 2.5).
    mutating func readComment() throws(XMLError) {
        try self.expect("<!--")
        try self.skip(past: "--")
        try self.expect(">")
    }

    /// Reads a processing instruction at its `<?` (section 2.6).
    ///
    /// - Parameter allowingDeclaration: whether this is the start of the document, the one place for an XML declaration.
    mutating func readProcessingInstruction(allowingDeclaration: Bool = false) throws(XMLError) {
        let start = self.offset
        try self.expect("<?")
        let target = self.text(try self.readName("the target of a processing instruction").qualified)
        let isSeparated = self.skipWhitespace()
        if target == "xml", allowingDeclaration {
            guard isSeparated else { throw self.unexpected("white space") }
            return try self.readDeclaration()
        }
        guard target.lowercased() != "xml" || self.isAtEnd else {
            throw XMLError(.malformed, at: start, message: "an XML declaration must be the first thing in the document")
        }
        guard isSeparated || self.isAt("?") || self.isAtEnd else { throw self.unexpected("white space or \"?>\"") }
        try self.skip(past: "?>")
    }

    /// Reads the rest of an XML declaration; of its encodings only UTF-8 is known (sections 2.8 and 4.3.3).
    private mutating func readDeclaration() throws(XMLError) {
        try self.expect("version")
        let version = try self.readAssignedValue()
        guard version.hasPrefix("1."), version.utf8.count == 3 else {
            throw self.error(.malformed, "the version of XML must be 1.0")
        }
        var isSeparated = self.skipWhitespace()
        if isSeparated, self.isAt("e") {
            try self.expect("encoding")
            guard try self.readAssignedValue().lowercased() == "utf-8" else {
                throw self.error(.unsupportedEncoding, "the document says it is not in UTF-8")
            }
            isSeparated = self.skipWhitespace()
        }
        if isSeparated, self.isAt("s") {
            try self.expect("standalone")
            guard ["yes", "no"].contains(try self.readAssignedValue()) else {
                throw self.error(.malformed, "standalone must be \"yes\" or \"no\"")
            }
            self.skipWhitespace()
        }
        try self.expect("?>")
    }
}
