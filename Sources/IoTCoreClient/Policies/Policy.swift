// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A policy in a list.
public struct Policy: Hashable, Sendable, JSONDecodable {
    /// The policy's name.
    public var policyName: String?
    /// The policy's ARN.
    public var policyARN: String?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "policyName": self.policyName = try .init(from: &reader)
            case "policyArn": self.policyARN = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
