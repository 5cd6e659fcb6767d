// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Synchronization

/// Wraps the messages that a client sends into signed ones, each of which covers the one before.
final class EventStreamMessageSigner: Sendable {
    private let signer: Mutex<EventStreamSigner>
    private let time: @Sendable () -> AWSTimestamp

    /// - Parameters:
    ///   - signer: starts behind the request's signature.
    ///   - time: the time that messages are signed for.
    init(_ signer: consuming EventStreamSigner, time: @escaping @Sendable () -> AWSTimestamp) {
        self.signer = Mutex(signer)
        self.time = time
    }

    /// Wraps a message.
    ///
    /// - Parameter message: the message; `nil` for the one without payload that ends a stream.
    /// - Returns: the bytes of the signed message.
    func wrap(_ message: EventStreamMessage?) throws(AWSError) -> [UInt8] {
        let payload = try message?.encoded() ?? []
        let time = self.time()
        let headers: Result<[UInt8], AWSSignerError> = self.signer.withLock { signer in
            do throws(AWSSignerError) { return .success(try signer.headers(for: payload.span, at: time)) } catch { return .failure(error) }
        }
        switch headers {
        case .success(let headers): return try EventStreamFrame.encode(headers: headers, payload: payload)
        case .failure(let error):
            throw AWSError(.invalidRequest, code: "SigningFailed", message: "a message of the event stream cannot be signed: \(error)")
        }
    }
}
