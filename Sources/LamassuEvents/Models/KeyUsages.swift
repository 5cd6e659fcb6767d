// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a key may be used for, in words such as `DigitalSignature` and `ClientAuth`.
///
/// A list in JSON. A single word, `null`, and a text that holds a list, as some releases of Lamassu write it, are read too.
public struct KeyUsages: Hashable, Sendable, JSONDecodable, JSONEncodable, ExpressibleByArrayLiteral {
    /// The words, in their order.
    public var words: [String]

    /// Makes a list of usages.
    ///
    /// - Parameter words: the words, in their order.
    public init(_ words: [String] = []) { self.words = words }

    /// Makes a list of the words as they are written.
    public init(arrayLiteral words: String...) { self.words = words }

    /// Reads a list, a word or a text that holds a list.
    public init(from reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .string else {
            self.words = try Optional(from: &reader) ?? []
            return
        }
        let text = try reader.readString()
        if let words = try? JSONReader.decode([String].self, from: Array(text.utf8)) {
            self.words = words
        } else {
            self.words = text.isEmpty ? [] : [text]
        }
    }

    /// Writes a list.
    public func encode(into writer: inout JSONWriter) { writer.value(self.words) }
}
