// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension HTTPTransport {
    /// Sends a request and reads its response, both in pieces where they are large or never end.
    ///
    /// The request's body is written while the response is read, so that each may depend on the other. When the closure returns or throws,
    /// the exchange is over: what was not read is dropped, with the connection where the protocol knows no other way, and a body that is
    /// still being written is cut short.
    ///
    /// Cancelling the task ends the exchange at once; the calls that wait throw ``TransportError/Code/cancelled``. The request's `timeout`
    /// is for all of it, reading included; a stream without end needs a long one, and an `idleTimeout`.
    ///
    /// - Parameters:
    ///   - request: head, limits, and the body where none is streamed.
    ///   - stream: the body that is made while it goes out; `nil` sends the request's own.
    ///   - body: reads the response, of whatever status, and what it returns is returned. It is called when the head has come.
    /// - Returns: what the closure returned.
    /// - Throws: `TransportError` with the reason why there is no response; else what the stream threw, unless the peer had already answered in
    ///   full, or what the closure threw.
    public func withResponse<Value>(
        to request: HTTPTransportRequest, streaming stream: HTTPRequestStream? = nil,
        _ body: (HTTPStreamedResponse) async throws -> Value
    ) async throws -> Value {
        let exchange = try self.open(request, bodyLength: stream?.length)
        defer { exchange.abandon() }
        return try await withTaskCancellationHandler {
            guard let stream else {
                return try await body(HTTPStreamedResponse(head: exchange.head(), body: HTTPResponseStream(exchange)))
            }
            return try await withTaskGroup { group in
                let writing = HTTPRequestWriting()
                group.addTask { await writing.run(stream, over: exchange) }
                do {
                    let value = try await body(HTTPStreamedResponse(head: exchange.head(), body: HTTPResponseStream(exchange)))
                    exchange.abandon()
                    group.cancelAll()
                    return Result<Value, any Error>.success(value)
                } catch {
                    let cause = writing.failure ?? error
                    exchange.abandon()
                    group.cancelAll()
                    return .failure(cause)
                }
            }.get()
        } onCancel: {
            exchange.abandon()
        }
    }
}

/// The task that writes the body of a request.
private final class HTTPRequestWriting: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    /// Why there is no whole body, where that is not the peer's doing.
    var failure: (any Error)? { self.error.withLock { $0 } }

    func run(_ stream: HTTPRequestStream, over exchange: any HTTPExchange) async {
        do {
            try await stream.write(HTTPBodyWriter(exchange))
            try exchange.finishWriting()
        } catch let error as TransportError where error.code == .requestBodyUnwanted {
            // The response tells why.
        } catch {
            // Before the exchange ends, so that whoever reads finds the cause.
            self.error.withLock { $0 = error }
            exchange.abandon()
        }
    }
}
