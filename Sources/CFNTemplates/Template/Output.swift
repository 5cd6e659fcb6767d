// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A value that a stack tells once it is made.
public struct Output: Hashable, Sendable {
    /// The output's name: 1 to 255 ASCII letters and digits.
    ///
    /// A resource or a parameter may have the same.
    public var logicalID: String
    /// The value.
    public var value: Value<String>
    /// What the value is for.
    public var description: String?

    /// Makes an output.
    ///
    /// - Parameters:
    ///   - logicalID: the output's name.
    ///   - value: the value.
    ///   - description: what the value is for.
    public init(_ logicalID: String, value: Value<String>, description: String? = nil) {
        self.logicalID = logicalID
        self.value = value
        self.description = description
    }

    var properties: Properties {
        var properties = Properties()
        properties.set("Description", self.description)
        properties.set("Value", self.value)
        return properties
    }
}
