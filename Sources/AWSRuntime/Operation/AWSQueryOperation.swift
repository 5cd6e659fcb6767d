// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import XMLCoding

/// An operation of the query protocol: its answer is an XML document `<NameResponse><NameResult>…`.
public protocol AWSQueryOperation: AWSOperation {
    /// Reads the result element; unknown elements are to be skipped.
    ///
    /// - Parameter result: stands within the result element: read its children with `nextElement()` until `nil`.
    /// - Returns: the output.
    /// - Throws: what is wrong with the document.
    static func decode(_ result: inout XMLReader) throws(XMLError) -> Output
}

extension AWSQueryOperation {
    /// Reads the answer's body down to the result element.
    public static func decode(_ response: AWSResponse) throws(AWSError) -> Output {
        do {
            return try self.decodeEnvelope(of: response)
        } catch {
            throw AWSError(malformed: response, of: Self.self, because: error)
        }
    }

    private static func decodeEnvelope(of response: AWSResponse) throws(XMLError) -> Output {
        var output: Output?
        try self.readEnvelope(of: response) { xml throws(XMLError) in
            if output == nil { output = try Self.decode(&xml) } else { try xml.skip() }
        }
        guard let output else {
            throw XMLError(.unexpectedElement, at: response.body.count, message: "there is no <\(Self.name)Result>")
        }
        return output
    }

    /// Reads the whole document, and its result elements by `readResult`.
    private static func readEnvelope(
        of response: AWSResponse, _ readResult: (inout XMLReader) throws(XMLError) -> Void
    ) throws(XMLError) {
        var xml = try XMLReader(response.body)
        guard try xml.nextElement() == "\(Self.name)Response" else {
            throw XMLError(.unexpectedElement, at: xml.offset, message: "the root is not <\(Self.name)Response>")
        }
        while let element = try xml.nextElement() {
            if element == "\(Self.name)Result" { try readResult(&xml) } else { try xml.skip() }
        }
        _ = try xml.nextElement()
    }
}

extension AWSQueryOperation where Output == Void {
    /// Checks that the document is the operation's: it has no output, and its answer may have no result element.
    public static func decode(_ response: AWSResponse) throws(AWSError) {
        do {
            try self.readEnvelope(of: response) { xml throws(XMLError) in try xml.skip() }
        } catch {
            throw AWSError(malformed: response, of: Self.self, because: error)
        }
    }

    /// Reads nothing.
    public static func decode(_ result: inout XMLReader) throws(XMLError) { try result.skip() }
}
