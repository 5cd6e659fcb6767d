// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// Makes streams to an ``InMemoryBroker``, whatever host and port are asked for.
struct InMemoryStreamTransport: ByteStreamTransport {
    let broker: InMemoryBroker

    func connect(to target: ByteStreamTarget, handler: any ByteStreamHandler) async throws(TransportError) -> any ByteStream {
        guard !Task.isCancelled else { throw TransportError(.cancelled, message: "the task was cancelled") }
        guard let stream = self.broker.connect(handler) else {
            throw TransportError(.connectionRefused, message: "the in-memory broker is stopped")
        }
        return stream
    }
}
