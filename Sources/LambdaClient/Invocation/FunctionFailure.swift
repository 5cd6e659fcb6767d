// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// What a function failed with, as its runtime tells it (Lambda developer guide, "Understanding retry behavior in Lambda").
public struct FunctionFailure: Sendable, Hashable, AWSSensitive {
    /// The type of the error, such as `KeyError`; `nil` where the runtime does not tell.
    public var type: String?
    /// The error's message; may hold what the function was given.
    public var message: String?
    /// Where the error came from, the innermost call first or last as the runtime has it.
    public var stackTrace: [String]
    /// All that the function returned.
    public var payload: [UInt8]
    /// The last 4 KiB of the function's log; may hold what the function was given.
    public var logTail: String?
    /// The version of the function that failed.
    public var executedVersion: String?

    /// Reads what a function failed with.
    ///
    /// - Parameters:
    ///   - payload: what the function returned; where that is no JSON object, there is no type, message or stack trace.
    ///   - logTail: the end of its log.
    ///   - executedVersion: the version that failed.
    public init(payload: [UInt8], logTail: String? = nil, executedVersion: String? = nil) {
        let value = try? JSONValue(parsing: payload)
        self.type = value?["errorType"]?.stringValue
        self.message = value?["errorMessage"]?.stringValue
        let trace = value?["stackTrace"]?.arrayValue ?? value?["trace"]?.arrayValue ?? []
        self.stackTrace = trace.compactMap { $0.stringValue }
        self.payload = payload
        self.logTail = logTail
        self.executedVersion = executedVersion
    }
}
