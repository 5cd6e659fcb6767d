// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A name and a value that an owner puts on a resource.
public struct Tag: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The name, of 1 to 128 characters.
    public var key: String
    /// The value, of at most 256 characters.
    public var value: String

    /// Makes a tag.
    ///
    /// - Parameters:
    ///   - key: the name.
    ///   - value: the value.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Reads `{"Key": …, "Value": …}`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(key: "", value: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "Key": self.key = try reader.readString()
            case "Value": self.value = try String?(from: &reader) ?? ""
            default: try reader.skip()
            }
        }
    }

    /// Writes `{"Key": …, "Value": …}`.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("Key", self.key)
        writer.member("Value", self.value)
        writer.endObject()
    }
}
