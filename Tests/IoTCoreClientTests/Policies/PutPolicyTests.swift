// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Testing
import Transport

@Suite struct PutPolicyTests {
    static let document = PolicyDocument([.allow(.connect, on: .all)])
    static let other = #"{\"Version\":\"2012-10-17\",\"Statement\":[]}"#
    static let present = #"{"policyName": "p", "policyArn": "arn", "defaultVersionId": "7", "policyDocument": "\#(Self.other)"}"#

    /// Five versions, of which 3 is the oldest and 4, in the middle, the default.
    static let versions = """
        {"policyVersions": [{"versionId": "12", "isDefaultVersion": false}, {"versionId": "3", "isDefaultVersion": false},
        {"versionId": "4", "isDefaultVersion": true}, {"versionId": "11", "isDefaultVersion": false},
        {"versionId": "5", "isDefaultVersion": false}]}
        """

    @Test func `a policy that is not there is made`() async throws {
        let script = Script(.notFound, .answer(200, #"{"policyArn": "arn", "policyVersionId": "1"}"#))
        let result = try await script.iot.putPolicy("p", document: Self.document, tags: [Tag(key: "k", value: "v")])
        #expect(result == PutPolicyResult(change: .created, arn: "arn", versionID: "1"))
        #expect(script.calls == ["GET /policies/p", "POST /policies/p"])
        #expect(try script.body(1)["policyDocument"]?.stringValue == Self.document.text())
        #expect(try script.body(1)["tags"] == [["Key": "k", "Value": "v"]])
    }

    @Test func `a policy with the same document in other white space and order stays`() async throws {
        let text =
            #"{\"Statement\": [{\"Resource\": [\"*\"], \"Effect\": \"Allow\", \"Action\": [\"iot:Connect\"]}], \"Version\": \"2012-10-17\"}"#
        let script = Script(.answer(200, #"{"policyArn": "arn", "defaultVersionId": "7", "policyDocument": "\#(text)"}"#))
        let result = try await script.iot.putPolicy("p", document: Self.document)
        #expect(result == PutPolicyResult(change: .unchanged, arn: "arn", versionID: "7"))
        #expect(script.calls == ["GET /policies/p"])
    }

    @Test func `another document becomes the default version, and at five the oldest that is not the default is dropped`() async throws {
        let script = Script(
            .answer(200, Self.present), .answer(200, Self.versions), .done, .answer(200, #"{"policyVersionId": "13"}"#))
        let result = try await script.iot.putPolicy("p", document: Self.document)
        #expect(result.change == .updated && result.versionID == "13")
        #expect(
            script.calls == ["GET /policies/p", "GET /policies/p/version", "DELETE /policies/p/version/3", "POST /policies/p/version"])
        #expect(script.transport.requests.last?.head.path?.contains("setAsDefault=true") == true)
    }

    @Test func `a policy that another makes meanwhile is read anew`() async throws {
        let script = Script(.notFound, .alreadyExists, .answer(200, Self.present), .answer(200, #"{"policyVersions": []}"#), .done)
        #expect(try await script.iot.putPolicy("p", document: Self.document).change == .updated)
        #expect(script.calls.count == 5)
    }

    @Test func `room that another takes meanwhile is made anew`() async throws {
        let script = Script(
            .answer(200, Self.present), .answer(200, Self.versions), .refusal(409, "DeleteConflictException"),
            .refusal(409, "VersionsLimitExceededException"), .answer(200, Self.present), .answer(200, Self.versions), .notFound, .done)
        #expect(try await script.iot.putPolicy("p", document: Self.document).change == .updated)
        #expect(script.calls.count == 8)
    }

    @Test func `a version whose answer is lost is looked for before it is made again`() async throws {
        let text = try Self.document.text().replacing("\"", with: "\\\"")
        let made = #"{"policyArn": "arn", "defaultVersionId": "8", "policyDocument": "\#(text)"}"#
        let script = Script(
            attempts: 3, .answer(200, Self.present), .answer(200, #"{"policyVersions": []}"#), .fail(.connectionClosed), .answer(200, made))
        #expect(try await script.iot.putPolicy("p", document: Self.document).change == .unchanged)
        #expect(script.calls == ["GET /policies/p", "GET /policies/p/version", "POST /policies/p/version", "GET /policies/p"])
    }

    @Test func `who keeps finding another document gives up with an error that says so`() async throws {
        let round: [ScriptedTransport.Step] = [
            .answer(200, Self.present), .answer(200, #"{"policyVersions": []}"#), .refusal(409, "VersionsLimitExceededException"),
        ]
        let transport = ScriptedTransport((0..<10).flatMap { _ in round })
        let iot = IoTCoreClient(.scripted(transport))
        let failure = await error { () throws(IoTCoreError) in _ = try await iot.putPolicy("p", document: Self.document) }
        #expect(failure?.code == .contended)
        #expect(failure?.isRetryable == true)
        #expect(transport.requests.count == 30)
    }

    @Test func `nothing is sent for a document or a name that AWS would refuse`() async throws {
        let script = Script()
        let document = await error { () throws(IoTCoreError) in _ = try await script.iot.putPolicy("p", document: PolicyDocument([])) }
        let name = await error { () throws(IoTCoreError) in _ = try await script.iot.putPolicy("a b", document: Self.document) }
        #expect(document?.code == .invalidInput && name?.code == .invalidInput)
        #expect(script.calls.isEmpty)
    }

    @Test func `an answer without the document is no reason to make another version`() async throws {
        let script = Script(.done)
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.putPolicy("p", document: Self.document) }
        #expect(failure?.code == .malformedAnswer)
        #expect(script.calls == ["GET /policies/p"])
    }

    @Test func `a refusal is an error with its cause`() async throws {
        let script = Script(.refusal(403, "UnauthorizedException"))
        let failure = await error { () throws(IoTCoreError) in _ = try await script.iot.putPolicy("p", document: Self.document) }
        #expect(failure?.code == .service)
        #expect(failure?.cause?.status == 403)
        #expect(failure?.isRetryable == false)
    }
}
