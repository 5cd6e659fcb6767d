// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A version of a policy in a list.
public struct PolicyVersion: Hashable, Sendable, JSONDecodable {
    /// The version's id.
    public var versionID: String?
    /// Whether it is the default version.
    public var isDefaultVersion: Bool?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "versionId": self.versionID = try .init(from: &reader)
            case "isDefaultVersion": self.isDefaultVersion = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
