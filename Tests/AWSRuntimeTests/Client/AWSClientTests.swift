// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import Logging
import Synchronization
import Testing
import Transport

@Suite struct AWSClientTests {
    /// A client whose waits are noted, not waited for.
    static func client(_ transport: ScriptedTransport, waits: Waits = Waits(), attempts: Int = 3) throws -> AWSClient {
        let configuration = AWSConfiguration(
            region: "eu-west-1",
            credentials: StaticCredentialsProvider(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoint: try AWSEndpoint(url: "http://127.0.0.1:1/base"), retry: AWSRetryPolicy(maximumAttempts: attempts))
        return AWSClient(
            configuration, transport: transport, logger: Logger(label: "test"), clock: ClientClock(sleep: { waits.append($0) }))
    }

    final class Waits: Sendable {
        private let values = Mutex<[Duration]>([])
        var all: [Duration] { self.values.withLock { $0 } }
        func append(_ wait: Duration) { self.values.withLock { $0.append(wait) } }
    }

    @Test func `a request carries path, query, header fields, body and a signature`() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"new": [1, {"a": null}], "text": "yes"}"#)])
        let output = try await Self.client(transport).send(Echo(text: "hi", limit: 5))
        #expect(output == "yes")
        let request = try #require(transport.requests.first)
        #expect(request.head.method == .put)
        #expect(request.head.path == "/base/things/a%2Fb%20c/echo?limit=5&exact=true")
        #expect(request.head.authority == "127.0.0.1:1")
        #expect(request.body == Array(#"{"text":"hi"}"#.utf8))
        #expect(request.head.headerFields[.contentType] == "application/json")
        #expect(request.head.headerFields[HTTPField.Name("x-amzn-note")!] == "n-hi")
        let authorization = try #require(request.head.headerFields[.authorization])
        #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/"))
        #expect(authorization.contains("/eu-west-1/test/aws4_request"))
    }

    @Test func `a name that would make the path another operation's is not sent`() async throws {
        let transport = ScriptedTransport([])
        let client = try Self.client(transport)
        await #expect(throws: AWSError(.invalidRequest, code: "InvalidRequest", message: "")) { try await client.send(Echo(name: "")) }
        #expect(transport.requests.isEmpty)
    }

    @Test func `the query protocol sends a form and reads XML`() async throws {
        let transport = ScriptedTransport([
            .answer(200, "<QueryEchoResponse><QueryEchoResult><New><A/></New><Text>a&amp;b</Text></QueryEchoResult></QueryEchoResponse>")
        ])
        #expect(try await Self.client(transport).send(QueryEcho()) == "a&b")
        #expect(transport.requests[0].body == Array("Action=QueryEcho&Version=2010-05-15&Text=a%20b%26c%3D%C3%BC".utf8))
        #expect(transport.requests[0].head.method == .post)
    }

    @Test func `the JSON 1.0 protocol names the operation in a header field`() async throws {
        let transport = ScriptedTransport([.answer(200, "")])
        try await Self.client(transport).send(TargetEcho())
        #expect(transport.requests[0].head.headerFields[HTTPField.Name("X-Amz-Target")!] == "TestService.TargetEcho")
        #expect(transport.requests[0].body == Array("{}".utf8))
        #expect(transport.requests[0].head.headerFields[.contentType] == "application/x-amz-json-1.0")
    }

    @Test func `the JSON 1.1 protocol has a media type of its own`() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"text":"back"}"#)])
        let output = try await Self.client(transport).send(LaterTargetEcho(text: "there"))
        #expect(output == "back")
        let request = transport.requests[0]
        #expect(request.head.method == .post)
        #expect(request.head.headerFields[HTTPField.Name("X-Amz-Target")!] == "TestService.LaterTargetEcho")
        #expect(request.head.headerFields[.contentType] == "application/x-amz-json-1.1")
        #expect(request.body == Array(#"{"text":"there"}"#.utf8))
    }

    @Test(arguments: [
        ScriptedTransport.Step.answer(500, "<html><body>oh no</body></html>"), .answer(429, #"{"message":"slow down"}"#), .answer(503, ""),
        .answer(400, #"{"__type":"com.amazon#ThrottlingException"}"#), .fail(.connectionClosed), .fail(.timedOut),
        .answer(200, "<html>a proxy's page</html>"), .answer(403, #"{"__type":"ExpiredTokenException"}"#),
    ])
    func `what may pass is tried again, signed anew`(step: ScriptedTransport.Step) async throws {
        let transport = ScriptedTransport([step, step, .answer(200, #"{"text":"done"}"#)])
        let waits = Waits()
        #expect(try await Self.client(transport, waits: waits).send(Echo()) == "done")
        #expect(transport.requests.count == 3)
        #expect(waits.all.count == 2)
    }

    @Test(arguments: [
        ScriptedTransport.Step.answer(403, #"{"message":"no"}"#, ["x-amzn-errortype": "AccessDeniedException:http://x/"]),
        .answer(404, #"{"__type":"ResourceNotFoundException"}"#), .answer(400, ""), .answer(410, "<html>"), .fail(.tlsVerificationFailed),
        .fail(.cancelled), .answer(410, #"{"__type":"LimitExceededException"}"#),
    ])
    func `what is refused is not tried again`(step: ScriptedTransport.Step) async throws {
        let transport = ScriptedTransport([step, .answer(200, "{}")])
        let client = try Self.client(transport)
        await #expect(throws: AWSError.self) { try await client.send(Echo()) }
        #expect(transport.requests.count == 1)
    }

    @Test func `when the attempts are used up the last error says how many there were`() async throws {
        let transport = ScriptedTransport([.answer(500, ""), .answer(502, ""), .answer(503, "", ["x-amzn-requestid": "r-3"])])
        let client = try Self.client(transport)
        do {
            _ = try await client.send(Echo())
            Issue.record("no error")
        } catch {
            #expect(error.kind == .service && error.status == 503 && error.attempts == 3 && error.requestID == "r-3" && error.isRetryable)
            #expect(error.code == .unknown)
        }
    }

    @Test func `a wait that AWS asks for is kept`() async throws {
        let transport = ScriptedTransport([.answer(429, "", ["Retry-After": "7"]), .answer(200, "{}")])
        let waits = Waits()
        _ = try await Self.client(transport, waits: waits).send(Echo())
        #expect(waits.all == [.seconds(7)])
    }

    @Test func `without credentials nothing is sent`() async throws {
        let transport = ScriptedTransport([])
        let configuration = AWSConfiguration(region: "eu-west-1", credentials: EnvironmentCredentialsProvider(environment: [:]))
        let client = AWSClient(configuration, transport: transport, logger: Logger(label: "test"))
        await #expect(throws: AWSError(.credentials, code: "NoCredentials", message: "")) { try await client.send(Echo()) }
        #expect(transport.requests.isEmpty)
    }

    @Test func `cancelling ends the wait for another attempt`() async throws {
        let transport = ScriptedTransport([.answer(500, "", ["Retry-After": "20"])])
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: StaticCredentialsProvider(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret")),
            endpoint: try AWSEndpoint(url: "http://127.0.0.1:1"))
        let client = AWSClient(configuration, transport: transport, logger: Logger(label: "test"))
        await withTaskGroup(of: AWSError?.self) { group in
            group.addTask {
                do throws(AWSError) {
                    _ = try await client.send(Echo())
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            #expect(await group.next() == AWSError(.cancelled, code: "Cancelled", message: ""))
        }
    }
}
