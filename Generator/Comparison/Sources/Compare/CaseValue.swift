// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// A value that is made from the JSON of a case.
protocol CaseValue {
    init(_ value: JSONValue)
}

extension String: CaseValue {
    init(_ value: JSONValue) { self = value.stringValue ?? "" }
}

extension Int: CaseValue {
    init(_ value: JSONValue) { self = value.numberValue?.integer(as: Int.self) ?? 0 }
}

extension Double: CaseValue {
    init(_ value: JSONValue) { self = value.numberValue?.double ?? 0 }
}

extension Bool: CaseValue {
    init(_ value: JSONValue) { self = value.boolValue ?? false }
}

extension AWSTimestamp: CaseValue {
    init(_ value: JSONValue) { self = AWSTimestamp(value.stringValue ?? "") ?? AWSTimestamp(secondsSinceEpoch: 0) }
}

extension JSONValue: CaseValue {
    init(_ value: JSONValue) { self = value }
}

extension Array: CaseValue where Element: CaseValue {
    init(_ value: JSONValue) { self = (value.arrayValue ?? []).map { Element($0) } }
}

extension Dictionary: CaseValue where Key == String, Value: CaseValue {
    init(_ value: JSONValue) { self = Dictionary(uniqueKeysWithValues: (value.objectValue ?? []).map { ($0.key, Value($0.value)) }) }
}

extension CaseValue where Self: AWSEnumeration {
    init(_ value: JSONValue) { self.init(rawValue: value.stringValue ?? "") }
}

extension JSONValue {
    func optional<Value: CaseValue>(_ name: String) -> Value? { self[name].map { Value($0) } }
    func required<Value: CaseValue>(_ name: String) -> Value { Value(self[name] ?? .null) }
    func bytes(_ name: String) -> [UInt8]? { self[name]?.stringValue.flatMap { Base64.decode($0) } }
    func bytesList(_ name: String) -> [[UInt8]]? { self[name]?.arrayValue?.compactMap { $0.stringValue.flatMap { Base64.decode($0) } } }
}
