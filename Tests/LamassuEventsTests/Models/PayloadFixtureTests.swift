// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import Testing

/// Every schema of the catalogue has a payload in Tests/Fixtures/lamassu-payloads that is never changed, so that what a schema once said is
/// read for ever.
@Suite struct PayloadFixtureTests {
    /// A model and the payload of its schema.
    struct Fixture: Sendable, CustomTestStringConvertible {
        let payload: any EventPayload.Type
        var testDescription: String { self.payload.schema.name }

        func bytes() throws -> [UInt8] {
            let schema = self.payload.schema
            guard schema.name.hasSuffix(".update") else { return try Sample.payload(ofSchema: schema.name, version: schema.version) }
            let part = try JSONValue(
                parsing: Sample.payload(ofSchema: String(schema.name.dropLast(".update".count)), version: schema.version))
            return try JSONValue.object([.init(key: "previous", value: part), .init(key: "updated", value: part)]).encoded()
        }
    }

    static let fixtures = Dictionary(EventDefinition.catalogue.compactMap(\.payload).map { ($0.schema, $0) }) { first, _ in first }
        .values.map { Fixture(payload: $0) }.sorted { $0.testDescription < $1.testDescription }

    private static func decode<Payload: EventPayload>(_ type: Payload.Type, _ bytes: [UInt8]) throws(JSONError) -> any EventPayload {
        try JSONReader.decode(Payload.self, from: bytes)
    }

    private static func expectRoundTrip(_ fixture: Fixture, _ value: JSONValue) throws {
        let model = try Self.decode(fixture.payload, value.encoded())
        #expect(try JSONValue(parsing: JSONWriter.encode(model)) == value)
    }

    @Test(arguments: Self.fixtures) func `a payload of each schema is known member by member, and comes back as it was`(_ fixture: Fixture)
        throws
    {
        let bytes = try fixture.bytes()
        let model = try Self.decode(fixture.payload, bytes)
        #expect(Self.unknownMembers(of: model).isEmpty)
        try Self.expectRoundTrip(fixture, JSONValue(parsing: bytes))
    }

    @Test(arguments: Self.fixtures) func `members that this release does not know are kept, wherever they stand`(_ fixture: Fixture) throws
    {
        var value = try JSONValue(parsing: fixture.bytes())
        Self.extend(&value)
        try Self.expectRoundTrip(fixture, value)
    }

    @Test(arguments: Self.fixtures) func `a list may be null`(_ fixture: Fixture) throws {
        var value = try JSONValue(parsing: fixture.bytes())
        Self.blankLists(&value)
        _ = try Self.decode(fixture.payload, value.encoded())
    }

    @Test(arguments: Self.fixtures) func `no prefix of a payload is one, and bytes changed at random are read or refused`(
        _ fixture: Fixture
    ) throws {
        let bytes = try fixture.bytes()
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
        // Every prefix of a short payload, and about 300 of a long one.
        for length in stride(from: 0, to: end, by: max(1, end / 300)) {
            if (try? Self.decode(fixture.payload, Array(bytes[..<length]))) != nil { Issue.record("\(length) bytes are a payload") }
        }
        var generator = SplitMix(seed: 11)
        for _ in 0..<200 {
            var changed = bytes
            for _ in 0..<3 {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let model = try? Self.decode(fixture.payload, changed) else { continue }
            // What was read can be written.
            _ = try JSONWriter.encode(model)
        }
    }

    @Test(arguments: Self.fixtures) func `a payload that is no object is refused`(_ fixture: Fixture) {
        for text in ["[]", "null", "17", #""text""#] {
            #expect(throws: JSONError.self) { try Self.decode(fixture.payload, Array(text.utf8)) }
        }
    }

    // MARK: Payloads, changed

    private static func unknownMembers(of value: Any) -> [String] {
        Mirror(reflecting: value).children.flatMap { label, child in
            if label == "additional", let members = child as? [JSONValue.Member] { return members.map(\.key) }
            return child is JSONValue ? [] : self.unknownMembers(of: child)
        }
    }

    /// Objects whose members are named by whoever writes them.
    private static let dictionaries: Set = ["slots", "events", "versions"]

    private static func extend(_ value: inout JSONValue, isDictionary: Bool = false) {
        switch value {
        case .array(var elements):
            for index in elements.indices { self.extend(&elements[index]) }
            value = .array(elements)
        case .object(var members):
            for index in members.indices {
                self.extend(&members[index].value, isDictionary: self.dictionaries.contains(members[index].key))
            }
            if !isDictionary { members.append(.init(key: "from_tomorrow", value: ["a": [1, true, nil]])) }
            value = .object(members)
        default: break
        }
    }

    private static func blankLists(_ value: inout JSONValue) {
        switch value {
        case .array: value = nil
        case .object(var members):
            for index in members.indices { self.blankLists(&members[index].value) }
            value = .object(members)
        default: break
        }
    }
}
