// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension ShadowState {
    /// The longest document, in bytes ("AWS IoT Device Shadow quotas", maximum size of a JSON state document).
    public static let maximumBytes = 8_192

    /// How deep `desired` and `reported` may be nested ("AWS IoT Device Shadow quotas", maximum depth of JSON device state documents).
    public static let maximumDepth = 6

    /// Checks a state against the limits of the service.
    ///
    /// - Throws: ``IoTCoreError/Code/invalidInput``.
    public func validate() throws(IoTCoreError) {
        for (name, section) in [("desired", self.desired), ("reported", self.reported)] {
            guard let section, !section.isNull else { continue }
            guard section.objectValue != nil else { throw Self.invalid("\(name) is not an object") }
            guard Self.isWithin(section, depth: Self.maximumDepth) else {
                throw Self.invalid("\(name) has more than \(Self.maximumDepth) levels")
            }
        }
        let bytes: Int
        do {
            bytes = try self.json.encoded().count
        } catch {
            throw Self.invalid("it has no JSON form: \(error)")
        }
        guard bytes <= Self.maximumBytes else { throw Self.invalid("it has \(bytes) bytes, and may have \(Self.maximumBytes)") }
    }

    static func invalid(_ why: String) -> IoTCoreError {
        IoTCoreError(.invalidInput, message: "the shadow's state is not one that AWS IoT takes: \(why)")
    }

    /// The state as the service has it.
    var json: JSONValue {
        .object(
            [("desired", self.desired), ("reported", self.reported)].compactMap { name, section in
                section.map { JSONValue.Member(key: name, value: $0) }
            })
    }

    /// Whether a value has at most so many levels of objects and arrays; looks no deeper.
    private static func isWithin(_ value: JSONValue, depth: Int) -> Bool {
        if let members = value.objectValue { return depth > 0 && members.allSatisfy { self.isWithin($0.value, depth: depth - 1) } }
        if let elements = value.arrayValue { return depth > 0 && elements.allSatisfy { self.isWithin($0, depth: depth - 1) } }
        return true
    }
}
