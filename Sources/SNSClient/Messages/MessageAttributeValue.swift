// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A typed value that goes with a message beside its text, and by which a subscription can filter.
public struct MessageAttributeValue: Hashable, Sendable {
    /// The type: `String`, `String.Array`, `Number` or `Binary`.
    public var dataType: String
    /// The value of a string, an array or a number.
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
}
