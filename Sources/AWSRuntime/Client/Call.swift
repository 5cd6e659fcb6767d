// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Synchronization

/// One call: what all of its attempts share.
struct Call: Sendable {
    let service: AWSService
    let operation: String
    let region: String
    let signingRegion: String
    let isSigned: Bool
    let host: String
    let invocationID: String
    let start = ContinuousClock.now
    var head: HTTPRequest
    let body: [UInt8]
    /// Whether the body is a stream of events, each signed by itself.
    var streamsEvents = false
    /// What the last answer said of itself.
    let answer = LastAnswer()

    /// Encodes the input, once: what it makes up, such as an idempotency token, is the same in all attempts.
    init<Operation: AWSOperation>(_ operation: Operation, of client: AWSClient) throws(AWSError) {
        let route = try client.routes.route(of: Operation.service)
        var builder = AWSRequestBuilder(Operation.self)
        operation.encode(into: &builder)
        let id = client.state.makeInvocationID()
        var (head, body) = try builder.finish(for: route.endpoint)
        head.headerFields[.userAgent] = route.userAgent
        head.headerFields[.invocationID] = id
        self.service = Operation.service
        self.operation = Operation.name
        self.region = client.configuration.region
        self.signingRegion = route.signingRegion
        self.isSigned = Operation.isSigned
        self.host = route.endpoint.authority
        self.invocationID = id
        self.head = head
        self.body = body
    }

    func attempt(_ number: Int) -> AWSAttempt {
        AWSAttempt(
            service: self.service, operation: self.operation, region: self.region, invocationID: self.invocationID, number: number)
    }
}

/// What the last answer to a call said of itself, for its span.
final class LastAnswer: Sendable {
    struct Facts: Sendable {
        var status: Int
        var requestID: String?
        var extendedRequestID: String?
        var attempt: Int
    }

    private let state = Mutex<Facts?>(nil)

    var facts: Facts? { self.state.withLock { $0 } }

    func keep(_ response: AWSResponse, attempt: Int) {
        let facts = Facts(
            status: response.head.status.code, requestID: response.requestID, extendedRequestID: response.header("x-amz-id-2"),
            attempt: attempt)
        self.state.withLock { $0 = facts }
    }
}

extension HTTPField.Name {
    /// The names are tokens, as HTTP wants them; were they not, the field would be another one that AWS ignores.
    static let invocationID = HTTPField.Name("amz-sdk-invocation-id") ?? .userAgent
    static let attempt = HTTPField.Name("amz-sdk-request") ?? .userAgent
}
