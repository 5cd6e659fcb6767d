// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A socket that has sent its last byte and waits for the peer to do the same.
///
/// A socket that is closed while the peer still sends answers with a reset, and a reset makes the peer's system drop what it
/// had not read: the last bytes of ours. So the socket stays until the peer has ended too, or patience has.
struct LingeringSocket: ~Copyable {
    private let descriptor: Int32

    /// Takes a duplicate of a connection's descriptor, which keeps the connection open when the original is closed.
    ///
    /// - Parameter connection: the descriptor of the connection.
    init?(duplicating connection: Int32) {
        let duplicate = fcntl(connection, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return nil }
        self.descriptor = duplicate
    }

    deinit { _ = close(self.descriptor) }

    /// Tells the peer that nothing follows.
    func endOutput() { _ = shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Waits for the peer's end, dropping what it still sends, or for a wake-up.
    ///
    /// - Returns: whether the peer has ended.
    func waitForEnd(milliseconds: Int32, wakeup: borrowing WakeupDescriptor) -> Bool {
        guard wakeup.wait(for: self.descriptor, reads: true, writes: false, milliseconds: milliseconds).readable else { return false }
        var scratch: InlineArray<4_096, UInt8> = .init(repeating: 0)
        var bytes = scratch.mutableSpan
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }
}
