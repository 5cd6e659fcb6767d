// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Any JSON value as a tree, for where the shape is not known beforehand.
///
/// Objects keep their members in order, repeated names included; numbers keep their digits. Two values are equal when they mean the same:
/// the order of an object's members does not count (RFC 8259 §4), that of an array's elements does, numbers are compared as written, and
/// strings as Swift compares them.
///
/// Parsing, writing, comparing and hashing use no recursion and take time in proportion to the size of the tree (times its logarithm where
/// members come in different order), whatever it holds.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, as it is written.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array's elements, in order.
    case array([JSONValue])
    /// An object's members, in order.
    case object([Member])

    /// One member of an object.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        ///
        /// - Parameters:
        ///   - key: the name.
        ///   - value: the value.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The kind of this value.
    public var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// The value of a member; nil in anything but an object, and where no member has that name.
    ///
    /// Looks at the members one by one, from the back, so that of those with the same name the last one counts.
    ///
    /// - Parameter key: the member's name.
    public subscript(key: String) -> JSONValue? {
        self.objectValue?.last { $0.key == key }?.value
    }

    /// An element of an array; nil in anything but an array, and beyond its end.
    ///
    /// - Parameter index: the element's place, from 0.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string; nil for any other kind.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number; nil for any other kind.
    public var numberValue: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// `true` or `false`; nil for any other kind.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of an array; nil for any other kind.
    public var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members of an object; nil for any other kind.
    public var objectValue: [Member]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// Whether this is `null`.
    public var isNull: Bool { self.kind == .null }
}
