// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What services and connectors keep with a CA, a certificate, a DMS or a device: a JSON object whose members each belong to one of them.
public struct Metadata: Hashable, Sendable, JSONDecodable, JSONEncodable, ExpressibleByDictionaryLiteral {
    /// The members, in their order.
    public var members: [JSONValue.Member]

    /// Makes metadata.
    ///
    /// - Parameter members: the members.
    public init(members: [JSONValue.Member] = []) { self.members = members }

    /// Makes metadata of the members as they are written.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self.members = members.map { JSONValue.Member(key: $0.0, value: $0.1) }
    }

    /// The value of a member; to set `nil` removes it.
    public subscript(key: String) -> JSONValue? {
        get { self.members.last { $0.key == key }?.value }
        set {
            guard let newValue else { return self.members.removeAll { $0.key == key } }
            if let index = self.members.lastIndex(where: { $0.key == key }) {
                self.members[index].value = newValue
            } else {
                self.members.append(JSONValue.Member(key: key, value: newValue))
            }
        }
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() { try self.members.keep(key, from: &reader) }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.members(self.members)
        writer.endObject()
    }
}
