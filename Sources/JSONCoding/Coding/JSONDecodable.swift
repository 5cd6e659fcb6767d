// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A type that reads itself from one JSON value.
public protocol JSONDecodable {
    /// Reads exactly one value.
    ///
    /// - Parameter reader: stands before the value, and after it when this returns.
    /// - Throws: ``JSONError``; ``JSONError/Code/missingMember`` and ``JSONError/Code/invalidValue`` are for conforming types to use.
    init(from reader: inout JSONReader) throws(JSONError)
}

extension String: JSONDecodable {
    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readString() }
}

extension Bool: JSONDecodable {
    /// Reads `true` or `false`.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readBool() }
}

extension Int: JSONDecodable {
    /// Reads an integer that fits.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
}

extension Int32: JSONDecodable {
    /// Reads an integer that fits.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
}

extension Int64: JSONDecodable {
    /// Reads an integer that fits.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
}

extension UInt64: JSONDecodable {
    /// Reads an integer that fits.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }
}

extension Double: JSONDecodable {
    /// Reads a number as the nearest `Double`.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readDouble() }
}

extension JSONNumber: JSONDecodable {
    /// Reads a number as it is written.
    public init(from reader: inout JSONReader) throws(JSONError) { self = try reader.readNumber() }
}

extension Optional: JSONDecodable where Wrapped: JSONDecodable {
    /// Reads a value, or `null` as nil.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self = try reader.readNullIfPresent() ? nil : try Wrapped(from: &reader)
    }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    /// Reads a JSON array, without its `null` where ``JSONReader/leavesOutNulls``.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginArray()
        while try reader.nextElement() {
            if reader.leavesOutNulls, try reader.readNullIfPresent() { continue }
            self.append(try Element(from: &reader))
        }
    }
}

extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    /// Reads a JSON object, without what is `null` where ``JSONReader/leavesOutNulls``; of members with the same name the last one counts.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.leavesOutNulls, try reader.readNullIfPresent() {
                self[key] = nil
            } else {
                self[key] = try Value(from: &reader)
            }
        }
    }
}
