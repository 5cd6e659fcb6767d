// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import TestSupport
import Testing

@Suite struct PolicyDocumentTests {
    static let scope = PolicyDocument.Scope(region: "eu-west-1", account: "123456789012")

    static let document = PolicyDocument(
        id: "device",
        [
            .allow(.connect, on: .client("\(.thingName)", in: Self.scope), if: .isAttached),
            .allow(
                .publish, .receive, on: .topic("devices/\(.thingName)/*", in: Self.scope),
                .topic("groups/\(.thingAttribute("group"))", in: Self.scope)),
            .deny(.subscribe, on: .topicFilter("devices/+/secret", in: Self.scope)),
        ])

    static let text = """
        {"Version":"2012-10-17","Id":"device","Statement":[\
        {"Effect":"Allow","Action":["iot:Connect"],\
        "Resource":["arn:aws:iot:eu-west-1:123456789012:client/${iot:Connection.Thing.ThingName}"],\
        "Condition":{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}},\
        {"Effect":"Allow","Action":["iot:Publish","iot:Receive"],\
        "Resource":["arn:aws:iot:eu-west-1:123456789012:topic/devices/${iot:Connection.Thing.ThingName}/*",\
        "arn:aws:iot:eu-west-1:123456789012:topic/groups/${iot:Connection.Thing.Attributes[group]}"]},\
        {"Effect":"Deny","Action":["iot:Subscribe"],\
        "Resource":["arn:aws:iot:eu-west-1:123456789012:topicfilter/devices/+/secret"]}]}
        """

    @Test func `a document is written as AWS has it, and read back`() throws {
        #expect(try Self.document.text() == Self.text)
        #expect(try PolicyDocument(parsing: Self.text) == Self.document)
        try Self.document.validate()
    }

    @Test func `one statement, one action and one resource may stand without an array`() throws {
        let text = #"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*", "Sid": "all"}}"#
        #expect(try PolicyDocument(parsing: text) == PolicyDocument([.init(.allow, ["iot:*"], on: [.all], id: "all")]))
    }

    @Test func `a document without a version has the old one`() throws {
        #expect(try PolicyDocument(parsing: #"{"Statement": []}"#).version == "2008-10-17")
    }

    @Test func `conditions of one operator are written together, and flags are read as texts`() throws {
        var document = PolicyDocument([
            .allow(.connect, on: .all, if: .init(.stringEquals, .clientID, "a"), .init(.stringEquals, .domainName, "b", "c"))
        ])
        let text = try document.text()
        #expect(text.contains(#""Condition":{"StringEquals":{"iot:ClientId":["a"],"iot:DomainName":["b","c"]}}"#))
        document = try PolicyDocument(
            parsing: #"{"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"Bool": {"k": true, "n": [1]}}}}"#)
        #expect(document.statements.first?.conditions == [.init(.bool, "k", "true"), .init(.bool, "n", "1")])
    }

    @Test(arguments: ["StringNotEquals", "StringNotLikeIfExists", "ForAllValues:StringNotEquals", "NotIpAddress"])
    func `two negated conditions on a key are one, of which no value may fit`(comparison: String) throws {
        let document = PolicyDocument([
            .allow(
                .connect, on: .all, if: .init(.init(rawValue: comparison), .clientID, "a"),
                .init(.init(rawValue: comparison), .clientID, "b"))
        ])
        #expect(try document.text().contains(#""Condition":{"\#(comparison)":{"iot:ClientId":["a","b"]}}"#))
    }

    @Test(arguments: ["StringEquals", "StringLike", "IpAddress", "ForAnyValue:StringNotEquals"], ["iot:ClientId", "iot:clientid"])
    func `two conditions that must both hold are refused where a document could say only that one of them must`(
        comparison: String, key: String
    ) {
        let conditions: [PolicyDocument.Condition] = [
            .init(.init(rawValue: comparison), "iot:ClientId", "a"), .init(.init(rawValue: comparison), .init(rawValue: key), "b"),
        ]
        let document = PolicyDocument([.init(.allow, [.connect], on: [.all], if: conditions)])
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try document.text() }
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try document.validate() }
    }

    @Test(arguments: [
        #"{"Statement": [], "Principal": "*"}"#, #"{"Statement": {"Effect": "Allow", "NotAction": "iot:*", "Resource": "*"}}"#,
        #"{"Statement": {"Effect": "Perhaps"}}"#, #"{"Statement": {"Effect": "Allow", "Action": 1, "Resource": {}}}"#,
        #"{"Statement": {"Effect": "Allow", "Condition": []}}"#, #"{"Statement": {"Effect": "Allow", "Condition": {"Bool": 1}}}"#,
        #"{"Statement": [], "Statement": []}"#, #"{"Version": 1, "Statement": []}"#, "[]", "", "{",
    ])
    func `what is no document of a policy is refused, and nothing of it is dropped`(text: String) {
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try PolicyDocument(parsing: text) }
    }

    @Test func `no truncation of a document is one`() {
        for length in 0..<Self.text.utf8.count {
            #expect(throws: IoTCoreError.self) { try PolicyDocument(parsing: String(Self.text.prefix(length))) }
        }
    }

    @Test func `no bytes in a document trap`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2_000 {
            var bytes = Array(Self.text.utf8)
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator) }
            let document = try? PolicyDocument(parsing: String(decoding: bytes, as: UTF8.self))
            try? document?.validate()
        }
    }

    @Test(arguments: [
        PolicyDocument([]), PolicyDocument(version: "2020-01-01", [.allow(.connect, on: .all)]),
        PolicyDocument([.init(.allow, [], on: [.all])]),
        PolicyDocument([.init(.allow, [.connect], on: [])]), PolicyDocument([.allow("Connect", on: .all)]),
        PolicyDocument([.allow("iot:${iot:ClientId}", on: .all)]), PolicyDocument([.allow(.connect, on: "client/a")]),
        PolicyDocument([.allow(.connect, on: "arn:aws:iot:eu-west-1")]),
        PolicyDocument(version: "2008-10-17", [.allow(.connect, on: .client("\(.clientID)", in: Self.scope))]),
        PolicyDocument([.allow(.connect, on: .all, if: .init(.bool, .isAttached))]),
    ])
    func `a document that AWS would refuse is refused here`(document: PolicyDocument) {
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try document.validate() }
    }

    @Test func `a document has 2048 characters at most, white space not counted`() throws {
        let short = PolicyDocument([.allow(.connect, on: .all)])
        let spare = PolicyDocument.maximumLength - (try short.length())
        var document = PolicyDocument([.init(.allow, [.connect], on: [.init(rawValue: "*")], id: "")])
        let overhead = try document.length() - short.length()
        document.statements[0].id =
            String(repeating: "a b ", count: (spare - overhead) / 2) + String(repeating: "x", count: (spare - overhead) % 2)
        #expect(try document.length() == PolicyDocument.maximumLength)
        try document.validate()
        document.statements[0].id? += "x"
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try document.validate() }
    }

    @Test(arguments: [("a", true), ("A_b+c=d,e.f@g-1", true), ("", false), ("a b", false), ("ä", false), ("a/b", false)])
    func `the name of a policy has the characters of AWS`(name: String, isValid: Bool) {
        #expect(((try? PolicyDocument.validateName(name)) != nil) == isValid)
    }

    @Test func `the name of a policy has 128 characters at most`() throws {
        try PolicyDocument.validateName(String(repeating: "a", count: 128))
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try PolicyDocument.validateName(String(repeating: "a", count: 129)) }
    }
}
