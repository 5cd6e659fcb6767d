// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Transport

/// Where a request is not the one that botocore makes; nil where it is.
func requestDifference(_ request: HTTPTransportRequest, _ expected: JSONValue) -> String? {
    let target = (request.head.path ?? "").split(separator: "?", maxSplits: 1).map(String.init)
    guard request.head.method.rawValue == expected["method"]?.stringValue else { return "method: \(request.head.method)" }
    guard target.first == expected["path"]?.stringValue else { return "path: \(target.first ?? ""), not \(expected["path"] ?? .null)" }
    let query = parameters(target.count > 1 ? target[1] : "")
    let expectedQuery = parameters(expected["query"]?.stringValue ?? "")
    guard query == expectedQuery else { return "query: \(query), not \(expectedQuery)" }
    return headerDifference(request, expected) ?? bodyDifference(request, expected)
}

/// Fields that carry no input: those of the signature, and what a client says of itself.
private let ownFields: Set<String> = [
    "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "content-length", "host", "user-agent", "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-user-agent", "x-amzn-query-mode", "x-amzn-trace-id", "traceparent", "tracestate", "baggage",
]

private func headerDifference(_ request: HTTPTransportRequest, _ expected: JSONValue) -> String? {
    var rest = Dictionary((expected["headers"]?.objectValue ?? []).map { ($0.key.lowercased(), $0.value.stringValue ?? "") }) { $1 }
    for name in ownFields { rest[name] = nil }
    for field in request.head.headerFields where !ownFields.contains(field.name.canonicalName) {
        let name = field.name.canonicalName
        let value = rest.removeValue(forKey: name)
        // The default of the protocol for bytes, which botocore leaves out.
        if name == "content-type", value == nil, field.value == "application/octet-stream" { continue }
        guard let value, value == token(field.value) || isSameJSON(field.value, value) else {
            return "header field \(name): \(field.value), not \(value ?? "none")"
        }
    }
    return rest.isEmpty ? nil : "header fields \(rest.keys.sorted()) are missing"
}

private func bodyDifference(_ request: HTTPTransportRequest, _ expected: JSONValue) -> String? {
    let body = request.body
    guard let expectedBody = expected["body"]?.stringValue.flatMap({ Base64.decode($0) }) else { return "the case has no body" }
    let type = request.head.headerFields[.contentType] ?? ""
    if type.hasPrefix("application/x-www-form-urlencoded") {
        let form = parameters(String(decoding: body, as: UTF8.self))
        let expectedForm = parameters(String(decoding: expectedBody, as: UTF8.self))
        guard form != expectedForm else { return nil }
        return "form: \(Set(form).subtracting(expectedForm).sorted()), not \(Set(expectedForm).subtracting(form).sorted())"
    }
    guard type.contains("json"), let value = try? JSONValue(parsing: body), let expectedValue = try? JSONValue(parsing: expectedBody) else {
        return body == expectedBody ? nil : "body: \(body.count) bytes, not \(expectedBody.count)"
    }
    return valueDifference(value, expectedValue, at: "body")
}

/// The decoded parameters, sorted.
private func parameters(_ text: String) -> [String] {
    text.split(separator: "&").map { pair in
        var bytes: [UInt8] = []
        var rest = Array(pair.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count > 1 ? "\(parts[0])=\(moment(token(String(parts[1]))))" : String(decoding: bytes, as: UTF8.self)
    }.sorted()
}

/// A text; a date and time without the zeros at the end of its fraction, of which botocore writes six digits.
private func moment(_ text: String) -> String {
    guard text.count > 20, text.hasSuffix("Z"), let moment = AWSTimestamp(text) else { return text }
    return moment.extendedFormat
}

/// A text, with a token that the client made in the form that the cases have for it.
private func token(_ text: String) -> String {
    let parts = text.split(separator: "-")
    guard parts.map(\.count) == [8, 4, 4, 4, 12], text.allSatisfy({ $0 == "-" || $0.isHexDigit }), parts[2].first == "4" else {
        return text
    }
    return "made-token"
}

private func isSameJSON(_ left: String, _ right: String) -> Bool {
    guard let left = Base64.decode(left).flatMap({ try? JSONValue(parsing: $0) }),
        let right = Base64.decode(right).flatMap({ try? JSONValue(parsing: $0) })
    else { return false }
    return valueDifference(left, right, at: "") == nil
}

/// Where two JSON values mean something else; numbers are the same when their values are.
private func valueDifference(_ left: JSONValue, _ right: JSONValue, at path: String) -> String? {
    switch (left, right) {
    case (.number(let left), .number(let right)):
        return left == right || left.double == right.double ? nil : "\(path): \(left), not \(right)"
    case (.string(let left), .string(let right)): return token(left) == right ? nil : "\(path): \(left), not \(right)"
    case (.array(let left), .array(let right)):
        guard left.count == right.count else { return "\(path): another number of elements" }
        return zip(left, right).enumerated().lazy.compactMap { valueDifference($1.0, $1.1, at: "\(path)[\($0)]") }.first
    case (.object(let members), .object(let others)):
        let names = Set(members.map(\.key)).symmetricDifference(others.map(\.key))
        guard names.isEmpty else { return "\(path): \(names.sorted()) are in one alone" }
        return members.lazy.compactMap { member in
            right[member.key].flatMap { valueDifference(member.value, $0, at: "\(path).\(member.key)") }
        }.first
    default: return left == right ? nil : "\(path): \(left), not \(right)"
    }
}
