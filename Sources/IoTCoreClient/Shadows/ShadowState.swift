// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// The state in a device shadow, or a change of it: what is desired of the device, and what it reports.
///
/// In a change, members that are missing stay, objects are merged, and `null` removes ("Device Shadow service documents", developer guide).
public struct ShadowState: Hashable, Sendable {
    /// What is desired of the device: an object; `null` in a change removes all of it, and nil means that there is none.
    public var desired: JSONValue?
    /// What the device reports: an object; `null` in a change removes all of it, and nil means that there is none.
    public var reported: JSONValue?

    /// Makes a state.
    ///
    /// - Parameters:
    ///   - desired: what is desired of the device.
    ///   - reported: what the device reports.
    public init(desired: JSONValue? = nil, reported: JSONValue? = nil) {
        self.desired = desired
        self.reported = reported
    }

    /// The state with a change, as the service merges it.
    ///
    /// - Parameter change: the change.
    /// - Returns: the state after the change.
    public func merging(_ change: ShadowState) -> ShadowState {
        ShadowState(
            desired: Self.merging(self.desired, change.desired), reported: Self.merging(self.reported, change.reported))
    }

    /// What is desired and not reported so, as the service computes it: of objects the members that differ, of other values the whole.
    public var delta: JSONValue? { Self.delta(self.desired ?? [:], self.reported ?? [:]) }

    private static func merging(_ present: JSONValue?, _ change: JSONValue?) -> JSONValue? {
        guard let change else { return present }
        guard !change.isNull else { return nil }
        let merged = self.merge(present ?? [:], change)
        // A literal `nil` would be JSON's null here and below.
        return merged.objectValue?.isEmpty == true ? .none : .some(merged)
    }

    private static func merge(_ present: JSONValue, _ change: JSONValue) -> JSONValue {
        guard let changes = change.objectValue else { return change }
        var members = present.objectValue ?? []
        for change in changes {
            let index = members.lastIndex { $0.key == change.key }
            if change.value.isNull {
                members.removeAll { $0.key == change.key }
            } else if let index {
                members[index].value = self.merge(members[index].value, change.value)
            } else {
                // An object that is new is merged into nothing, so that its nulls leave no trace.
                members.append(.init(key: change.key, value: self.merge([:], change.value)))
            }
        }
        return .object(members)
    }

    private static func delta(_ desired: JSONValue, _ reported: JSONValue) -> JSONValue? {
        guard let wishes = desired.objectValue, reported.objectValue != nil else { return desired == reported ? .none : .some(desired) }
        let members = wishes.compactMap { wish -> JSONValue.Member? in
            guard let present = reported[wish.key] else { return wish }
            guard let difference = self.delta(wish.value, present) else { return nil }
            return JSONValue.Member(key: wish.key, value: difference)
        }
        return members.isEmpty ? .none : .some(.object(members))
    }
}
