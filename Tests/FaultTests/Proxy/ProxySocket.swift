// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A TCP socket on loopback that never blocks, and is closed when this value goes away.
struct ProxySocket: ~Copyable {
    struct Failure: Error {
        let call: String
        let number: Int32
    }

    /// What a call on the socket came to.
    enum Outcome: Equatable {
        case bytes(Int)
        case wouldBlock
        /// The peer has ended its output in order.
        case ended
        /// The connection is no more.
        case failed
    }

    let descriptor: Int32

    /// Takes over a descriptor.
    private init(taking descriptor: Int32) { self.descriptor = descriptor }

    private static func make() throws(Failure) -> ProxySocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", number: errno) }
        return ProxySocket(taking: descriptor)
    }

    deinit { _ = close(self.descriptor) }

    /// A socket that holds a port, and refuses who connects to it until it listens.
    ///
    /// - Parameter port: the port; 0 for any that is free.
    static func bound(to port: Int) throws(Failure) -> ProxySocket {
        let socket = try Self.make()
        try socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        guard unsafe Self.withAddress(port, { unsafe bind(socket.descriptor, $0, $1) }) == 0 else {
            throw Failure(call: "bind", number: errno)
        }
        try socket.stopBlocking()
        return socket
    }

    /// Connects to a port; on loopback that takes no time, whether somebody listens or not.
    static func connected(to port: Int) throws(Failure) -> ProxySocket {
        let socket = try Self.make()
        guard unsafe Self.withAddress(port, { unsafe connect(socket.descriptor, $0, $1) }) == 0 else {
            throw Failure(call: "connect", number: errno)
        }
        try socket.stopBlocking()
        try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        return socket
    }

    var port: Int {
        get throws(Failure) {
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(self.descriptor, $0, &length) }
            }
            guard result == 0 else { throw Failure(call: "getsockname", number: errno) }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    func startListening() throws(Failure) {
        guard listen(self.descriptor, 128) == 0 else { throw Failure(call: "listen", number: errno) }
    }

    /// Takes a connection that waits, if one does.
    func acceptNext() throws(Failure) -> ProxySocket? {
        let accepted = accept(self.descriptor, nil, nil)
        guard accepted >= 0 else {
            guard errno == EAGAIN || errno == EINTR || errno == ECONNABORTED else { throw Failure(call: "accept", number: errno) }
            return nil
        }
        let socket = ProxySocket(taking: accepted)
        try socket.stopBlocking()
        try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        return socket
    }

    /// Receives what there is, as far as there is room.
    func receive(into buffer: inout [UInt8]) -> Outcome {
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(self.descriptor, $0.baseAddress, $0.count, 0) }
        return count == 0 ? .ended : Self.outcome(count)
    }

    /// Sends as much as there is room for.
    func send(_ bytes: ArraySlice<UInt8>) -> Outcome {
        Self.outcome(
            unsafe bytes.withUnsafeBytes { unsafe Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
    }

    /// Tells the peer that nothing follows.
    func endOutput() { _ = shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Makes the close a reset.
    func resetWhenClosed() { try? self.set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0)) }

    /// What to wait for on it; nothing, errors included, where neither is wanted.
    func interest(reads: Bool, writes: Bool) -> pollfd {
        let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
        return pollfd(fd: events == 0 ? -1 : self.descriptor, events: Int16(events), revents: 0)
    }

    private static func outcome(_ count: Int) -> Outcome {
        guard count < 0 else { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed
    }

    private func stopBlocking() throws(Failure) {
        guard fcntl(self.descriptor, F_SETFL, O_NONBLOCK) == 0, fcntl(self.descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw Failure(call: "fcntl", number: errno)
        }
    }

    private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) throws(Failure) {
        var value = value
        guard unsafe setsockopt(self.descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
            throw Failure(call: "setsockopt", number: errno)
        }
    }

    /// Calls with the address of a port of 127.0.0.1.
    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
