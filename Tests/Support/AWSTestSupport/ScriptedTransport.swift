// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Synchronization
package import Transport

/// Answers as it was told, one step an attempt, and keeps the requests: for the order of attempts, which no real server can be told.
package final class ScriptedTransport: HTTPTransport {
    package enum Step: Sendable {
        /// Answers once the whole request is there.
        case answer(Int, String, [String: String] = [:])
        /// Answers a streamed request at once, in pieces, and ends when the request has.
        case stream(Int, [[UInt8]], [String: String] = [:])
        case fail(TransportError.Code)
    }

    private let state: Mutex<(steps: [Step], requests: [HTTPTransportRequest])>

    package init(_ steps: [Step]) { self.state = Mutex((steps, [])) }

    /// The requests so far; what was streamed is in their bodies.
    package var requests: [HTTPTransportRequest] { self.state.withLock { $0.requests } }

    package func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse {
        let exchange = try self.open(request, bodyLength: nil)
        let head = try await exchange.head()
        var body: [UInt8] = []
        while let piece = try await exchange.next() { body += piece }
        return HTTPTransportResponse(head: head, body: body)
    }

    package func open(_ request: HTTPTransportRequest, bodyLength: HTTPBodyLength?) throws(TransportError) -> any HTTPExchange {
        let (step, index) = self.state.withLock { state in
            state.requests.append(request)
            return (state.steps.isEmpty ? nil : state.steps.removeFirst(), state.requests.count - 1)
        }
        let exchange = ScriptedExchange(step) { bytes in self.state.withLock { $0.requests[index].body += bytes } }
        if bodyLength == nil { exchange.finishWriting() }
        return exchange
    }
}
