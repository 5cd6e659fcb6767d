// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSTestSupport
import HTTPTypes
import Testing

@Suite struct AWSErrorTests {
    struct Answer: Sendable {
        var status: Int
        var body: String
        var fields: [String: String] = [:]
        var code: AWSErrorCode
        var message: String
        var requestID: String?
    }

    @Test(arguments: [
        Answer(
            status: 404, body: #"{"message":"no such CA"}"#, fields: ["x-amzn-ErrorType": "ResourceNotFoundException:http://internal/"],
            code: "ResourceNotFoundException", message: "no such CA"),
        Answer(
            status: 400, body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","Message":"gone"}"#, code: "QueueDoesNotExist",
            message: "gone"),
        Answer(
            status: 400,
            body: """
                <?xml version="1.0"?><ErrorResponse xmlns="http://x/"><Error><Type>Sender</Type><Code>ValidationError</Code>\
                <Message>Stack with id x does not exist</Message></Error><RequestId>r-1</RequestId></ErrorResponse>
                """, code: "ValidationError", message: "Stack with id x does not exist", requestID: "r-1"),
        Answer(
            status: 403, body: "<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message></Error>", code: "SignatureDoesNotMatch",
            message: "m"),
        Answer(
            status: 403,
            body:
                #"{"message":"The signature does not match. Check your key.\n\nThe Canonical String for this request should have been\n'GET\n/\n\nx-amz-security-token:secret\n'"}"#,
            fields: ["x-amzn-errortype": "InvalidSignatureException"], code: "InvalidSignatureException",
            message: "The signature does not match. Check your key."),
        Answer(
            status: 403, body: "no JSON. The Canonical String for this request should have been 'x-amz-security-token:secret'",
            code: .unknown, message: "HTTP 403, 93 bytes: no JSON."),
        Answer(
            status: 502, body: "<html><head><title>502 Bad\nGateway</title>", code: .unknown,
            message: "HTTP 502, 42 bytes: <html><head><title>502 Bad Gateway</title>"),
        Answer(
            status: 500, body: "", fields: ["x-amzn-requestid": "r-2"], code: .unknown, message: "HTTP 500 without a body", requestID: "r-2"
        ),
        Answer(
            status: 400, body: #"{"__type":17,"message":{}}"#, code: .unknown, message: #"HTTP 400, 26 bytes: {"__type":17,"message":{}}"#),
        Answer(status: 400, body: "{", fields: ["x-amzn-errortype": ":"], code: .unknown, message: "HTTP 400, 1 bytes: {"),
        Answer(
            status: 500, body: "<ErrorResponse><Error><Code>InternalFailure</Code>", code: "InternalFailure",
            message: "HTTP 500, 50 bytes: <ErrorResponse><Error><Code>InternalFailure</Code>"),
    ])
    func `an error answer in any form gives code, message and request id`(answer: Answer) async throws {
        let transport = ScriptedTransport([.answer(answer.status, answer.body, answer.fields)])
        let client = try AWSClientTests.client(transport, attempts: 1)
        do {
            _ = try await client.send(Echo())
            Issue.record("no error")
        } catch {
            #expect(error.code == answer.code)
            #expect(error.message == answer.message)
            #expect(error.status == answer.status)
            #expect(error.requestID == answer.requestID)
        }
    }

    @Test func `a long body is cut in the message`() async throws {
        let transport = ScriptedTransport([.answer(400, String(repeating: "x", count: 100_000))])
        let client = try AWSClientTests.client(transport, attempts: 1)
        do {
            _ = try await client.send(Echo())
            Issue.record("no error")
        } catch {
            #expect(error.message.utf8.count < 600)
        }
    }

    @Test(arguments: ["", "[]", "null", "{", #"{"text":5}"#, "{} x", "<a/>"]) func `a broken answer of success is a typed error`(
        body: String
    ) async throws {
        // An empty body counts as an empty object, and an object without the member is one that AWS left it out of.
        let transport = ScriptedTransport([.answer(200, body)])
        let client = try AWSClientTests.client(transport, attempts: 1)
        if body.isEmpty {
            #expect(try await client.send(Echo()) == nil)
        } else {
            await #expect(throws: AWSError(.malformedResponse, code: "MalformedResponse", message: "")) { try await client.send(Echo()) }
        }
    }

    @Test(arguments: ["topsecret", #"{"text":"topsecret""#, #"{"text":5,"topsecret":1}"#, #"{"topsecret":tru}"#])
    func `nothing of a broken answer of success is in its error, but what kind of thing it is`(body: String) async throws {
        let client = try AWSClientTests.client(ScriptedTransport([.answer(200, body, ["Content-Type": "text/plain"])]), attempts: 1)
        let error = await #expect(throws: AWSError.self) { try await client.send(Echo()) }
        let text = error.map { "\($0)" } ?? ""
        #expect(!text.contains("topsecret"))
        #expect(text.contains("(HTTP 200, \(body.utf8.count) bytes, text/plain)"))
    }

    @Test(arguments: ["topsecret", "<QueryEchoResponse><QueryEchoResult>topsecret"])
    func `nothing of a broken XML answer of success is in its error`(body: String) async throws {
        let client = try AWSClientTests.client(ScriptedTransport([.answer(200, body)]), attempts: 1)
        let error = await #expect(throws: AWSError.self) { try await client.send(QueryEcho()) }
        #expect(error.map { !"\($0)".contains("topsecret") } == true)
    }

    @Test(arguments: ["", "<html>", "<QueryEchoResponse/>", "<QueryEchoResponse><QueryEchoResult>", "<Other><QueryEchoResult/></Other>"])
    func `a broken XML answer of success is a typed error`(body: String) async throws {
        let client = try AWSClientTests.client(ScriptedTransport([.answer(200, body)]), attempts: 1)
        await #expect(throws: AWSError(.malformedResponse, code: "MalformedResponse", message: "")) { try await client.send(QueryEcho()) }
    }
}
