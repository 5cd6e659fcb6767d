// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A device shadow as the service has it.
public struct ShadowDocument: Hashable, Sendable {
    /// The state.
    public var state: ShadowState
    /// What is desired and not reported so, as the service says it; nil where there is none.
    public var delta: JSONValue?
    /// When each value was set, in seconds since 1970, in the form of the state.
    public var metadata: JSONValue?
    /// The version, which every update counts up.
    public var version: Int
    /// When the service answered, in seconds since 1970.
    public var timestamp: Int?

    /// What is desired, as a type of the caller.
    ///
    /// - Parameter type: the type.
    /// - Returns: the value; `nil` where nothing is desired.
    /// - Throws: what of the state does not fit the type.
    public func desired<Value: JSONDecodable>(as type: Value.Type = Value.self) throws(JSONError) -> Value? {
        try Self.decode(self.state.desired)
    }

    /// What is reported, as a type of the caller.
    ///
    /// - Parameter type: the type.
    /// - Returns: the value; `nil` where nothing is reported.
    /// - Throws: what of the state does not fit the type.
    public func reported<Value: JSONDecodable>(as type: Value.Type = Value.self) throws(JSONError) -> Value? {
        try Self.decode(self.state.reported)
    }

    /// What is desired and not reported so, as a type of the caller.
    ///
    /// - Parameter type: the type.
    /// - Returns: the value; `nil` where all that is desired is reported.
    /// - Throws: what of the delta does not fit the type.
    public func delta<Value: JSONDecodable>(as type: Value.Type = Value.self) throws(JSONError) -> Value? {
        try Self.decode(self.delta)
    }

    private static func decode<Value: JSONDecodable>(_ value: JSONValue?) throws(JSONError) -> Value? {
        guard let value else { return nil }
        return try JSONReader.decode(Value.self, from: try value.encoded())
    }

    /// Reads the answer to GetThingShadow.
    init(answer payload: [UInt8]?) throws(IoTCoreError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: payload ?? [])
        } catch {
            throw IoTCoreError(.malformedAnswer, message: "the shadow cannot be read: \(error)")
        }
        guard let state = document["state"], state.objectValue != nil,
            let version = document["version"]?.numberValue?.integer(as: Int.self)
        else { throw IoTCoreError(.malformedAnswer, message: "the shadow has no state or no version") }
        self.state = ShadowState(desired: state["desired"], reported: state["reported"])
        self.delta = state["delta"]
        self.metadata = document["metadata"]
        self.version = version
        self.timestamp = document["timestamp"]?.numberValue?.integer(as: Int.self)
    }
}
