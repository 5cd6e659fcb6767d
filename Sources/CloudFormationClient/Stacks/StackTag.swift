// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A name and a value on a stack, which CloudFormation puts on its resources too.
public struct StackTag: Hashable, Sendable {
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

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.init(key: "", value: "")
        while let name = try xml.nextElement() {
            switch name {
            case "Key": self.key = try xml.readText()
            case "Value": self.value = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
