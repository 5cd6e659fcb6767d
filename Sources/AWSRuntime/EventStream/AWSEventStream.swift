// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// The events of an answer, as they arrive; read once, by one task.
///
/// An exception or error in the stream ends it as ``AWSError`` of kind ``AWSError/Kind/service``, with the exception's name as its code and its
/// payload as ``AWSError/body``; what is no event stream, and one that ends within a message, as one of code
/// ``AWSErrorCode/malformedEventStream``. While nobody asks for events, the service is made to wait.
public struct AWSEventStream<Operation: AWSEventStreamOperation>: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = AWSError

    private let response: AWSResponse
    private let body: HTTPResponseStream

    init(_ body: HTTPResponseStream, of response: AWSResponse) {
        self.body = body
        self.response = response
    }

    /// Makes an iterator; all of them take from the same stream, so one is enough.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: self.body.makeAsyncIterator(), requestID: self.response.requestID)
    }

    /// Takes one event after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPResponseStream.AsyncIterator
        let requestID: String?
        var decoder = EventStreamDecoder()
        var isOver = false

        /// Waits for the next event.
        ///
        /// Cancelling the task ends the exchange.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the event; `nil` when the stream is complete, and after an error.
        /// - Throws: why the stream is not complete.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AWSError) -> Operation.Event? {
            guard !self.isOver else { return nil }
            do {
                while true {
                    if let message = try self.decoder.next() { return try self.event(of: message) }
                    guard let bytes = try await self.piece(isolation: actor) else {
                        self.isOver = true
                        try self.decoder.streamEnded()
                        return nil
                    }
                    self.decoder.bytesReceived(bytes)
                }
            } catch {
                self.isOver = true
                throw error
            }
        }

        private mutating func piece(isolation actor: isolated (any Actor)?) async throws(AWSError) -> [UInt8]? {
            do {
                return try await self.body.next(isolation: actor)
            } catch {
                throw AWSError(error)
            }
        }

        private func event(of message: EventStreamMessage) throws(AWSError) -> Operation.Event {
            switch message.messageType {
            case "event": return try Operation.decode(message)
            case "exception", "error": throw AWSError(inStream: message, requestID: self.requestID)
            case let type: throw EventStreamDecoder.malformed("a message is of the type \(type?.debugDescription ?? "nil")")
            }
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension AWSEventStream.AsyncIterator: Sendable {}
