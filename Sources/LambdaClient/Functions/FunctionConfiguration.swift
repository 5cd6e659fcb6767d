// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A function as AWS has it, without its code and its environment variables; a member AWS left out is `nil`.
public struct FunctionConfiguration: Hashable, Sendable, JSONDecodable {
    /// The function's name.
    public var functionName: String?
    /// The function's ARN.
    public var functionARN: String?
    /// What runs the code, such as `python3.12`.
    public var runtime: String?
    /// The ARN of the role that the function acts as.
    public var role: String?
    /// What is called in the code.
    public var handler: String?
    /// What the function is for.
    public var description: String?
    /// How long an invocation may take, in seconds.
    public var timeout: Int?
    /// The memory of an invocation, in MB.
    public var memorySize: Int?
    /// When the function was last changed (ISO 8601).
    public var lastModified: String?
    /// The SHA-256 of the code, in base64.
    public var codeSHA256: String?
    /// The version.
    public var version: String?
    /// Whether it can be invoked.
    public var state: FunctionState?
    /// Why it is in this state.
    public var stateReason: String?
    /// The id of this version of code and configuration.
    public var revisionID: String?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "FunctionName": self.functionName = try .init(from: &reader)
            case "FunctionArn": self.functionARN = try .init(from: &reader)
            case "Runtime": self.runtime = try .init(from: &reader)
            case "Role": self.role = try .init(from: &reader)
            case "Handler": self.handler = try .init(from: &reader)
            case "Description": self.description = try .init(from: &reader)
            case "Timeout": self.timeout = try .init(from: &reader)
            case "MemorySize": self.memorySize = try .init(from: &reader)
            case "LastModified": self.lastModified = try .init(from: &reader)
            case "CodeSha256": self.codeSHA256 = try .init(from: &reader)
            case "Version": self.version = try .init(from: &reader)
            case "State": self.state = try .init(from: &reader)
            case "StateReason": self.stateReason = try .init(from: &reader)
            case "RevisionId": self.revisionID = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
