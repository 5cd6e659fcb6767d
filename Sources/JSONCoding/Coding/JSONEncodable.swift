// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A type that writes itself as one JSON value.
public protocol JSONEncodable {
    /// Writes exactly one value.
    ///
    /// What has no JSON form is reported with ``JSONWriter/fail(_:_:)``; ``JSONWriter/finish()`` throws it.
    ///
    /// - Parameter writer: where to write.
    func encode(into writer: inout JSONWriter)
}

extension String: JSONEncodable {
    /// Writes a JSON string.
    public func encode(into writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONEncodable {
    /// Writes `true` or `false`.
    public func encode(into writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: JSONEncodable {
    /// Writes a JSON number.
    public func encode(into writer: inout JSONWriter) { writer.integer(self) }
}

extension Int32: JSONEncodable {
    /// Writes a JSON number.
    public func encode(into writer: inout JSONWriter) { writer.integer(self) }
}

extension Int64: JSONEncodable {
    /// Writes a JSON number.
    public func encode(into writer: inout JSONWriter) { writer.integer(self) }
}

extension UInt64: JSONEncodable {
    /// Writes a JSON number.
    public func encode(into writer: inout JSONWriter) { writer.integer(self) }
}

extension Double: JSONEncodable {
    /// Writes a JSON number; infinity and not-a-number make ``JSONWriter/finish()`` throw.
    public func encode(into writer: inout JSONWriter) { writer.double(self) }
}

extension JSONNumber: JSONEncodable {
    /// Writes the number as it stands.
    public func encode(into writer: inout JSONWriter) { writer.number(self) }
}

extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    /// Writes the value, or `null`; ``JSONWriter/member(_:ifPresent:)`` leaves the member out instead.
    public func encode(into writer: inout JSONWriter) {
        guard let value = self else { return writer.null() }
        value.encode(into: &writer)
    }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    /// Writes a JSON array.
    public func encode(into writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.encode(into: &writer) }
        writer.endArray()
    }
}

extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    /// Writes a JSON object, its members in the order of their names, so that equal dictionaries give equal bytes.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in self.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
        writer.endObject()
    }
}
