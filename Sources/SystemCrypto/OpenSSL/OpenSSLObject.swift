// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Owns one OpenSSL object and frees it exactly once, when this value goes away.
///
/// `@safe` because the pointer is valid from the initialiser to `deinit`, and nothing else frees it.
@safe struct OpenSSLObject: ~Copyable {
    let pointer: OpaquePointer
    private let free: @Sendable (OpaquePointer?) -> Void

    /// Takes over `pointer`, which an OpenSSL function has just made.
    ///
    /// - Throws: ``CryptoError`` with `code`, `message` and OpenSSL's lines when there is no object.
    init(
        _ pointer: OpaquePointer?, free: @escaping @Sendable (OpaquePointer?) -> Void,
        orThrow code: CryptoError.Code = .operationFailed, _ message: @autoclosure () -> String
    ) throws(CryptoError) {
        guard let pointer = unsafe pointer else { throw .openSSL(code, message()) }
        unsafe self.pointer = pointer
        unsafe self.free = free
    }

    deinit { unsafe self.free(self.pointer) }
}
