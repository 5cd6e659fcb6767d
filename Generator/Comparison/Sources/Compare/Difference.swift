// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// Where a value that was decoded is not the one that botocore decoded; nil where they are the same.
///
/// Structures are walked by reflection, so that each property counts; a name is the model's whatever its case.
func decodedDifference(_ actual: Any, _ expected: JSONValue?, at path: String) -> String? {
    let actual = unwrapped(actual)
    guard let actual, let expected else {
        return (actual == nil || actual is Void) && expected == nil
            ? nil : "\(path): \(actual.map { "\($0)" } ?? "nothing"), not \(expected.map { "\($0)" } ?? "nothing")"
    }
    switch actual {
    case let value as any AWSEnumeration: return same(expected.stringValue == value.rawValue, value, expected, path)
    case let value as String: return same(expected.stringValue.map { $0.utf8.elementsEqual(value.utf8) } == true, value, expected, path)
    case let value as Bool: return same(expected.boolValue == value, value, expected, path)
    case let value as Int: return same(expected.numberValue?.integer(as: Int.self) == value, value, expected, path)
    case let value as Double: return same(expected.numberValue?.double == value, value, expected, path)
    case let value as AWSTimestamp:
        return same(expected.stringValue.flatMap { AWSTimestamp($0) } == value, value.epochFormat, expected, path)
    // An empty array of anything can be cast to one of bytes.
    case let value as [UInt8] where type(of: actual) == [UInt8].self:
        return same(expected.stringValue.flatMap { Base64.decode($0) } == value, Base64.encode(value), expected, path)
    case let value as [Any]:
        guard let elements = expected.arrayValue, elements.count == value.count else { return "\(path): another number of elements" }
        return zip(value, elements).enumerated().lazy.compactMap { decodedDifference($1.0, $1.1, at: "\(path)[\($0)]") }.first
    case let value as [String: Any]:
        guard let members = expected.objectValue, members.count == value.count else { return "\(path): another number of entries" }
        return members.lazy.compactMap { decodedDifference(value[$0.key] as Any, $0.value, at: "\(path)[\($0.key)]") }.first
    case is Void: return nil
    default: return structureDifference(actual, expected, path)
    }
}

/// Where events that were read are not those that botocore read; nil where they are the same.
func eventsDifference(_ actual: [any Sendable]?, _ expected: [JSONValue]?) -> String? {
    guard actual?.count == expected?.count else { return "\(actual?.count ?? 0) events, not \(expected?.count ?? 0)" }
    return zip(actual ?? [], expected ?? []).enumerated().lazy
        .compactMap { structureDifference($1.0, $1.1, "events[\($0)]") }.first
}

private func structureDifference(_ actual: Any, _ expected: JSONValue, _ path: String) -> String? {
    guard let members = expected.objectValue else { return "\(path): a structure, not \(expected)" }
    var rest = Dictionary(members.map { ($0.key.lowercased(), $0.value) }) { $1 }
    for child in Mirror(reflecting: actual).children {
        let name = (child.label ?? "").lowercased()
        if let found = decodedDifference(child.value, rest.removeValue(forKey: name), at: "\(path).\(name)") { return found }
    }
    return rest.isEmpty ? nil : "\(path): \(rest.keys.sorted()) were not read"
}

private func same(_ isSame: Bool, _ actual: Any, _ expected: JSONValue, _ path: String) -> String? {
    isSame ? nil : "\(path): \(actual), not \(expected)"
}

/// What an optional holds, however deep.
private func unwrapped(_ value: Any) -> Any? {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return mirror.children.first.flatMap { unwrapped($0.value) }
}
