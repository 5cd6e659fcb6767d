// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL
private import Synchronization

/// A digest context that one thread at a time works with, and that is never freed; the others make one of their own.
///
/// Nothing of what was digested stays in it: OpenSSL clears the last block when a digest is finished.
///
/// `@unchecked Sendable`: the pointer never changes, and what it points to is touched only between setting `isTaken`, which one
/// thread at a time can (the exchange acquires), and clearing it (the store releases).
@safe final class KeptDigestContext: @unchecked Sendable {
    static let shared = KeptDigestContext()

    private let context: OpaquePointer?
    private let isTaken = Atomic(false)

    private init() { unsafe self.context = EVP_MD_CTX_new() }

    /// Calls `body` with the context, or with `nil` while another thread has it.
    func withContext(_ body: (OpaquePointer?) -> Bool) -> Bool {
        guard self.isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return body(nil)
        }
        defer { self.isTaken.store(false, ordering: .releasing) }
        return unsafe body(self.context)
    }
}
