// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A typed value that goes with a message beside its body.
public struct MessageAttribute: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The type: `String`, `Number` or `Binary`, and maybe `.` and a name of one's own.
    public var dataType: String
    /// The value of a string or a number.
    public var stringValue: String?
    /// The value of the type `Binary`.
    public var binaryValue: [UInt8]?

    /// Makes an attribute that is a string.
    ///
    /// - Parameter value: the value, not empty.
    public init(string value: String) {
        self.dataType = "String"
        self.stringValue = value
    }

    /// Makes an attribute that is bytes.
    ///
    /// - Parameter value: the value, not empty.
    public init(binary value: [UInt8]) {
        self.dataType = "Binary"
        self.binaryValue = value
    }

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.dataType = ""
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "DataType": self.dataType = try reader.readString()
            case "StringValue": self.stringValue = try .init(from: &reader)
            case "BinaryValue": self.binaryValue = try Self.readBytes(&reader)
            default: try reader.skip()
            }
        }
    }

    private static func readBytes(_ reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        let offset = reader.offset
        guard let text = try String?(from: &reader) else { return nil }
        guard let bytes = Base64.decode(text) else {
            throw JSONError(.invalidValue, at: offset, message: "the value of an attribute is not base64")
        }
        return bytes
    }

    /// Writes a JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("StringValue", ifPresent: self.stringValue)
        writer.member("BinaryValue", ifPresent: self.binaryValue.map { Base64.encode($0) })
        writer.member("DataType", self.dataType)
        writer.endObject()
    }
}
