// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A text of which a service knows some values, and may know more tomorrow: an open enumeration.
///
/// A value that this library does not name is kept as it is, both ways.
public protocol AWSEnumeration: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible, JSONEncodable,
    JSONDecodable, AWSFormEncodable, AWSXMLDecodable
where RawValue == String {
    /// The value of a text.
    ///
    /// - Parameter rawValue: the text as the service writes it.
    init(rawValue: String)
}

extension AWSEnumeration {
    /// The value of a text.
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    /// The text as the service writes it.
    public var description: String { self.rawValue }

    /// Writes a JSON string.
    public func encode(into writer: inout JSONWriter) { writer.string(self.rawValue) }

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.init(rawValue: try reader.readString()) }

    /// Writes the text.
    public func encode(into form: inout AWSFormWriter) { form.value(self.rawValue) }

    /// Reads the text of the current element.
    public init(from xml: inout XMLReader) throws(XMLError) { self.init(rawValue: try xml.readText()) }
}
