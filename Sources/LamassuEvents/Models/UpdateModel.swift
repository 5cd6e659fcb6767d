// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// The payload of an update: the thing as it was, and as it is now.
public struct UpdateModel<Model> {
    /// The thing before the update, as far as its service knew it.
    public var previous: Model
    /// The thing after the update.
    public var updated: Model
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes an update.
    ///
    /// - Parameters:
    ///   - previous: the thing before the update.
    ///   - updated: the thing after the update.
    ///   - additional: see ``additional``.
    public init(previous: Model, updated: Model, additional: [JSONValue.Member] = []) {
        self.previous = previous
        self.updated = updated
        self.additional = additional
    }
}

extension UpdateModel: Sendable where Model: Sendable {}
extension UpdateModel: Equatable where Model: Equatable {}
extension UpdateModel: Hashable where Model: Hashable {}

extension UpdateModel: JSONDecodable where Model: JSONDecodable {
    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        var previous: Model?
        var updated: Model?
        var additional: [JSONValue.Member] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "previous": previous = try Model(from: &reader)
            case "updated": updated = try Model(from: &reader)
            default: try additional.keep(key, from: &reader)
            }
        }
        guard let previous, let updated else {
            throw JSONError(.missingMember, at: reader.offset, message: "an update needs previous, updated")
        }
        self.init(previous: previous, updated: updated, additional: additional)
    }
}

extension UpdateModel: JSONEncodable where Model: JSONEncodable {
    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("previous", self.previous)
        writer.member("updated", self.updated)
        writer.members(self.additional)
        writer.endObject()
    }
}
