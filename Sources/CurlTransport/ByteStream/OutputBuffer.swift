// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Bytes on their way out: appended at the end, consumed at the front.
///
/// The memory stays where it is as long as nothing is appended: after a partial write libcurl wants to see the same pointer
/// again, which an array does not promise.
@safe
package struct OutputBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: this value is the only owner of its memory and cannot be copied, so whoever holds it is alone with it.
    private var base: UnsafeMutablePointer<UInt8>?
    private var start = 0
    private var end = 0
    /// How many bytes the memory holds.
    package private(set) var capacity = 0

    package init() { unsafe self.base = nil }

    deinit { unsafe self.base?.deallocate() }

    /// How many bytes wait.
    package var count: Int { self.end - self.start }

    /// Whether none waits.
    package var isEmpty: Bool { self.start == self.end }

    /// The bytes that wait; valid, and at the same place, until the next mutation but ``consume(_:)``.
    package var unconsumed: UnsafeBufferPointer<UInt8> {
        guard let base = unsafe self.base else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeBufferPointer(start: base + self.start, count: self.count)
    }

    /// Adds bytes, growing the memory by half or more where it does not suffice.
    package mutating func append(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        if self.capacity - self.end < bytes.count { self.makeRoom(for: bytes.count) }
        guard let base = unsafe self.base else { return }
        let end = self.end
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let address = source.baseAddress else { return }
            unsafe (base + end).initialize(from: address, count: source.count)
        }
        self.end += bytes.count
    }

    /// Drops bytes at the front; the memory stays.
    package mutating func consume(_ count: Int) {
        self.start += min(count, self.count)
        if self.isEmpty { (self.start, self.end) = (0, 0) }
    }

    /// Drops the bytes and the memory.
    package mutating func removeAll() { self = OutputBuffer() }

    private mutating func makeRoom(for count: Int) {
        let needed = self.count + count
        let larger = needed <= self.capacity ? self.capacity : max(needed, self.capacity + self.capacity / 2, 4_096)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        if let base = unsafe self.base {
            unsafe memory.initialize(from: base + self.start, count: self.count)
            unsafe base.deallocate()
        }
        (self.start, self.end) = (0, self.count)
        unsafe self.base = memory
        self.capacity = larger
    }
}
