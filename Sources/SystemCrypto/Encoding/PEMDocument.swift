// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One block of PEM text (RFC 7468): a label and the bytes under it.
///
/// The reader is strict: one block, white space around it and nothing else, no headers, canonical base64.
struct PEMDocument {
    let label: String
    let bytes: [UInt8]

    init(label: String, bytes: [UInt8]) {
        self.label = label
        self.bytes = bytes
    }

    /// Reads the text of one block.
    ///
    /// - Parameters:
    ///   - text: the PEM text.
    ///   - label: the label the block must have.
    /// - Throws: ``CryptoError/Code/malformedPEM``, or ``CryptoError/Code/inputTooLarge``.
    init(parsing text: [UInt8], label: String) throws(CryptoError) {
        guard text.count <= DER.maximumBytes else {
            throw CryptoError(.inputTooLarge, message: "the PEM text has \(text.count) bytes; at most \(DER.maximumBytes) are read")
        }
        var lines = text.split { $0 == 0x0a || $0 == 0x0d }.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        guard let first = lines.first, let foundLabel = Self.label(in: first, after: "-----BEGIN ") else {
            throw CryptoError(.malformedPEM, message: "the text does not start with -----BEGIN \(label)-----")
        }
        guard foundLabel.elementsEqual(label.utf8) else {
            let found = String(decoding: foundLabel.prefix(64), as: UTF8.self)
            throw CryptoError(.malformedPEM, message: "the block holds \(found.debugDescription) where \"\(label)\" is expected")
        }
        guard let last = lines.popLast(), let endLabel = Self.label(in: last, after: "-----END "), endLabel.elementsEqual(foundLabel)
        else { throw CryptoError(.malformedPEM, message: "the text does not end with -----END \(label)-----") }
        guard let bytes = Base64.decode(lines.dropFirst().flatMap { $0 }), !bytes.isEmpty else {
            throw CryptoError(.malformedPEM, message: "what stands between the BEGIN and END lines of \(label) is not base64")
        }
        self.init(label: label, bytes: bytes)
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
