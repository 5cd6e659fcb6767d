// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSTestSupport
import HTTPTypes
import TestSupport
import Testing

/// What of an answer an error keeps, and the modelled errors that are read of it.
@Suite struct ServiceErrorTests {
    /// A modelled error in JSON.
    struct Exists: AWSServiceError, JSONDecodable {
        static var code: AWSErrorCode { "ResourceAlreadyExistsException" }

        var resourceID: String?

        init(from json: inout JSONReader) throws(JSONError) {
            try json.beginObject()
            while let key = try json.nextKey() {
                if key == "resourceId" { self.resourceID = try .init(from: &json) } else { try json.skip() }
            }
        }
    }

    /// A modelled error in XML.
    struct NotFound: AWSXMLServiceError {
        static var code: AWSErrorCode { "NotFound" }

        var resource: String?

        init(from error: inout XMLReader) throws(XMLError) {
            while let element = try error.nextElement() {
                if element == "Resource" { self.resource = try error.readText() } else { try error.skip() }
            }
        }
    }

    static func error(_ status: Int, _ body: String, _ fields: [String: String] = [:]) async throws -> AWSError {
        let client = AWSClient.scripted(ScriptedTransport([.answer(status, body, fields)]))
        do throws(AWSError) {
            _ = try await client.send(Echo())
        } catch {
            return error
        }
        throw AWSError(.invalidRequest, code: "NoError", message: "the call succeeded")
    }

    @Test func `a modelled error is read from JSON`() async throws {
        let body = #"{"message":"exists","resourceId":"a1","new":[1]}"#
        let error = try await Self.error(409, body, ["x-amzn-errortype": "ResourceAlreadyExistsException"])
        #expect(try error.decoded(as: Exists.self)?.resourceID == "a1")
        #expect(try error.decoded(as: NotFound.self) == nil)
    }

    @Test(arguments: [
        "<ErrorResponse><Error><Code>NotFound</Code><Resource>a1</Resource></Error><RequestId>r</RequestId></ErrorResponse>",
        "<ErrorResponse><RequestId>r</RequestId><Error><Resource>a1</Resource><Code>NotFound</Code></Error></ErrorResponse>",
        "<Error><Code>NotFound</Code><Resource>a1</Resource></Error>",
    ])
    func `a modelled error is read from XML`(body: String) async throws {
        #expect(try await Self.error(404, body).decoded(as: NotFound.self)?.resource == "a1")
    }

    @Test(arguments: ["{", "<html>", #"{"resourceId":5}"#, "[]"]) func `members that cannot be read are a typed error`(body: String)
        async throws
    {
        let error = try await Self.error(409, body, ["x-amzn-errortype": "ResourceAlreadyExistsException"])
        #expect(throws: AWSError(.malformedResponse, code: "ResourceAlreadyExistsException", message: "")) {
            try error.decoded(as: Exists.self)
        }
    }

    @Test func `an error without a body has a modelled error without members`() async throws {
        let error = try await Self.error(409, "", ["x-amzn-errortype": "ResourceAlreadyExistsException"])
        #expect(try error.decoded(as: Exists.self)?.resourceID == nil)
    }

    @Test func `header fields, both ids and the body are kept, the body up to a bound`() async throws {
        let body = String(repeating: "x", count: 100_000)
        let error = try await Self.error(400, body, ["x-amz-id-2": "second", "x-amz-request-id": "first", "x-note": "n"])
        #expect(error.requestID == "first" && error.extendedRequestID == "second")
        #expect(error.headers[try #require(HTTPField.Name("x-note"))] == "n")
        #expect(error.body == [UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024))
    }

    @Test(arguments: [
        (#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#, "QueueDoesNotExist"),
        (#"{"message":"gone"}"#, "AWS.SimpleQueueService.NonExistentQueue"), ("", "AWS.SimpleQueueService.NonExistentQueue"),
    ])
    func `the code of a service that came from the query protocol is the model's, or else the old one`(
        body: String, code: AWSErrorCode.RawValue
    ) async throws {
        let error = try await Self.error(400, body, ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"])
        #expect(error.code.rawValue == code)
    }

    struct Asked: Sendable {
        var fields: [String: String]
        var wait: Duration?
    }

    @Test(arguments: [
        Asked(fields: ["Retry-After": "7"], wait: .seconds(7)), Asked(fields: ["x-amz-retry-after": "1500"], wait: .milliseconds(1_500)),
        Asked(fields: ["Retry-After": "7", "x-amz-retry-after": "0"], wait: .zero), Asked(fields: ["Retry-After": "-1"]),
        Asked(fields: ["Retry-After": "9999999999"]), Asked(fields: ["x-amz-retry-after": "soon", "Retry-After": "2"], wait: .seconds(2)),
        Asked(fields: ["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"]),
        Asked(fields: ["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:07 GMT"], wait: .seconds(30)),
        Asked(fields: ["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:50:00 GMT"], wait: .zero),
    ])
    func `a wait that AWS asks for is read from either header field`(asked: Asked) async throws {
        #expect(try await Self.error(503, "", asked.fields).retryAfter == asked.wait)
    }

    @Test func `a body cut anywhere, or of random bytes, makes an error with a code`() async throws {
        let json = #"{"__type":"a#B","message":"m","x":[{"y":null}]}"#
        let xml = "<?xml version=\"1.0\"?><ErrorResponse><Error><Code>C</Code><Message>m</Message></Error></ErrorResponse>"
        var bodies = [json, xml].flatMap { text in (0...text.utf8.count).map { Array(text.utf8.prefix($0)) } }
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<2_000 {
            bodies.append((0..<Int.random(in: 0..<40, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
            var changed = Array((Bool.random(using: &generator) ? json : xml).utf8)
            for _ in 0..<3 { changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(in: .min ... .max, using: &generator) }
            bodies.append(changed)
        }
        let client = AWSClient.scripted(ScriptedTransport(bodies.map { .stream(400, [$0]) }))
        for _ in bodies {
            do throws(AWSError) {
                _ = try await client.send(Echo())
                Issue.record("no error")
            } catch {
                #expect(error.kind == .service && !error.code.rawValue.isEmpty && error.status == 400)
            }
        }
    }
}
