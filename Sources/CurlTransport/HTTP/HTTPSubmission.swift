// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// One request on its way to the I/O thread, and whoever waits for the answer.
struct HTTPSubmission: Sendable {
    /// Who is told what comes of it, once, by whoever took this value out of the queue.
    enum Recipient: Sendable {
        case task(CheckedContinuation<Result<HTTPTransportResponse, TransportError>, Never>)
        case stream(CurlHTTPStream)
    }

    /// The request as it goes out.
    let wire: HTTPWireRequest
    /// The request as it was given: body, TLS and bounds.
    let request: HTTPTransportRequest
    /// When the exchange must be complete.
    let deadline: ContinuousClock.Instant
    /// Who waits.
    let recipient: Recipient

    /// The stream that the bodies go through, or `nil` where they are whole.
    var stream: CurlHTTPStream? {
        if case .stream(let stream) = self.recipient { stream } else { nil }
    }

    /// Answers with what came, or with an error; of a stream what came has gone through it.
    func finish(_ result: Result<HTTPTransportResponse, TransportError>) {
        switch self.recipient {
        case .task(let continuation): continuation.resume(returning: result)
        case .stream(let stream):
            do throws(TransportError) {
                _ = try result.get()
                stream.ended(nil)
            } catch {
                stream.ended(error)
            }
        }
    }

    func fail(_ code: TransportError.Code, _ message: String) {
        self.finish(.failure(TransportError(code, message: "\(self.wire.summary): \(message)")))
    }
}
