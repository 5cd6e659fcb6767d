// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A value that a stack gives out.
public struct StackOutput: Hashable, Sendable {
    /// The output's name in the template.
    public var key: String
    /// The value.
    public var value: String
    /// What it is.
    public var description: String?
    /// The name under which other stacks import it.
    public var exportName: String?

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.key = ""
        self.value = ""
        while let name = try xml.nextElement() {
            switch name {
            case "OutputKey": self.key = try xml.readText()
            case "OutputValue": self.value = try xml.readText()
            case "Description": self.description = try xml.readText()
            case "ExportName": self.exportName = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
