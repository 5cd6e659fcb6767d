// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An entry of a batch that failed; a member AWS left out is `nil`.
public struct BatchFailure: Hashable, Sendable, JSONDecodable {
    /// The entry's name within the batch.
    public var id: String?
    /// Why, as AWS names it.
    public var code: String?
    /// Why, for a person.
    public var message: String?
    /// Whether the entry is at fault, so that another attempt fails too.
    public var isSenderFault: Bool?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "Id": self.id = try .init(from: &reader)
            case "Code": self.code = try .init(from: &reader)
            case "Message": self.message = try .init(from: &reader)
            case "SenderFault": self.isSenderFault = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }

    /// Reads the answer to a batch: what failed of it.
    static func all(in json: inout JSONReader) throws(JSONError) -> [BatchFailure] {
        var failures: [BatchFailure]?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "Failed": failures = try .init(from: &json)
            default: try json.skip()
            }
        }
        return failures ?? []
    }
}
