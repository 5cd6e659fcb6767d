// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Testing

@Suite struct FormTests {
    /// An operation with every kind of parameter.
    struct Everything: AWSQueryOperation {
        static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .query(version: "1")) }
        static var name: String { "Everything" }
        typealias Output = Void

        func encode(into request: inout AWSRequestBuilder) {
            request.form("Text", "a b&ü")
            request.form("Missing", nil as String?)
            request.form("Flag", true)
            request.form("Count", -3)
            request.form("Share", 0.5)
            request.form("At", AWSTimestamp(secondsSinceEpoch: 0, nanoseconds: 500_000_000))
            request.form("Bytes", bytes: [0xff])
            request.form("Empty", [] as [String])
            request.form("Pairs", [Pair(key: "k", values: ["1", "2"])])
            request.form("Map", ["b": "2", "a": "1"])
            request.form("Named", ["a": 1], key: "Name", value: "Value")
        }
    }

    struct Pair: AWSFormEncodable {
        var key: String
        var values: [String]

        func encode(into form: inout AWSFormWriter) {
            form.member("Key", self.key)
            form.member("Values", self.values)
        }
    }

    @Test func `structures, lists and maps are written by their path`() throws {
        var builder = AWSRequestBuilder(Everything.self)
        Everything().encode(into: &builder)
        let body = try builder.finish(for: AWSEndpoint(url: "http://127.0.0.1:1")).body
        #expect(
            String(decoding: body, as: UTF8.self).split(separator: "&") == [
                "Action=Everything", "Version=1", "Text=a%20b%26%C3%BC", "Flag=true", "Count=-3", "Share=0.5",
                "At=1970-01-01T00%3A00%3A00.5Z", "Bytes=%2Fw%3D%3D", "Empty=", "Pairs.member.1.Key=k", "Pairs.member.1.Values.member.1=1",
                "Pairs.member.1.Values.member.2=2", "Map.entry.1.key=a", "Map.entry.1.value=1", "Map.entry.2.key=b", "Map.entry.2.value=2",
                "Named.entry.1.Name=a", "Named.entry.1.Value=1",
            ])
    }

    @Test func `lists and maps are read from XML`() throws {
        var xml = try XMLReader(Array("<R><member>1</member><New><A/></New><member>2</member></R>".utf8))
        _ = try xml.nextElement()
        #expect(try [Int](from: &xml) == [1, 2])
        var map = try XMLReader(
            Array("<R><entry><key>a</key><value>1</value><New/></entry><entry><value>2</value><key>b</key></entry><New/></R>".utf8))
        _ = try map.nextElement()
        #expect(try [String: Int](from: &map) == ["a": 1, "b": 2])
    }

    @Test(arguments: ["<R>x</R>", "<R></R>", "<R>99999999999999999999</R>", "<R><A/></R>"]) func `a value of another kind is an error`(
        document: String
    ) throws {
        var xml = try XMLReader(Array(document.utf8))
        _ = try xml.nextElement()
        #expect(throws: XMLError.self) { try Int(from: &xml) }
    }

    @Test func `a token is a UUID, another one each time`() {
        let request = AWSRequestBuilder(Everything.self)
        let token = request.idempotencyToken()
        #expect(token.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(token.split(separator: "-")[2].first == "4")
        #expect(token != request.idempotencyToken())
    }
}
