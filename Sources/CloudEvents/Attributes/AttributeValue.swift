// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// The value of an extension attribute, in one of the types of the specification (CloudEvents §Type system).
///
/// JSON tells only booleans, integers and strings apart, so that a URI, a time or bytes come back from it as ``string(_:)``. To read a
/// string as another type, parse its ``text`` with that type: `try Timestamp(value.text)`.
public enum AttributeValue: Hashable, Sendable {
    /// `true` or `false`.
    case boolean(Bool)
    /// An integer of 32 bits.
    case integer(Int32)
    /// Text.
    case string(String)
    /// Bytes.
    case binary([UInt8])
    /// An absolute URI.
    case uri(URI)
    /// A URI or a relative reference.
    case uriReference(URIReference)
    /// A moment.
    case timestamp(Timestamp)

    /// The value in the canonical string form of its type.
    public var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): value.description
        case .string(let value): value
        case .binary(let value): Base64.encode(value)
        case .uri(let value): value.description
        case .uriReference(let value): value.description
        case .timestamp(let value): value.description
        }
    }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// Makes text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// Makes an integer.
    public init(integerLiteral value: Int32) { self = .integer(value) }
}

extension AttributeValue: JSONEncodable {
    /// Writes a boolean or an integer as such and every other type as a string (CloudEvents JSON format §2.2).
    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .boolean(let value): writer.bool(value)
        case .integer(let value): writer.integer(value)
        case .string, .binary, .uri, .uriReference, .timestamp: writer.string(self.text)
        }
    }
}
