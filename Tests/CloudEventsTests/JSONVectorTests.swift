// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import Testing

/// Runs the vectors of the JSON event format, by requirement.
struct JSONVectorTests {
    static let requirements = Set(Vectors.json.map(\.requirement)).sorted()

    @Test func `the vectors are there`() {
        #expect(Vectors.json.count == 199)
        #expect(KnownGaps.json.isSubset(of: Self.requirements))
    }

    @Test(arguments: requirements)
    func `every case of a requirement goes as expected`(_ requirement: String) throws {
        var failures: [String] = []
        for vector in Vectors.json where vector.requirement == requirement {
            if let failure = try self.failure(of: vector) { failures.append("\(vector.name): \(failure)") }
        }
        if KnownGaps.json.contains(requirement) {
            #expect(!failures.isEmpty, "met now: take \(requirement) off the list of known gaps")
        } else {
            #expect(failures.isEmpty)
        }
    }

    /// What is wrong with how a case goes; nil when nothing is.
    private func failure(of vector: Vectors.Case) throws -> String? {
        do throws(CloudEventError) {
            let outcome = vector.kind == "json-encode" ? try self.encode(vector) : try self.decode(vector)
            return vector.isAccepted ? outcome : "accepted, and is to be refused"
        } catch {
            return vector.isAccepted ? "refused: \(error)" : nil
        }
    }

    // MARK: - Decoding

    private func decode(_ vector: Vectors.Case) throws(CloudEventError) -> String? {
        guard let input = try? vector.input() else { return "has no input" }
        let event = try CloudEvent(decoding: input, format: .json)
        if let expected = vector.expected["attributes"]?.objectValue {
            var attributes = Self.attributes(of: event)
            for member in expected {
                guard let actual = attributes.removeValue(forKey: member.key) else { return "has no \(member.key)" }
                if let difference = Self.difference(actual, member.value) { return "\(member.key): \(difference)" }
            }
            // Where the text leaves a choice, the vectors list the attribute in question alone.
            guard attributes.isEmpty || vector.expected["verdict"] == "choice" else { return "has \(attributes.keys.sorted()) besides" }
        }
        if let expected = vector.expected["data"], let difference = Self.difference(event.data, expected) { return difference }
        let again = try CloudEvent(decoding: try Self.upgraded(event).encoded(as: .json), format: .json)
        return again == Self.upgraded(event) ? nil : "changes when it is encoded and decoded again"
    }

    private static func upgraded(_ event: CloudEvent) -> CloudEvent {
        var event = event
        event.specVersion = .v1
        return event
    }

    /// Every attribute that is set, with its value.
    private static func attributes(of event: CloudEvent) -> [String: AttributeValue] {
        var attributes: [String: AttributeValue] = [
            "specversion": .string(event.specVersion.description), "id": .string(event.id.rawValue),
            "source": .uriReference(event.source), "type": .string(event.type),
        ]
        attributes["subject"] = event.subject.map(AttributeValue.string)
        attributes["datacontenttype"] = event.dataContentType.map { .string($0.description) }
        attributes[event.specVersion == .v03 ? "schemaurl" : "dataschema"] = event.dataSchema.map(AttributeValue.uriReference)
        attributes["time"] = event.time.map(AttributeValue.timestamp)
        for (name, value) in event.extensions { attributes[name.description] = value }
        return attributes
    }

    private static func difference(_ actual: AttributeValue, _ expected: JSONValue) -> String? {
        let (type, value) = (expected["type"]?.stringValue, expected["value"])
        let isSame =
            switch actual {
            case .boolean(let actual): type == "Boolean" && value == .bool(actual)
            case .integer(let actual): type == "Integer" && value?.numberValue?.integer(as: Int32.self) == actual
            case .string(let actual): type == "String" && value?.stringValue.map { Array($0.utf8) } == Array(actual.utf8)
            case .binary(let actual): type == "Binary" && value?.stringValue == Base64.encode(actual)
            case .uri(let actual): type == "URI" && value?.stringValue == actual.description
            case .uriReference(let actual):
                (type == "URI-reference" || type == "URI" && actual.hasScheme) && value?.stringValue == actual.description
            case .timestamp(let actual):
                type == "Timestamp" && expected["epoch_seconds"]?.numberValue?.integer() == actual.secondsSinceEpoch
                    && expected["nanos"]?.numberValue?.integer() == actual.nanoseconds
                    && expected["offset_minutes"]?.numberValue?.integer() == actual.offsetMinutes
            }
        return isSame ? nil : "is \(actual)"
    }

