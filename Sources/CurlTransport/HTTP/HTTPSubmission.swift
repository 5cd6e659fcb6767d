// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// One request on its way to the I/O thread, and the task that waits for the answer.
struct HTTPSubmission: Sendable {
    /// The request as it goes out.
    let wire: HTTPWireRequest
    /// The request as it was given: body, TLS and bounds.
    let request: HTTPTransportRequest
    /// When the exchange must be complete.
    let deadline: ContinuousClock.Instant
    /// Resumed exactly once, by whoever took this value out of the queue.
    let continuation: CheckedContinuation<Result<HTTPTransportResponse, TransportError>, Never>

    func fail(_ code: TransportError.Code, _ message: String) {
        self.continuation.resume(returning: .failure(TransportError(code, message: "\(self.wire.summary): \(message)")))
    }
}
