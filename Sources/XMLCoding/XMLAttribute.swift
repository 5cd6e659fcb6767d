// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An attribute of an element.
public struct XMLAttribute: Hashable, Sendable {
    /// The name as it is written, a namespace prefix included (`xsi:type`): attributes of one element may differ in the prefix alone.
    public var name: String
    /// The value: references decoded, white space characters as spaces (XML 1.0, section 3.3.3).
    public var value: String

    /// Makes an attribute.
    ///
    /// - Parameters:
    ///   - name: the name, a namespace prefix included.
    ///   - value: the decoded value.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
