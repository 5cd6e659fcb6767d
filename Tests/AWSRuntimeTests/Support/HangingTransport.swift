// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// Answers nothing, until its task is cancelled.
struct HangingTransport: HTTPTransport {
    func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse {
        do {
            try await Task.sleep(for: .seconds(3_600))
        } catch {
            throw TransportError(.cancelled, message: "the task was cancelled")
        }
        throw TransportError(.timedOut, message: "an hour is over")
    }

    func open(_ request: HTTPTransportRequest, bodyLength: HTTPBodyLength?) throws(TransportError) -> any HTTPExchange {
        throw TransportError(.invalidRequest, message: "nothing streams here")
    }
}
