// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One block of PEM text (RFC 7468): a label and the bytes under it.
///
/// The reader is strict: canonical base64, and white space between the blocks and nothing else.
struct PEMDocument {
    let label: String
    /// The header lines that OpenSSL's own encryption writes above the base64 (RFC 1421 section 4.4), such as `DEK-Info`.
    let headers: [String]
    let bytes: [UInt8]

    init(label: String, headers: [String] = [], bytes: [UInt8]) {
        self.label = label
        self.headers = headers
        self.bytes = bytes
    }

    /// Reads the text of one block without headers.
    ///
    /// - Parameters:
    ///   - text: the PEM text.
    ///   - label: the label the block must have.
    /// - Throws: ``CryptoError/Code/malformedPEM``, or ``CryptoError/Code/inputTooLarge``.
    init(parsing text: [UInt8], label: String) throws(CryptoError) {
        let blocks = try Self.blocks(of: text, what: label)
        guard blocks.count == 1, blocks[0].headers.isEmpty else {
            throw CryptoError(.malformedPEM, message: "the text is not one block \(label) without headers")
        }
        guard blocks[0].label == label else {
            throw CryptoError(.malformedPEM, message: "the block holds \(blocks[0].shortLabel) where \"\(label)\" is expected")
        }
        self = blocks[0]
    }

    /// Reads the text of one block or of several.
    ///
    /// - Parameters:
    ///   - text: the PEM text.
    ///   - what: the label that is expected, for the message.
    ///   - limit: the most bytes of text that are read.
    ///   - skipsText: whether lines outside of the blocks are passed over, as bundles of certificates have them.
    /// - Returns: the blocks, at least one.
    /// - Throws: ``CryptoError/Code/malformedPEM``, or ``CryptoError/Code/inputTooLarge``.
    static func blocks(
        of text: [UInt8], what: String, limit: Int = DER.maximumBytes, skipsText: Bool = false
    ) throws(CryptoError) -> [PEMDocument] {
        guard text.count <= limit else {
            throw CryptoError(.inputTooLarge, message: "the PEM text has \(text.count) bytes; at most \(limit) are read")
        }
        var blocks: [PEMDocument] = []
        var lines = text.split { $0 == 0x0a || $0 == 0x0d }.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }[...]
        while let first = lines.popFirst() {
            guard let label = Self.label(in: first, after: "-----BEGIN ") else {
                if skipsText { continue }
                throw CryptoError(.malformedPEM, message: "a line that is not -----BEGIN \(what)----- stands where a block begins")
            }
            var body: [UInt8] = []
            var headers: [String] = []
            var isClosed = false
            while !isClosed, let line = lines.popFirst() {
                if let end = Self.label(in: line, after: "-----END ") {
                    guard end.elementsEqual(label) else { break }
                    isClosed = true
                } else if body.isEmpty, line.contains(UInt8(ascii: ":")) {
                    headers.append(String(decoding: line, as: UTF8.self))
                } else {
                    body += line
                }
            }
            guard isClosed else { throw CryptoError(.malformedPEM, message: "a block \(what) does not end with its -----END line") }
            guard let bytes = Base64.decode(body), !bytes.isEmpty else {
                throw CryptoError(.malformedPEM, message: "what stands between the BEGIN and END lines of \(what) is not base64")
            }
            blocks.append(PEMDocument(label: String(decoding: label, as: UTF8.self), headers: headers, bytes: bytes))
        }
        guard !blocks.isEmpty else { throw CryptoError(.malformedPEM, message: "the text has no block -----BEGIN \(what)-----") }
        return blocks
    }

    /// The text, in lines of 64 characters, each ended by a line feed.
    var text: String {
        var text = Array("-----BEGIN \(self.label)-----\n".utf8)
        let characters = Base64.encode(self.bytes)
        for start in stride(from: 0, to: characters.count, by: 64) {
            text += characters[start..<min(start + 64, characters.count)]
            text.append(0x0a)
        }
        text += Array("-----END \(self.label)-----\n".utf8)
        return String(decoding: text, as: UTF8.self)
    }

    /// The start of the label, quoted, for a message.
    var shortLabel: String { String(self.label.prefix(64)).debugDescription }

    private static func label(in line: ArraySlice<UInt8>, after prefix: String) -> ArraySlice<UInt8>? {
        let suffix = "-----".utf8
        guard line.count >= prefix.utf8.count + suffix.count, line.starts(with: prefix.utf8), line.suffix(5).elementsEqual(suffix) else {
            return nil
        }
        return line.dropFirst(prefix.utf8.count).dropLast(suffix.count)
    }
}

extension ArraySlice<UInt8> {
    /// The slice without blanks and tabs at its ends.
    fileprivate func trimmingBlanks() -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let last = self.lastIndex(where: { !isBlank($0) }) else { return [] }
        return self[...last].drop(while: isBlank)
    }
}
