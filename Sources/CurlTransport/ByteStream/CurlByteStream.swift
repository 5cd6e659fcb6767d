// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// One byte stream and the I/O thread that carries it.
///
/// Its users and its thread meet in one lock, which guards the state and is never held during a system call or a call of the
/// handler. The connection itself is a local value of the thread, which nobody else can reach.
final class CurlByteStream: ByteStream {
    /// What times are counted from.
    ///
    /// They are durations because the layout of those is known: that of instants is not, and whatever holds one costs more.
    private static let origin = ContinuousClock.now
    private static var now: Duration { ContinuousClock.now - Self.origin }

    private let state = Mutex(ByteStreamState())
    private let wakeup: WakeupDescriptor
    private let jobs = JobQueue()

    init() throws(TransportError) { self.wakeup = try WakeupDescriptor() }

    /// Starts the thread, which connects and then carries the stream until it ends.
    ///
    /// - Parameters:
    ///   - target: whom to connect to.
    ///   - handler: told of all that happens once the stream is open.
    ///   - connected: called once, on the thread or on this one, with the outcome of connecting.
    func start(
        to target: ByteStreamTarget, handler: any ByteStreamHandler, connected: @escaping @Sendable (Result<Void, TransportError>) -> Void
    ) {
        do throws(TransportError) {
            try IOThread.start { self.run(target, handler, connected) }
        } catch {
            connected(.failure(error))
        }
    }

    func write(_ bytes: Span<UInt8>) -> ByteStreamWritability {
        let answer = self.state.withLock { $0.write(bytes) }
        if answer.wakes { self.wakeup.signal() }
        return answer.writability
    }

