// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// One shadow of a thing: the classic one, or a named one.
///
/// A value that knows where the shadow is; it holds nothing of it.
public struct DeviceShadow: Sendable {
    /// The name of the thing, which need not be in the registry.
    public let thingName: String
    /// The name of the shadow; `nil` for the classic one.
    public let name: String?
    let iot: IoTCoreClient

    /// The name of the shadow, for people.
    var path: String { self.name.map { "shadow \($0) of \(self.thingName)" } ?? "shadow of \(self.thingName)" }

    /// Reads the shadow.
    ///
    /// - Returns: the shadow; `nil` where there is none.
    /// - Throws: ``IoTCoreError``.
    public func get() async throws(IoTCoreError) -> ShadowDocument? {
        try self.validate()
        guard let output = try await self.iot.find(IoTData.GetThingShadow(thingName: self.thingName, shadowName: self.name)) else {
            return nil
        }
        return try ShadowDocument(answer: output.payload)
    }

    /// Merges a change into the shadow, unless it has that state already.
    ///
    /// - Parameter change: what changes: other members stay, and `null` removes.
    /// - Returns: what was done; the version after it is in ``ShadowUpdateResult/version``.
    /// - Throws: ``IoTCoreError``; see ``update(_:)``.
    @discardableResult
    public func merge(_ change: ShadowState) async throws(IoTCoreError) -> ShadowUpdateResult {
        try await self.update { _ in change }
    }

    /// Says what is desired of the device; merged into what is desired already.
    ///
    /// - Parameter value: an object of the caller.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/invalidInput`` where the value has no JSON form.
    @discardableResult
    public func desire(_ value: some JSONEncodable) async throws(IoTCoreError) -> ShadowUpdateResult {
        try await self.merge(ShadowState(desired: try Self.json(of: value)))
    }

    /// Says what the device reports; merged into what it has reported.
    ///
    /// - Parameter value: an object of the caller.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/invalidInput`` where the value has no JSON form.
    @discardableResult
    public func report(_ value: some JSONEncodable) async throws(IoTCoreError) -> ShadowUpdateResult {
        try await self.merge(ShadowState(reported: try Self.json(of: value)))
    }

    /// Reads the shadow, lets the caller decide on a change, and merges that unless another has changed the shadow meanwhile: then the
    /// caller decides anew, on the newer state.
    ///
    /// Nothing is sent where the change changes nothing. Where the answer to an update was lost, the caller is asked again, on a state that may hold
    /// the change: so it has to say what is to be, not by how much to change it, and the result may be
    /// ``IoTChange/unchanged``. Cancelling the task breaks it off between two calls.
    ///
    /// - Parameter change: given the shadow, or `nil` where there is none, says what changes; `nil` for nothing. May be asked several times.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/invalidInput`` where the state would be beyond the limits of the service,
    ///   ``IoTCoreError/Code/contended`` where others kept changing it.
    @discardableResult
    public func update(_ change: (ShadowDocument?) -> ShadowState?) async throws(IoTCoreError) -> ShadowUpdateResult {
        // A shadow that never existed takes the version 0; one that was deleted, only its old one, which nobody knows.
        var assumesNever = true
        return try await self.iot.settle(self.path) { () async throws(IoTCoreError) -> ShadowUpdateResult? in
            let present = try await self.get()
            let state = present?.state ?? ShadowState()
            guard let change = change(present), state.merging(change) != state else {
                return ShadowUpdateResult(change: .unchanged, version: present?.version)
            }
            try change.validate()
            try state.merging(change).validate()
            let version = try await self.send(change, version: present?.version ?? (assumesNever ? 0 : nil))
            guard let version else {
                if present == nil { assumesNever = false }
                return nil
            }
            return ShadowUpdateResult(change: present == nil ? .created : .updated, version: version)
        }
    }

    /// Deletes the shadow, unless there is none.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``IoTCoreError``.
    @discardableResult
    public func delete() async throws(IoTCoreError) -> Bool {
        try self.validate()
        return try await self.iot.settle(self.path) { () async throws(IoTCoreError) -> Bool? in
            let operation = IoTData.DeleteThingShadow(thingName: self.thingName, shadowName: self.name)
            return try await self.iot.find(operation) != nil
        }
    }

    /// Sends an update.
    ///
    /// - Returns: the version after it; `nil` where the shadow has another version than that.
    private func send(_ change: ShadowState, version: Int?) async throws(IoTCoreError) -> Int? {
        var members = [JSONValue.Member(key: "state", value: change.json)]
        if let version { members.append(.init(key: "version", value: .number(JSONNumber(version)))) }
        let payload: [UInt8]
        do {
            payload = try JSONValue.object(members).encoded()
        } catch {
            throw ShadowState.invalid("it has no JSON form: \(error)")
        }
        let operation = IoTData.UpdateThingShadow(thingName: self.thingName, shadowName: self.name, payload: payload)
        guard let output = try await self.iot.callOnce(operation, unless: "ConflictException") else { return nil }
        let answer = try? JSONValue(parsing: output.payload ?? [])
        return try IoTCoreClient.require(answer?["version"]?.numberValue?.integer(as: Int.self), of: IoTData.UpdateThingShadow.self)
    }

    private func validate() throws(IoTCoreError) {
        try NameRule.thing.check(self.thingName, of: "thing")
        if let name = self.name { try NameRule.shadow.check(name, of: "shadow") }
    }

    private static func json(of value: some JSONEncodable) throws(IoTCoreError) -> JSONValue {
        do {
            return try JSONValue(parsing: try JSONWriter.encode(value))
        } catch {
            throw ShadowState.invalid("it has no JSON form: \(error)")
        }
    }
}

/// What became of a shadow.
public struct ShadowUpdateResult: Hashable, Sendable {
    /// What was done.
    public var change: IoTChange
    /// The version of the shadow after it; `nil` where there is none.
    public var version: Int?

    package init(change: IoTChange, version: Int?) {
        self.change = change
        self.version = version
    }
}

extension IoTCoreClient {
    /// A shadow of a thing; nothing is asked for yet.
    ///
    /// - Parameters:
    ///   - thingName: the name of the thing.
    ///   - name: the name of the shadow; `nil` for the classic one.
    /// - Returns: the shadow.
    public func shadow(of thingName: String, named name: String? = nil) -> DeviceShadow {
        DeviceShadow(thingName: thingName, name: name, iot: self)
    }
}
