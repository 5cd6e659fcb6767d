// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct PageTests {
    @Test func `the entries of all pages come one after the other`() async throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"things": [{"thingName": "a"}, {"thingName": "b"}], "nextToken": "t 1"}"#),
            .answer(200, #"{"things": [], "nextToken": "t2"}"#), .answer(200, #"{"things": [{"thingName": "c"}], "nextToken": ""}"#),
        ])
        var names: [String?] = []
        for try await thing in IoTCoreClient(.scripted(transport)).items(of: ListThings(maxResults: 2)) { names.append(thing.thingName) }
        #expect(names == ["a", "b", "c"])
        #expect(
            transport.requests.map(\.head.path) == [
                "/things?maxResults=2", "/things?nextToken=t%201&maxResults=2", "/things?nextToken=t2&maxResults=2",
            ])
    }

    @Test func `the data plane has its own endpoint, and its own errors`() async throws {
        let transport = ScriptedTransport([
            .answer(404, #"{"message": "No shadow exists"}"#, ["x-amzn-ErrorType": "ResourceNotFoundException"])
        ])
        let error = await #expect(throws: AWSError.self) {
            try await IoTCoreClient(.scripted(transport)).send(IoTData.GetThingShadow(thingName: "a/b", shadowName: "x"))
        }
        #expect(transport.requests.first?.head.path == "/things/a%2Fb/shadow?name=x")
        #expect(transport.requests.first?.head.authority == "data-ats.iot.eu-west-1.amazonaws.com")
        #expect(try error?.decoded(as: IoTData.ResourceNotFoundException.self)?.message == "No shadow exists")
        #expect(try error?.decoded(as: IoTData.ConflictException.self) == nil)
    }

    @Test func `what holds a private key shows it in no description`() throws {
        let answer = #"{"certificatePem": "pem", "keyPair": {"PublicKey": "public", "PrivateKey": "very secret"}}"#
        let output = try JSONReader.decode(CreateKeysAndCertificate.Output.self, from: Array(answer.utf8))
        #expect(output.keyPair?.privateKey == "very secret")
        #expect(!"\(output)".contains("very secret"))
        #expect(!String(reflecting: output).contains("very secret"))
    }
}
