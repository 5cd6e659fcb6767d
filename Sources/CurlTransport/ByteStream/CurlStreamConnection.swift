// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// One connection that libcurl makes and secures, and that then carries plain bytes (`CURLOPT_CONNECT_ONLY`).
///
/// It belongs to the I/O thread that made it, from the first call to the last. The easy handle stays in its multi handle for
/// its lifetime, because taking it out closes the connection.
struct CurlStreamConnection: ~Copyable {
    /// What a receive gave.
    enum Received: Equatable {
        /// So many bytes.
        case bytes(Int)
        /// Nothing yet.
        case nothing
        /// The peer will send no more.
        case end
    }

    /// How many bytes one receive gives at most.
    static let receiveBound = 64 * 1_024

    private let easy: CurlEasyHandle
    private let multi: CurlMultiHandle
    private let peer: String
    private let isSecured: Bool
    private let hasIdentity: Bool
    /// The socket, to wait for; negative before the connection is made.
    private(set) var descriptor: Int32 = -1
    private var hasReceived = false

    /// Prepares the connection; nothing goes out yet.
    init(to target: ByteStreamTarget) throws(TransportError) {
        let easy = try CurlEasyHandle()
        let multi = try CurlMultiHandle()
        let authority = try Self.authority(of: target)
        try easy.set(CURLOPT_URL, "\(target.tls == nil ? "http" : "https")://\(authority)/")
        try easy.set(CURLOPT_CONNECT_ONLY, 1)
        // A proxy for HTTP knows nothing of this protocol.
        try easy.set(CURLOPT_PROXY, "")
        try easy.prepareSocket(connectTimeout: target.connectTimeout)
        try easy.set(CURLOPT_BUFFERSIZE, Self.receiveBound)
        if let tls = target.tls {
            try easy.apply(tls)
            try easy.set(CURLOPT_SSL_ENABLE_ALPN, 0)
        }
        try multi.add(easy)
        self.easy = easy
        self.multi = multi
        self.peer = authority
        self.isSecured = target.tls != nil
        self.hasIdentity = target.tls?.identity != nil
    }

    deinit { self.multi.remove(self.easy) }

    /// Connects and shakes hands.
    ///
    /// - Parameters:
    ///   - wakeup: ends a wait, so that `isCancelled` is asked.
    ///   - isCancelled: whether to give up.
    mutating func connect(
        wakeup: borrowing WakeupDescriptor, isCancelled: () -> Bool
    ) throws(TransportError) {
        while true {
            guard !isCancelled() else { throw TransportError(.cancelled, message: "\(self.peer): the attempt to connect was cancelled") }
            try self.multi.perform()
            if let finished = self.multi.nextFinished() {
                guard finished.result == CURLE_OK else { throw self.error(finished.result) }
                guard let descriptor = self.easy.socket else {
                    throw TransportError(.connectionClosed, message: "\(self.peer): closed as soon as it was open")
                }
                self.descriptor = descriptor
                self.easy.clearMessage()
                return
            }
            // libcurl's own timers shorten the wait.
            if try self.multi.poll(milliseconds: .max, descriptor: wakeup.readEnd) { wakeup.clear() }
        }
    }

    /// Sends what it can.
    ///
    /// - Parameter bytes: what to send; after an answer of `nil` the next call must bring the same pointer and no fewer bytes.
    /// - Returns: how many bytes went out, or `nil` when there is no room.
    func send(_ bytes: UnsafeBufferPointer<UInt8>) throws(TransportError) -> Int? {
        var sent = 0
        let result = unsafe curl_easy_send(self.easy.pointer, bytes.baseAddress, bytes.count, &sent)
        switch result {
        case CURLE_OK: return sent
        case CURLE_AGAIN: return nil
        default: throw self.error(result)
        }
    }

    /// Receives into a buffer until it is full or nothing more is there.
    ///
    /// libcurl may hold decrypted bytes of which `poll` knows nothing, so that a secured connection is asked until it has none.
    ///
    /// - Parameter buffer: where to put the bytes.
    /// - Returns: how many bytes came, and what came after them: `bytes` means that there may be more.
    mutating func receive(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(TransportError) -> (count: Int, next: Received) {
        var count = 0
        while count < buffer.count {
            let room = min(buffer.count - count, Self.receiveBound)
            var received = 0
            let result = unsafe curl_easy_recv(self.easy.pointer, buffer.baseAddress.map { unsafe $0 + count }, room, &received)
            switch result {
            case CURLE_OK where received == 0: return (count, .end)
            case CURLE_OK:
                self.hasReceived = true
                count += received
                if !self.isSecured, received < room { return (count, .nothing) }
            case CURLE_AGAIN: return (count, .nothing)
            default:
                // What came before the failure is worth having; the failure shows itself again at the next call.
                guard count == 0 else { return (count, .bytes(count)) }
                throw self.error(result)
            }
        }
        return (count, .bytes(count))
    }

    /// Closes the connection, in TLS too, but for the socket, on which the peer may still send.
    ///
    /// - Returns: the socket, or `nil` where there is no descriptor left to keep it.
    consuming func endOutput() -> LingeringSocket? {
        guard let socket = LingeringSocket(duplicating: self.descriptor) else { return nil }
        _ = consume self
        socket.endOutput()
        return socket
    }

    private func error(_ result: CURLcode) -> TransportError {
        var error = TransportError(result, of: self.easy, peer: self.peer)
        if self.descriptor >= 0, self.isSecured, !self.hasReceived, !self.hasIdentity {
            // Under TLS 1.3 this side is through with the handshake before the peer has looked for a client certificate.
            error.message += "; the peer ended the connection before it sent anything: it may want a client certificate"
        }
        return error
    }

    private static func authority(of target: ByteStreamTarget) throws(TransportError) -> String {
        let isAddress6 = target.host.contains(":")
        let isAllowed = target.host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"), UInt8(ascii: "%"): isAddress6
            default: false
            }
        }
        guard isAllowed, !target.host.isEmpty, (1...65_535).contains(target.port) else {
            throw TransportError(.invalidRequest, message: "no host and port to connect to: \"\(target.host)\", \(target.port)")
        }
        return isAddress6 ? "[\(target.host)]:\(target.port)" : "\(target.host):\(target.port)"
    }
}
