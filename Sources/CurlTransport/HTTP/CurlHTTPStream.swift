// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Synchronization
import Transport

/// One exchange whose bodies go in pieces: where the tasks that use it and the I/O thread meet.
///
/// The lock is never held while a task is resumed or the thread is woken.
final class CurlHTTPStream: HTTPExchange {
    /// Resumed with whether the wish may be put again; it may not where another task has the same.
    private typealias Waiter = CheckedContinuation<Bool, Never>

    /// What a task waits for.
    private enum Wish {
        case head
        case piece
        case room
    }

    private struct Shared: ~Copyable {
        var state: HTTPStreamState
        var head: Waiter?
        var piece: Waiter?
        var room: Waiter?

        /// Whether whoever waits for something would get an answer.
        func isReady(_ wish: Wish) -> Bool {
            switch wish {
            case .head: self.state.isHeadReady
            case .piece: self.state.isPieceReady
            case .room: self.state.isWriterReady
            }
        }

        /// Keeps a waiter, unless there is one.
        mutating func keep(_ waiter: Waiter, for wish: Wish) -> Bool {
            switch wish {
            case .head where self.head == nil: self.head = waiter
            case .piece where self.piece == nil: self.piece = waiter
            case .room where self.room == nil: self.room = waiter
            case .head, .piece, .room: return false
            }
            return true
        }

        /// Takes out whoever would get an answer now.
        mutating func takeReady() -> Ready {
            Ready(
                head: self.isReady(.head) ? exchange(&self.head, with: nil) : nil,
                piece: self.isReady(.piece) ? exchange(&self.piece, with: nil) : nil,
                room: self.isReady(.room) ? exchange(&self.room, with: nil) : nil)
        }
    }

    /// Tasks to resume once the lock is free.
    private struct Ready {
        let head: Waiter?
        let piece: Waiter?
        let room: Waiter?

        func resume() {
            self.head?.resume(returning: true)
            self.piece?.resume(returning: true)
            self.room?.resume(returning: true)
        }
    }

    private let shared: Mutex<Shared>
    private let loop: CurlHTTPLoop
    private let id: CurlHTTPLoop.Queue.ID

    init(bodyLength: HTTPBodyLength?, id: CurlHTTPLoop.Queue.ID, loop: CurlHTTPLoop) {
        self.shared = Mutex(Shared(state: HTTPStreamState(bodyLength: bodyLength)))
        self.loop = loop
        self.id = id
    }

    // MARK: - HTTPExchange

    func write(_ bytes: [UInt8]) async throws(TransportError) {
        var (answer, resumes) = self.shared.withLock { shared in
            // Two writers at a time could not say in which order.
            shared.room == nil ? shared.state.write(bytes) : (.failed(Self.busy), false)
        }
        if resumes { self.loop.resume(self.id) }
        while answer == .waits {
            try await self.wait(for: .room)
            answer = self.shared.withLock { $0.state.afterWait() }
        }
        if case .failed(let error) = answer { throw error }
    }

    func finishWriting() throws(TransportError) {
        let (error, resumes) = self.shared.withLock { $0.state.finishWriting() }
        if resumes { self.loop.resume(self.id) }
        guard let error else { return }
        self.abandon()
        throw error
    }

    func head() async throws(TransportError) -> HTTPResponse {
        while true {
            switch self.shared.withLock({ $0.state.takeHead() }) {
            case .value(let head): return head
            case .failed(let error): throw error
            case .end, .waits: try await self.wait(for: .head)
            }
        }
    }

    func next() async throws(TransportError) -> [UInt8]? {
        while true {
            let (answer, resumes) = self.shared.withLock { $0.state.takePiece() }
            if resumes { self.loop.resume(self.id) }
            switch answer {
            case .value(let piece): return piece
            case .end: return nil
            case .failed(let error): throw error
            case .waits: try await self.wait(for: .piece)
            }
        }
    }

    func abandon() {
        let (isUnderWay, ready) = self.shared.withLock { ($0.state.abandon(), $0.takeReady()) }
        ready.resume()
        if isUnderWay { self.loop.cancel(self.id) }
    }

    /// Waits until there may be an answer; cancelling the task abandons the exchange, and that is one.
    private func wait(for wish: Wish) async throws(TransportError) {
        let isAlone = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let answer: Bool? = self.shared.withLock { shared in
                    if shared.isReady(wish) { return true }
                    return shared.keep(waiter, for: wish) ? nil : false
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            self.abandon()
        }
        guard isAlone else { throw Self.busy }
    }

    private static var busy: TransportError {
        TransportError(.invalidRequest, message: "another task writes, or reads, the same body")
    }

    // MARK: - On the I/O thread

    /// The head of the response is complete.
    func headArrived(_ head: HTTPResponse, length: Int?) {
        let ready = self.shared.withLock { shared in
            shared.state.headArrived(head, length: length)
            return shared.takeReady()
        }
        ready.resume()
    }

    /// Bytes of the body have come.
    ///
    /// - Returns: whether they were taken; otherwise they are to come again once receiving is resumed.
    func bodyArrived(_ bytes: Span<UInt8>) -> Bool {
        let (isTaken, ready) = self.shared.withLock { ($0.state.bodyArrived(bytes), $0.takeReady()) }
        ready.resume()
        return isTaken
    }

    /// There is room to send.
    func supply(upTo count: Int) -> HTTPStreamState.Supply {
        let (supply, ready) = self.shared.withLock { ($0.state.supply(upTo: count), $0.takeReady()) }
        ready.resume()
        return supply
    }

    /// The exchange is over.
    func ended(_ error: TransportError?) {
        let ready = self.shared.withLock { shared in
            shared.state.ended(error)
            return shared.takeReady()
        }
        ready.resume()
    }
}
