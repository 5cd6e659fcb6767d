// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// What the I/O thread of an HTTP transport works with: its exchanges, the multi handles that carry them, and their sockets.
///
/// Exchanges whose bodies stream are in a multi handle of their own, where connections are not shared: over a shared one, a body that nobody
/// reads would hold back all that comes behind it, since libcurl takes frames in order.
///
/// It is not `Sendable`: it belongs to that thread.
final class CurlHTTPTable {
    typealias ID = CurlHTTPLoop.Queue.ID

    /// How many connections are kept for exchanges whose bodies stream.
    private static let keptStreams = 8

    private let configuration: CurlHTTPTransport.Configuration
    private let sockets: CurlSocketSet
    private let whole: CurlHTTPDriver
    private let streamed: CurlHTTPDriver
    private var running: [ID: CurlHTTPExchange] = [:]
    private var ids: [CurlEasyHandle.ID: ID] = [:]
    private var spare: [CurlHTTPExchange] = []

    init(_ configuration: CurlHTTPTransport.Configuration, wakeup: Int32) throws(TransportError) {
        self.configuration = configuration
        self.sockets = CurlSocketSet(wakeup: wakeup)
        self.whole = try CurlHTTPDriver(number: 0, sockets: self.sockets)
        self.streamed = try CurlHTTPDriver(number: 1, sockets: self.sockets)
        try self.whole.multi.set(CURLMOPT_MAXCONNECTS, max(1, configuration.maximumConnections))
        try self.streamed.multi.set(CURLMOPT_MAXCONNECTS, Self.keptStreams)
        try self.streamed.multi.set(CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    // MARK: - Time and sockets

    /// Waits for the sockets, the deadlines or a wake-up, and has libcurl see to the sockets that are ready.
    ///
    /// - Returns: whether there was a wake-up.
    func wait(until deadline: ContinuousClock.Instant?, now: ContinuousClock.Instant) throws(TransportError) -> Bool {
        var limit: Duration?
        for time in [deadline, self.whole.deadline, self.streamed.deadline] {
            if let time { limit = min(limit ?? .seconds(3_600), time - now) }
        }
        let (isWoken, ready) = self.sockets.wait(milliseconds: limit.map { $0.milliseconds(atLeast: 0) } ?? -1)
        for socket in ready { try (socket.owner == 0 ? self.whole : self.streamed).act(on: socket) }
        return isWoken
    }

    /// Has libcurl see to what is due.
    func actIfDue() throws(TransportError) {
        guard self.whole.deadline != nil || self.streamed.deadline != nil else { return }
        let now = ContinuousClock.now
        try self.whole.actIfDue(now: now)
        try self.streamed.actIfDue(now: now)
    }

    // MARK: - Exchanges

    /// Begins an exchange, or tells why it cannot.
    ///
    /// - Returns: whether it is under way.
    func begin(_ submission: HTTPSubmission, _ id: ID, now: ContinuousClock.Instant) -> Bool {
        let exchange: CurlHTTPExchange
        do throws(TransportError) {
            exchange = if let spare = self.spare.popLast() { spare } else { try CurlHTTPExchange(self.configuration) }
        } catch {
            submission.finish(.failure(error))
            return false
        }
        do throws(TransportError) {
            try exchange.begin(submission, now: now, in: (submission.stream == nil ? self.whole : self.streamed).multi)
            self.running[id] = exchange
            self.ids[exchange.id] = id
            return true
        } catch {
            exchange.finish(.failure(error))
            return false
        }
    }

    /// Goes on with an exchange where a body had to wait.
    ///
    /// - Returns: whether it is still under way.
    func resume(_ id: ID) -> Bool {
        guard let exchange = self.running[id] else { return false }
        let result = exchange.resume()
        guard result != CURLE_OK else { return true }
        self.end(id, .success(result))
        return false
    }

    /// Takes an exchange out and answers it.
    func end(_ id: ID, _ outcome: Result<CURLcode, TransportError>) {
        guard let exchange = self.running.removeValue(forKey: id) else { return }
        self.ids[exchange.id] = nil
        exchange.stop(in: (exchange.isStreamed ? self.streamed : self.whole).multi)
        exchange.finish(outcome)
        self.spare.append(exchange)
    }

    /// Takes all exchanges out and answers them.
    func endAll(_ error: TransportError) {
        for id in Array(self.running.keys) { self.end(id, .failure(error)) }
    }

    /// The next exchange that has ended, and how; to be taken out.
    func nextFinished() -> (id: ID, result: CURLcode)? {
        while let (handle, result) = self.whole.multi.nextFinished() ?? self.streamed.multi.nextFinished() {
            if let id = self.ids[handle] { return (id, result) }
        }
        return nil
    }
}
