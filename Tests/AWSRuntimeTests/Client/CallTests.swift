// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import AWSTestSupport
import HTTPTypes
import Logging
import Synchronization
import Testing
import Transport

/// What a client does in a call beside sending it: time limits, the clock, credentials that expire, interceptors, header fields.
@Suite(.timeLimit(.minutes(1))) struct CallTests {
    static let credentials = StaticCredentialsProvider(AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret"))

    static func client(
        _ transport: any HTTPTransport, now: Int64 = 1_440_938_160, _ change: (inout AWSConfiguration) -> Void = { _ in }
    ) throws -> AWSClient {
        var configuration = AWSConfiguration(
            region: "eu-west-1", credentials: Self.credentials, endpoint: try AWSEndpoint(url: "http://127.0.0.1:1"))
        change(&configuration)
        return AWSClient(
            configuration, transport: transport, logger: Logger(label: "test"),
            clock: ClientClock(now: { AWSTimestamp(secondsSinceEpoch: now) }, sleep: { _ in }))
    }

    private static func field(_ name: String, of request: HTTPTransportRequest) -> String? {
        HTTPField.Name(name).flatMap { request.head.headerFields[$0] }
    }

    // MARK: Time limits

    @Test func `a call that is not done in its time is a typed error, and its attempt is cancelled`() async throws {
        let client = try Self.client(HangingTransport()) { $0.callTimeout = .milliseconds(20) }
        await #expect(throws: AWSError(.timedOut, code: "CallTimedOut", message: "")) { try await client.send(Echo()) }
    }

    @Test func `a call with a time limit is done as one without`() async throws {
        let transport = ScriptedTransport([.answer(500, ""), .answer(200, #"{"text":"yes"}"#)])
        let client = try Self.client(transport) { $0.callTimeout = .seconds(3_600) }
        #expect(try await client.send(Echo()) == "yes")
    }

    @Test func `a call with a time limit ends at once when its task is cancelled`() async throws {
        let client = try Self.client(HangingTransport()) { $0.callTimeout = .seconds(3_600) }
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
            #expect(await group.next() == AWSError(.cancelled, code: "cancelled", message: ""))
        }
    }

    @Test func `a wait that the call has no time for ends it with the error at hand`() async throws {
        let transport = ScriptedTransport([.answer(503, "", ["Retry-After": "20"])])
        let client = try Self.client(transport) { $0.callTimeout = .seconds(10) }
        do {
            _ = try await client.send(Echo())
            Issue.record("no error")
        } catch {
            #expect(error.status == 503 && error.attempts == 1)
        }
    }

    @Test func `an attempt has the limits of the configuration`() async throws {
        let transport = ScriptedTransport([.answer(200, "{}")])
        let client = try Self.client(transport) {
            $0.attemptTimeout = .seconds(7)
            $0.connectTimeout = .seconds(2)
        }
        _ = try await client.send(Echo())
        #expect(transport.requests[0].timeout == .seconds(7) && transport.requests[0].connectTimeout == .seconds(2))
    }

    // MARK: Clock and credentials

    @Test func `a clock that is wrong is corrected by the answer, at once and for later calls`() async throws {
        let date = "Sun, 30 Aug 2015 13:36:00 GMT"
        let transport = ScriptedTransport([
            .answer(403, #"{"__type":"RequestTimeTooSkewed"}"#, ["Date": date]), .answer(200, "{}"), .answer(200, "{}"),
        ])
        // 12:36:00 by this machine's clock.
        let client = try Self.client(transport)
        _ = try await client.send(Echo())
        _ = try await client.send(Echo())
        #expect(
            transport.requests.map { Self.field("x-amz-date", of: $0) } == ["20150830T123600Z", "20150830T133600Z", "20150830T133600Z"])
    }

    @Test func `a signature that is refused with the clock right is not tried again`() async throws {
        let transport = ScriptedTransport([
            .answer(403, #"{"__type":"SignatureDoesNotMatch"}"#, ["Date": "Sun, 30 Aug 2015 12:36:05 GMT"]), .answer(200, "{}"),
        ])
        let client = try Self.client(transport)
        await #expect(throws: AWSError(.service, code: "SignatureDoesNotMatch", message: "")) { try await client.send(Echo()) }
        #expect(transport.requests.count == 1)
    }

    private final class RotatingProvider: AWSCredentialsProvider {
        private let number = Mutex(1)

        func credentials() async throws(AWSError) -> AWSCredentials {
            AWSCredentials(accessKeyID: "KEY\(self.number.withLock { $0 })", secretAccessKey: "secret")
        }

        func invalidate(_ credentials: AWSCredentials) {
            self.number.withLock { if credentials.accessKeyID == "KEY\($0)" { $0 += 1 } }
        }
    }

    @Test(arguments: ["ExpiredToken", "ExpiredTokenException"])
    func `credentials that have expired are asked for anew before the next attempt`(code: String) async throws {
        let transport = ScriptedTransport([.answer(403, #"{"__type":"\#(code)"}"#), .answer(200, "{}")])
        let client = try Self.client(transport) { $0.credentials = RotatingProvider() }
        _ = try await client.send(Echo())
        let keys = transport.requests.map { request in
            Self.field("authorization", of: request)?.split(separator: "Credential=").last?.prefix { $0 != "/" }
        }
        #expect(keys == ["KEY1", "KEY2"])
    }

    // MARK: Modes

    /// Time that passes only where somebody waits; some waits are cancelled.
    private final class WaitedTime: Sendable {
        private let state: Mutex<(waits: [Duration], now: ContinuousClock.Instant, cancellations: Int)>
        var waits: [Duration] { self.state.withLock { $0.waits } }

        init(cancelling cancellations: Int = 0) { self.state = Mutex(([], ContinuousClock.now, cancellations)) }

        func now() -> ContinuousClock.Instant { self.state.withLock { $0.now } }

        func wait(_ duration: Duration) throws {
            try self.state.withLock { state in
                guard state.cancellations == 0 else {
                    state.cancellations -= 1
                    throw CancellationError()
                }
                state.waits.append(duration)
                state.now = state.now.advanced(by: duration)
            }
        }
    }

    /// A client that was throttled at once, and may send every two seconds from then on.
    private static func throttledClient(_ clock: ClientClock, callTimeout: Duration? = nil) async throws -> AWSClient {
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: Self.credentials, endpoint: try AWSEndpoint(url: "http://127.0.0.1:1"),
            retry: AWSRetryPolicy(mode: .adaptive, maximumAttempts: 1), callTimeout: callTimeout)
        let transport = ScriptedTransport([.answer(429, ""), .answer(200, "{}"), .answer(200, "{}")])
        let client = AWSClient(configuration, transport: transport, logger: Logger(label: "test"), clock: clock)
        let error = await #expect(throws: AWSError.self) { try await client.send(Echo()) }
        #expect(error?.status == 429)
        return client
    }

    @Test func `in the mode adaptive throttling makes the next call wait`() async throws {
        let time = WaitedTime()
        let client = try await Self.throttledClient(ClientClock(instant: { time.now() }, sleep: { try time.wait($0) }))
        #expect(time.waits.isEmpty)
        _ = try await client.send(Echo())
        #expect(time.waits == [.seconds(1), .seconds(1)])
    }

    @Test func `a call that gives up its wait for a token makes room`() async throws {
        let time = WaitedTime(cancelling: 1)
        let client = try await Self.throttledClient(ClientClock(instant: { time.now() }, sleep: { try time.wait($0) }))
        await #expect(throws: AWSError(.cancelled, code: "Cancelled", message: "")) { try await client.send(Echo()) }
        _ = try await client.send(Echo())
        #expect(time.waits == [.seconds(1), .seconds(1)])
    }

    @Test func `a wait for a token ends when the call's time is over`() async throws {
        // By the clock of the rate no time passes, so that no token comes.
        let start = ContinuousClock.now
        let client = try await Self.throttledClient(ClientClock(instant: { start }), callTimeout: .seconds(2))
        await #expect(throws: AWSError(.timedOut, code: "CallTimedOut", message: "")) { try await client.send(Echo()) }
    }

    // MARK: Header fields

    @Test func `every attempt says which one of which call it is`() async throws {
        let transport = ScriptedTransport([.answer(500, ""), .answer(200, "{}"), .answer(200, "{}")])
        let client = try Self.client(transport)
        _ = try await client.send(Echo())
        _ = try await client.send(Echo())
        #expect(
            transport.requests.map { Self.field("amz-sdk-request", of: $0) } == [
                "attempt=1; max=3", "attempt=2; max=3", "attempt=1; max=3",
            ])
        let ids = transport.requests.compactMap { Self.field("amz-sdk-invocation-id", of: $0) }
        #expect(ids.count == 3 && ids[0] == ids[1] && ids[1] != ids[2])
        #expect(ids.allSatisfy { $0.utf8.count == 36 })
    }

    @Test(arguments: [
        (AWSRetryMode.standard, nil, "m/E,N"), (.adaptive, "factory", "m/F,N app/factory"),
        (.standard, "my app\r\nX: ü", "m/E,N app/my-app--X---"),
        (.standard, String(repeating: "a", count: 60), "m/E,N app/" + String(repeating: "a", count: 50)),
    ])
    func `the user agent has the form that AWS reads`(mode: AWSRetryMode, application: String?, end: String) async throws {
        let transport = ScriptedTransport([.answer(200, "{}")])
        let client = try Self.client(transport) {
            $0.retry.mode = mode
            $0.applicationID = application
        }
        _ = try await client.send(Echo())
        let agent = try #require(Self.field("user-agent", of: transport.requests[0]))
        #expect(agent.hasPrefix("lamassu-cloud/"))
        #expect(agent.contains(" ua/2.1 api/test os/linux md/arch#"))
        #expect(agent.hasSuffix(" lang/swift#6 \(end)"))
    }

    @Test func `the user agent says where the process runs, and the application of the settings`() async throws {
        let transport = ScriptedTransport([.answer(200, "{}")])
        let configuration = try AWSConfiguration(environment: [
            "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SDK_UA_APP_ID": "factory",
            "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
        ])
        _ = try await AWSClient(configuration, transport: transport, logger: Logger(label: "test")).send(Echo())
        let agent = try #require(Self.field("user-agent", of: transport.requests[0]))
        #expect(agent.hasSuffix(" exec-env/AWS_Lambda_provided.al2023 m/E app/factory"))
    }

    // MARK: Interceptors

    private final class Recorder: AWSInterceptor {
        private let events = Mutex<[String]>([])
        private let name: String
        private let refusal: AWSError?
        var all: [String] { self.events.withLock { $0 } }

        init(_ name: String, refusal: AWSError? = nil) {
            self.name = name
            self.refusal = refusal
        }

        func willSign(_ head: inout HTTPRequest, body: inout [UInt8], of attempt: AWSAttempt) async throws(AWSError) {
            self.events.withLock { $0.append("sign \(attempt.service.name) \(attempt.operation) \(attempt.number)") }
            if let refusal { throw refusal }
            if let field = HTTPField.Name("x-note") {
                head.headerFields[field] = [head.headerFields[field], self.name].compactMap(\.self).joined(separator: "+")
            }
            body = Array(#"{"text":"changed"}"#.utf8)
        }

        func didEnd(with result: Result<AWSResponse, AWSError>, of attempt: AWSAttempt) async {
            let outcome =
                switch result {
                case .success(let response): "\(response.head.status.code)"
                case .failure(let error): "\(error.code)"
                }
            self.events.withLock { $0.append("end \(attempt.number) \(outcome)") }
        }
    }

    @Test func `interceptors see each attempt, and what they change is signed and sent`() async throws {
        let transport = ScriptedTransport([.answer(500, #"{"__type":"InternalFailure"}"#), .fail(.connectionClosed), .answer(200, "{}")])
        let recorder = Recorder("first")
        let client = try Self.client(transport) { $0.interceptors = [recorder, Recorder("second")] }
        _ = try await client.send(Echo(text: "plain"))
        #expect(
            recorder.all == [
                "sign Test Echo 1", "end 1 InternalFailure", "sign Test Echo 2", "end 2 connectionClosed", "sign Test Echo 3", "end 3 200",
            ])
        for request in transport.requests {
            #expect(Self.field("x-note", of: request) == "first+second")
            #expect(request.body == Array(#"{"text":"changed"}"#.utf8))
            #expect(Self.field("authorization", of: request)?.contains("x-note") == true)
        }
    }

    @Test func `an interceptor that throws ends the call before anything is sent`() async throws {
        let transport = ScriptedTransport([])
        let refusal = AWSError(.invalidRequest, code: "Forbidden", message: "not today")
        let client = try Self.client(transport) { $0.interceptors = [Recorder("first", refusal: refusal)] }
        await #expect(throws: refusal) { try await client.send(Echo()) }
        #expect(transport.requests.isEmpty)
    }

    @Test func `an operation that is not signed asks for no credentials`() async throws {
        let transport = ScriptedTransport([.answer(200, "{}")])
        let client = try Self.client(transport) { $0.credentials = EnvironmentCredentialsProvider(environment: [:]) }
        try await client.send(UnsignedEcho())
        #expect(Self.field("authorization", of: transport.requests[0]) == nil)
    }

    private struct UnsignedEcho: AWSJSONOperation {
        static var service: AWSService { Echo.service }
        static var name: String { "UnsignedEcho" }
        static var isSigned: Bool { false }

        func encode(into request: inout AWSRequestBuilder) { request.http(.get, "/public") }

        typealias Output = Void
    }
}

extension CallTests {
    @Test func `ids of calls have the form of random UUIDs, and none is given twice`() async throws {
        let transport = ScriptedTransport((0..<300).map { _ in .answer(200, "{}") })
        let clients = [try Self.client(transport), try Self.client(transport)]
        for _ in 0..<150 { for client in clients { _ = try await client.send(Echo()) } }
        let name = try #require(HTTPField.Name("amz-sdk-invocation-id"))
        let ids = transport.requests.compactMap { $0.head.headerFields[name] }
        #expect(Set(ids).count == 300)
        let form = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        #expect(ids.allSatisfy { $0.wholeMatch(of: form) != nil })
    }
}
