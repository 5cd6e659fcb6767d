// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Synchronization
import Transport

/// An exchange whose answer is there from the beginning.
final class RecordedExchange: HTTPExchange {
    private let answer: HTTPTransportResponse
    private let isRead = Mutex(false)

    init(_ answer: HTTPTransportResponse) { self.answer = answer }

    func write(_ bytes: [UInt8]) async throws(TransportError) {}

    func finishWriting() throws(TransportError) {}

    func head() async throws(TransportError) -> HTTPResponse { self.answer.head }

    func next() async throws(TransportError) -> [UInt8]? {
        let isRead = self.isRead.withLock { isRead in
            defer { isRead = true }
            return isRead
        }
        return isRead ? nil : self.answer.body
    }

    func abandon() {}
}
