// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// An OpenSSL object that is worked with by one thread at a time; whoever comes meanwhile makes one of its own.
///
/// A `Mutex` lends nothing to closures that write into what their caller has, as these do.
///
/// `@unchecked Sendable`: the object is touched only between setting `isTaken`, which one thread at a time can (the exchange acquires),
/// and clearing it (the store releases).
@safe final class ExclusiveObject: @unchecked Sendable {
    private let object: OpenSSLObject
    private let isTaken = Atomic(false)

    init(_ object: consuming OpenSSLObject) { self.object = object }

    /// Calls `body` with the object.
    ///
    /// - Returns: what `body` returned; `nil` while another thread has the object.
    func withObject<Result>(_ body: (borrowing OpenSSLObject) -> Result) -> Result? {
        guard self.isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return nil }
        defer { self.isTaken.store(false, ordering: .releasing) }
        return body(self.object)
    }
}