    func setReading(_ isEnabled: Bool) {
        if self.state.withLock({ $0.setReading(isEnabled) }) { self.wakeup.signal() }
    }

    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        let deadline = deadline.map { $0 - Self.origin }
        if self.state.withLock({ $0.setDeadline(deadline) }) { self.wakeup.signal() }
    }

    func close() {
        let now = Self.now
        if self.state.withLock({ $0.close(now: now) }) { self.wakeup.signal() }
    }

    func abort() {
        if self.state.withLock({ $0.abort() }) { self.wakeup.signal() }
    }

    /// Gives up the attempt to connect; an open stream stays open.
    func cancelConnecting() {
        if self.state.withLock({ $0.cancelConnecting() }) { self.wakeup.signal() }
    }

    func enqueue(_ job: UnownedJob, for executor: any TaskExecutor) -> Bool {
        switch self.jobs.add(job, for: executor) {
        case .closed: return false
        case .waking: if self.state.withLock({ $0.jobCame() }) { self.wakeup.signal() }
        case .following: break
        }
        return true
    }

    // MARK: - On the I/O thread

    private func run(
        _ target: ByteStreamTarget, _ handler: any ByteStreamHandler, _ connected: (Result<Void, TransportError>) -> Void
    ) {
        let end: End
        do throws(TransportError) {
            var connection = try CurlStreamConnection(to: target)
            try connection.connect(wakeup: self.wakeup) { self.state.withLock { $0.isCancelled } }
            guard self.state.withLock({ $0.connected() }) else {
                throw TransportError(.cancelled, message: "the attempt to connect was cancelled")
            }
            connected(.success(()))
            end = self.carry(&connection, handler)
            self.jobs.close()
            if end == .allSent { self.linger(connection) }
        } catch {
            self.jobs.close()
            self.state.withLock { $0.ended() }
            return connected(.failure(error))
        }
        self.state.withLock { $0.ended() }
        handler.streamClosed(end.error)
    }

    /// How carrying a stream ended.
    private enum End: Equatable {
        /// This side has closed the stream, and all was sent.
        case allSent
        /// Otherwise; in order or with an error.
        case over(TransportError?)

        var error: TransportError? {
            switch self {
            case .allSent: nil
            case .over(let error): error
            }
        }
    }

    /// Waits until the peer has seen the end, within the time that closing may take.
    private func linger(_ connection: consuming CurlStreamConnection) {
        // Room in the socket, lest the last record of TLS, which says that this is the end, be lost.
        let descriptor = connection.descriptor
        self.linger { self.wakeup.wait(for: descriptor, reads: false, writes: true, milliseconds: $0).writable }
        guard let socket = connection.endOutput() else { return }
        self.linger { socket.waitForEnd(milliseconds: $0, wakeup: self.wakeup) }
    }

    /// Waits until something is so, the time is over, or the stream is aborted.
    private func linger(until isDone: (_ milliseconds: Int32) -> Bool) {
        while true {
            let now = Self.now
            guard let deadline = self.state.withLock({ $0.nextLinger(now: now) })?.deadline else { return }
            if isDone((deadline - now).milliseconds(atLeast: 0)) { return }
        }
    }

    /// Moves bytes until the stream ends.
    ///
    /// - Returns: how it ended.
    private func carry(_ connection: inout CurlStreamConnection, _ handler: any ByteStreamHandler) -> End {
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: CurlStreamConnection.receiveBound)
        defer { unsafe input.deallocate() }
        var output = OutputBuffer()
        var socket = ByteStreamState.Socket()
        // A peer that refuses this side's certificate says so right after the handshake; a failed send would hide its words.
        socket.mayHaveInput = true
        do throws(TransportError) {
            while true {
                let now = Self.now
                let step = self.state.withLock { $0.nextStep(output: &output, socket: socket, now: now) }
                if case .runJobs = step { socket.hasJustRunJobs = true } else { socket.hasJustRunJobs = false }
                switch step {
                case .send:
                    socket.hasJustReceived = false
                    do throws(TransportError) {
                        try Self.send(&output, over: connection, &socket)
                    } catch {
                        unsafe try self.receiveLastWords(into: input, from: &connection, handler, &socket)
                        throw error
                    }
                case .receive:
                    unsafe try self.receive(into: input, from: &connection, handler, &socket)
                    socket.hasJustReceived = true
                    socket.sentSinceLook = 0
                case .look:
                    let found = self.wakeup.wait(for: connection.descriptor, reads: true, writes: false, milliseconds: 0)
                    socket.mayHaveInput = found.readable
                    socket.hasJustReceived = false
                    socket.sentSinceLook = 0
                case .runJobs: self.jobs.run()
                case .wait(let wait):
                    let limit = wait.deadline.map { ($0 - now).milliseconds(atLeast: 0) } ?? -1
                    let found = self.wakeup.wait(
                        for: connection.descriptor, reads: wait.reads, writes: wait.writes, milliseconds: limit)
                    if found.readable { socket.mayHaveInput = true }
                    if found.writable { socket.isSendBlocked = false }
                    socket.hasJustReceived = false
                    socket.sentSinceLook = 0
                case .tellWritable: handler.streamBecameWritable()
                case .tellDeadline: handler.streamDeadlinePassed()
                case .endOutput: return .allSent
                case .finish(let error): return .over(error)
                }
            }
        } catch {
            return .over(error)
        }
    }

    private static func send(
        _ output: inout OutputBuffer, over connection: borrowing CurlStreamConnection, _ socket: inout ByteStreamState.Socket
    ) throws(TransportError) {
        // The whole rest or the bound, whichever is less: the same again after a send that found no room.
        let bytes = unsafe UnsafeBufferPointer(rebasing: output.unconsumed.prefix(ByteStreamState.sendBound))
        guard let sent = unsafe try connection.send(bytes) else {
            socket.isSendBlocked = true
            return
        }
        output.consume(sent)
        socket.sentSinceLook += sent
    }

    /// Hands over what the peer had said before a send failed, which often tells why, where the handler wants it at all.
    ///
    /// - Throws: what a receive says of the end, which tells more than the send did.
    private func receiveLastWords(
        into input: UnsafeMutableBufferPointer<UInt8>, from connection: inout CurlStreamConnection, _ handler: any ByteStreamHandler,
        _ socket: inout ByteStreamState.Socket
    ) throws(TransportError) {
        for _ in 0..<16 where self.state.withLock({ $0.reads }) {
            unsafe try self.receive(into: input, from: &connection, handler, &socket)
            guard socket.mayHaveInput else { return }
        }
    }

    /// Hands what has arrived to the handler.
    private func receive(
        into input: UnsafeMutableBufferPointer<UInt8>, from connection: inout CurlStreamConnection, _ handler: any ByteStreamHandler,
        _ socket: inout ByteStreamState.Socket
    ) throws(TransportError) {
        let (count, next) = unsafe try connection.receive(into: input)
        if count > 0 { unsafe handler.streamReceived(UnsafeBufferPointer(rebasing: input.prefix(count)).span) }
        switch next {
        case .bytes: socket.mayHaveInput = true
        case .nothing: socket.mayHaveInput = false
        case .end:
            socket.mayHaveInput = false
            let now = Self.now
            self.state.withLock { $0.peerEnded(now: now) }
        }
    }
}
