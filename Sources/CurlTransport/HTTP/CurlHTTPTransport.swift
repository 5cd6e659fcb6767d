// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
public import Transport

/// Sends HTTP requests with libcurl: one I/O thread, and connections that are kept and used again.
///
/// Requests are sent as they are: `Host` is the authority without the scheme's own port, `Content-Length` the body's size, and
/// no other field is added; a response's body comes as it was sent, compressed or not. A connection is used again only for the
/// same server under the same `TLSConfiguration`. When a server closes a kept connection just as the next request goes out,
/// without a byte of answer, libcurl sends that request once more on a fresh one; a request that must not arrive twice needs a
/// token by which the server knows it again. A request whose body streams is sent once.
///
/// The thread starts with the first request and ends with ``shutdown()`` or when the transport goes away. Should libcurl itself fail, as
/// where there is no memory, what is under way fails with its error, and the next request starts another thread.
public final class CurlHTTPTransport: HTTPTransport {
    private enum Phase {
        case idle  // → running, shutDown
        case running(CurlHTTPLoop)  // → running with another one where libcurl has failed, shutDown
        case shutDown(CurlHTTPLoop?)

        var loop: CurlHTTPLoop? {
            switch self {
            case .idle: nil
            case .running(let loop): loop
            case .shutDown(let loop): loop
            }
        }
    }

    private let configuration: Configuration
    private let phase = Mutex(Phase.idle)

    /// Makes a transport; it opens nothing before the first request.
    ///
    /// - Parameter configuration: the bounds it keeps.
    public init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    deinit { self.shutdown() }

    /// Sends a request and returns its response.
    ///
    /// Cancelling the task withdraws a request that waits, or closes the connection of one that is under way; others are not
    /// touched. Whether the server has acted on it is then unknown.
    ///
    /// - Parameter request: head, body and limits.
    /// - Returns: the response of whatever status; redirects are not followed.
    /// - Throws: `TransportError` with the reason why there is no whole response.
    public func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse {
        let wire = try HTTPWireRequest(request)
        let deadline = ContinuousClock.now + request.timeout
        let loop = try self.runningLoop()
        let id = loop.makeID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(HTTPSubmission(wire: wire, request: request, deadline: deadline, recipient: .task(continuation)), id: id)
            }
        } onCancel: {
            loop.cancel(id)
        }
        return try result.get()
    }

    /// Begins an exchange whose bodies go in pieces, for `withResponse(to:streaming:_:)`.
    ///
    /// No more than some 270 KiB of the response wait to be read, and 64 KiB and a piece of the request to be sent.
    ///
    /// - Parameters:
    ///   - request: head, limits, and the body where none is streamed.
    ///   - bodyLength: how long the body is that will be written; `nil` sends the request's own.
    /// - Returns: the exchange, under way.
    /// - Throws: `TransportError` with the reason why the request cannot be sent as it is.
    public func open(_ request: HTTPTransportRequest, bodyLength: HTTPBodyLength?) throws(TransportError) -> any HTTPExchange {
        let wire = try HTTPWireRequest(request, streaming: bodyLength)
        let loop = try self.runningLoop()
        let id = loop.makeID()
        let stream = CurlHTTPStream(bodyLength: bodyLength, id: id, loop: loop)
        loop.submit(HTTPSubmission(wire: wire, request: request, deadline: .now + request.timeout, recipient: .stream(stream)), id: id)
        return stream
    }

    /// Ends the thread and closes all connections; every request that waits or is under way fails, and so does every later one.
    public func shutdown() { self.endLoop()?.shutDown(deadline: .now) }

    /// Takes no more requests, lets those that are here finish, then ends the thread and closes all connections.
    ///
    /// Cancelling the task ends the patience, as ``shutdown()`` does. When this returns, each request has its response or its error, and no
    /// thread and no connection is left.
    ///
    /// - Parameter patience: how long requests may take; those that take longer fail with `shutDown`.
    public func shutdown(finishingWithin patience: Duration) async {
        guard let loop = self.endLoop() else { return }
        loop.shutDown(deadline: .now + patience)
        await withTaskCancellationHandler {
            await loop.waitForEnd()
        } onCancel: {
            loop.shutDown(deadline: .now)
        }
    }

    /// How many requests wait or are under way, for tests that ask whether one was forgotten.
    package var liveExchanges: Int {
        self.phase.withLock { phase in if case .running(let loop) = phase { loop.count } else { 0 } }
    }

    /// Lets the thread act as if libcurl had failed, for tests that ask what comes after.
    package func breakDown(_ error: TransportError) {
        self.phase.withLock { phase in if case .running(let loop) = phase { loop.breakDown(error) } }
    }

    /// Takes no more requests.
    private func endLoop() -> CurlHTTPLoop? {
        self.phase.withLock { phase in
            defer { phase = .shutDown(phase.loop) }
            return phase.loop
        }
    }

    private func runningLoop() throws(TransportError) -> CurlHTTPLoop {
        try self.phase.withLock { phase throws(TransportError) -> CurlHTTPLoop in
            switch phase {
            case .running(let loop) where !loop.isBroken: return loop
            case .shutDown: throw TransportError(.shutDown, message: "the transport was shut down")
            case .idle, .running:
                let loop = try CurlHTTPLoop(self.configuration)
                phase = .running(loop)
                return loop
            }
        }
    }
}

extension HTTPTransport where Self == CurlHTTPTransport {
    /// The transport that the whole process shares, with the default configuration.
    ///
    /// It lives as long as the process, so that its connections serve everyone; do not shut it down.
    public static var curl: CurlHTTPTransport { CurlHTTPTransport.shared }
}

extension CurlHTTPTransport {
    fileprivate static let shared = CurlHTTPTransport()
}
