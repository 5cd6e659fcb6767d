// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Synchronization
import Transport

/// A transport that keeps the request and gives the answer that it was told.
final class Recorder: HTTPTransport {
    private let state: Mutex<(request: HTTPTransportRequest?, answer: HTTPTransportResponse)>

    init() { self.state = Mutex((nil, HTTPTransportResponse(head: HTTPResponse(status: .ok), body: []))) }

    /// The request that was sent last.
    var request: HTTPTransportRequest? { self.state.withLock { $0.request } }

    func answer(with answer: HTTPTransportResponse) { self.state.withLock { $0 = (nil, answer) } }

    func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse {
        self.state.withLock { state in
            state.request = request
            return state.answer
        }
    }

    func open(_ request: HTTPTransportRequest, bodyLength: HTTPBodyLength?) throws(TransportError) -> any HTTPExchange {
        guard bodyLength == nil else { throw TransportError(.unknown, message: "no body of a request goes in pieces here") }
        return self.state.withLock { state in
            state.request = request
            return RecordedExchange(state.answer)
        }
    }
}
