// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// Bytes that are overwritten with zeros when they go away.
///
/// The only copy is the one in here; `@safe` because the memory is this value's from the initialiser to `deinit`.
///
/// `@unchecked Sendable`: nobody else has the pointer, and only a `mutating` function, which has the value to itself, writes through it.
@safe package struct SecretBytes: ~Copyable, @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// Makes `count` bytes and lets `body` write them.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - body: writes them; they are zeros before.
    package init<Failure: Error>(count: Int, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Void) throws(Failure) {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
        unsafe memory.initialize(repeating: 0)
        do throws(Failure) {
            var span = unsafe memory.mutableSpan
            try body(&span)
        } catch {
            unsafe Self.clear(memory)
            unsafe memory.deallocate()
            throw error
        }
        unsafe self.memory = memory
    }

    /// Copies bytes.
    ///
    /// - Parameter bytes: what is copied.
    package init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count) { memory in for index in bytes.indices { memory[index] = bytes[index] } }
    }

    deinit {
        unsafe Self.clear(self.memory)
        unsafe self.memory.deallocate()
    }

    /// How many bytes there are.
    package var count: Int { unsafe self.memory.count }

    /// Calls `body` with the bytes.
    ///
    /// - Parameter body: reads them.
    /// - Returns: what `body` returns.
    package func withSpan<Result: ~Copyable, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(unsafe self.memory.span)
    }

    /// Calls `body` with the bytes to change them.
    ///
    /// - Parameter body: reads and writes them.
    package mutating func withMutableSpan(_ body: (inout MutableSpan<UInt8>) -> Void) {
        var span = unsafe self.memory.mutableSpan
        body(&span)
    }

    /// Overwrites the bytes with zeros, as `deinit` does.
    package mutating func clear() { unsafe Self.clear(self.memory) }

    /// Overwrites memory in a way that the compiler does not leave out.
    @unsafe private static func clear(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        #if DEBUG
        SecretBytesObserver.current?(unsafe memory.span)
        #endif
    }
}

#if DEBUG
/// Shows tests what is left of secrets.
package enum SecretBytesObserver {
    /// Is given the memory of each secret of its task that has just been overwritten.
    @TaskLocal package static var current: (@Sendable (Span<UInt8>) -> Void)?
}
#endif