    private static func difference(_ actual: EventData?, _ expected: JSONValue) -> String? {
        let (kind, bytes): (String, [UInt8]) =
            switch actual {
            case .json(let bytes): ("json", Array(bytes))
            case .text(let text): ("text", Array(text.utf8))
            case .binary(let bytes): ("binary", bytes)
            case nil: ("none", [])
            }
        guard expected["kind"]?.stringValue == kind else { return "data is of kind \(kind)" }
        if let text = expected["bytes_b64"]?.stringValue, Base64.decode(text) != bytes { return "data has other bytes" }
        if let length = expected["length"]?.numberValue?.integer(as: Int.self), length != bytes.count { return "data has other length" }
        return nil
    }

    // MARK: - Encoding

    private func encode(_ vector: Vectors.Case) throws(CloudEventError) -> String? {
        let event = try Self.event(vector.content["input"] ?? .null)
        let bytes = try event.encoded(as: .json)
        guard let actual = try? JSONValue(parsing: bytes) else { return "gives no JSON" }
        let expected = vector.expected["json"].map { [$0] } ?? vector.expected["json_any"]?.arrayValue ?? []
        return expected.contains { Self.isSame(actual, $0) } ? nil : "gives \(String(decoding: bytes, as: UTF8.self))"
    }

    /// Whether two values are equal where numbers are compared by value, since the expected ones have been through another JSON library.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left.double == right.double
        case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(self.isSame)
        case (.object(let members), .object(let others)):
            members.count == others.count
                && members.allSatisfy { right[$0.key].map { [value = $0.value] in self.isSame(value, $0) } == true }
        default: left == right
        }
    }

    private static func event(_ input: JSONValue) throws(CloudEventError) -> CloudEvent {
        let attributes = input["attributes"] ?? .null
        func text(_ name: String) -> String? { attributes[name]?["value"]?.stringValue }
        var event = try CloudEvent(
            id: .init(rawValue: text("id") ?? ""), source: text("source") ?? "", type: text("type") ?? "", subject: text("subject"),
            time: Self.map(text("time")) { text throws(CloudEventError) in try Timestamp(text) },
            dataContentType: Self.map(text("datacontenttype")) { text throws(CloudEventError) in try MediaType(text) },
            dataSchema: Self.map(text("dataschema")) { text throws(CloudEventError) in try URI(text) },
            data: Self.data(input["data"] ?? .null))
        let core: Set = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"]
        for member in attributes.objectValue ?? [] where !core.contains(member.key) {
            event[try ExtensionName(member.key)] = try Self.value(member.value)
        }
        return event
    }

    private static func map<Value>(
        _ text: String?, _ transform: (String) throws(CloudEventError) -> Value
    ) throws(CloudEventError) -> Value? {
        guard let text else { return nil }
        return try transform(text)
    }

    private static func value(_ content: JSONValue) throws(CloudEventError) -> AttributeValue {
        let text = content["value"]?.stringValue ?? ""
        switch content["type"]?.stringValue {
        case "Boolean": return .boolean(content["value"]?.boolValue == true)
        case "Integer":
            // The type of the value cannot hold what the vector wants refused.
            guard let value = content["value"]?.numberValue?.integer(as: Int32.self) else {
                throw CloudEventError(.invalidAttribute, message: "does not fit Int32")
            }
            return .integer(value)
        case "Binary": return .binary(Base64.decode(text) ?? [])
        case "URI": return .uri(try URI(text))
        case "URI-reference": return .uriReference(try URIReference(text))
        case "Timestamp": return .timestamp(try Timestamp(text))
        default: return .string(text)
        }
    }

    private static func data(_ content: JSONValue) -> EventData? {
        let bytes = content["bytes_b64"]?.stringValue.flatMap(Base64.decode) ?? []
        switch content["kind"]?.stringValue {
        case "json": return .json(bytes[...])
        case "text": return .text(String(decoding: bytes, as: UTF8.self))
        case "binary": return .binary(bytes)
        default: return nil
        }
    }
}
