// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Transport

/// Puts a response together from the lines and bytes that libcurl gives out, within its bounds.
///
/// Interim responses are dropped when the next head begins, trailer fields always.
package struct HTTPResponseAssembler: Sendable {
    private enum Phase {
        case waiting  // for a status line → inHead
        case inHead  // → waiting after an interim head, afterHead
        case afterHead
    }

    private let maximumHeadBytes: Int
    private let maximumBodyBytes: Int
    private let expectsBody: Bool
    private var phase = Phase.waiting
    private var headBytes = 0
    /// The head; complete once its last line was received.
    package private(set) var head = HTTPResponse(status: .ok)
    /// How long the body is that the head announces; `nil` where its end will tell.
    package private(set) var bodyLength: Int?
    private var body: [UInt8] = []

    /// Begins.
    ///
    /// - Parameters:
    ///   - maximumHeadBytes: how long all heads and trailers may be together.
    ///   - maximumBodyBytes: how long the body may be.
    ///   - expectsBody: whether the length in the head is that of a body to come, which it is not in the answer to `HEAD`.
    package init(maximumHeadBytes: Int, maximumBodyBytes: Int, expectsBody: Bool) {
        self.maximumHeadBytes = maximumHeadBytes
        self.maximumBodyBytes = maximumBodyBytes
        self.expectsBody = expectsBody
    }

    /// A status line, a field line, or the empty line after them, with or without its line break.
    ///
    /// - Returns: whether the head is complete with it.
    @discardableResult
    package mutating func receivedHeadLine(_ bytes: Span<UInt8>) throws(TransportError) -> Bool {
        self.headBytes += bytes.count
        guard self.headBytes <= self.maximumHeadBytes else {
            throw TransportError(.responseTooLarge, message: "the response's head is longer than \(self.maximumHeadBytes) bytes")
        }
        var line = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }[...]
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        switch self.phase {
        case .waiting:
            self.head = HTTPResponse(status: try Self.status(of: line))
            self.phase = .inHead
        case .inHead where line.isEmpty:
            self.phase = self.head.status.kind == .informational ? .waiting : .afterHead
            try self.checkLength()
            if case .afterHead = self.phase { return true }
        case .inHead: try self.receivedField(line)
        case .afterHead: break
        }
        return false
    }

    /// Bytes of the body.
    package mutating func receivedBody(_ bytes: Span<UInt8>) throws(TransportError) {
        guard bytes.count <= self.maximumBodyBytes - self.body.count else { throw self.bodyTooLarge }
        unsafe bytes.withUnsafeBufferPointer { unsafe self.body.append(contentsOf: $0) }
    }

    /// The exchange is complete.
    ///
    /// - Returns: the response.
    package func finish() throws(TransportError) -> HTTPTransportResponse {
        guard case .afterHead = self.phase else { throw Self.malformed("the response has no complete head") }
        return HTTPTransportResponse(head: self.head, body: self.body)
    }

    /// Refuses a length that is none, and at once one that is beyond the bound (RFC 9112, section 6.3).
    private mutating func checkLength() throws(TransportError) {
        let hasBody = self.expectsBody && self.head.status != .noContent && self.head.status != .notModified
        self.bodyLength = hasBody ? nil : 0
        let texts = self.head.headerFields[values: .contentLength]
        guard let text = texts.first else { return }
        guard texts.allSatisfy({ $0 == text }), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
            throw Self.malformed("the response has no clear Content-Length")
        }
        guard hasBody, self.head.headerFields[.transferEncoding] == nil else { return }
        guard length <= self.maximumBodyBytes else { throw self.bodyTooLarge }
        self.bodyLength = length
    }

    private var bodyTooLarge: TransportError {
        TransportError(.responseTooLarge, message: "the response's body is longer than \(self.maximumBodyBytes) bytes")
    }

    private static func status(of line: ArraySlice<UInt8>) throws(TransportError) -> HTTPResponse.Status {
        // "HTTP/1.1 200 OK" (RFC 9112, section 4); a later version may have no minor number.
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0].starts(with: "HTTP/".utf8), words[1].count == 3,
            let code = Int(String(decoding: words[1], as: UTF8.self)), (100...999).contains(code)
        else { throw Self.malformed("the answer does not begin with a status line of HTTP") }
        let reason = words.count == 3 ? String(decoding: words[2], as: UTF8.self) : ""
        return HTTPResponse.Status(code: code, reasonPhrase: reason)
    }

    private mutating func receivedField(_ line: ArraySlice<UInt8>) throws(TransportError) {
        if let first = line.first, Self.isSpace(first), let last = self.head.headerFields.last {
            // A folded line continues the one before (RFC 9112, section 5.2).
            let start = unsafe last.withUnsafeBytesOfValue { unsafe [UInt8]($0) }
            let whole = start + [UInt8(ascii: " ")] + Self.trimmed(line)
            self.head.headerFields[self.head.headerFields.endIndex - 1] = HTTPField(name: last.name, lenientValue: whole)
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { throw Self.malformed("the response has a header line that is no field") }
        self.head.headerFields.append(HTTPField(name: name, lenientValue: Self.trimmed(line[(colon + 1)...])))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = bytes.drop(while: Self.isSpace)
        guard let end = start.lastIndex(where: { !Self.isSpace($0) }) else { return [] }
        return start[...end]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func malformed(_ message: String) -> TransportError { TransportError(.malformedResponse, message: message) }
}
