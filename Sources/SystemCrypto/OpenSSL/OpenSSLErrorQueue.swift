// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// The calling thread's queue of OpenSSL errors.
///
/// The queue belongs to a thread, so it is cleared before and read after an operation within one synchronous function. It is empty after
/// each function of this module, whether that failed or not: others on the thread, such as TLS, take what stands in it for theirs.
package enum OpenSSLErrorQueue {
    /// How many lines are kept; the first ones name the cause.
    private static let maximumLines = 4

    /// Empties the queue, so that what stands in it afterwards belongs to the next operation.
    static func clear() { if !self.isEmpty { ERR_clear_error() } }

    /// Whether nothing stands in the queue.
    package static var isEmpty: Bool { ERR_peek_error() == 0 }

    /// Takes all lines out of the queue and returns the first few.
    static func drain() -> [String] {
        var lines: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            if lines.count < self.maximumLines { lines.append(self.text(of: code)) }
        }
        return lines
    }

    private static func text(of code: UInt) -> String {
        let capacity = 256
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe ERR_error_string_n(code, start, capacity)
            return unsafe String(cString: start)
        }
    }
}

extension CryptoError {
    /// The error of an OpenSSL call that has just failed on this thread.
    static func openSSL(_ code: Code, _ message: String) -> CryptoError {
        CryptoError(code, message: message, openSSLErrors: OpenSSLErrorQueue.drain())
    }
}
