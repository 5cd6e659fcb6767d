// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// HMAC-SHA256 (RFC 2104) under one key, ready to authenticate any number of messages.
///
/// The key's two blocks are digested once, here. A message then works on that state: on the context itself, started over, when no
/// other thread uses it and OpenSSL can do so, otherwise on a copy. The description and the mirror show nothing of the key, and OpenSSL
/// overwrites it when the last reference goes.
///
/// `@unchecked Sendable`: `template` is keyed in the initialiser and never changed after it; a message duplicates it with
/// `EVP_MAC_CTX_dup`, which takes the source as `const` and raises only atomic reference counts, so threads may do so at once. The other
/// is an `ExclusiveObject`.
@safe public final class HMACSHA256: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    /// Whether a context that is started over begins with its key again.
    ///
    /// Before OpenSSL 3.0.3 it goes on where it stood, and calls that a success (openssl issue 17811). It is tried out, as the library's
    /// version does not tell: its provider may be older, as a validated one for FIPS often is.
    private static let startsOver = (try? isStartedOver()) ?? false

    private let template: OpenSSLObject
    /// `nil` where no context is started over.
    private let exclusive: ExclusiveObject?

    /// Prepares a key.
    ///
    /// - Parameter key: the key, of any length.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL has no memory or no provider with HMAC and SHA-256.
    public init(key: Span<UInt8>) throws(CryptoError) {
        OpenSSLErrorQueue.clear()
        let context = try Self.makeContext(key: key)
        if Self.startsOver { self.exclusive = ExclusiveObject(try Self.copy(context)) } else { self.exclusive = nil }
        self.template = context
    }

    /// The authentication code of `message` under this key.
    ///
    /// - Parameter message: what is authenticated.
    /// - Returns: its code.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public func authenticationCode(for message: Span<UInt8>) throws(CryptoError) -> SHA256Digest {
        var output = InlineArray<32, UInt8>(repeating: 0)
        var span = output.mutableSpan
        try self.authenticate(message, into: &span)
        return SHA256Digest(output)
    }

    /// The authentication code of `message` where it is itself a secret, such as a derived key.
    ///
    /// - Parameter message: what is authenticated.
    /// - Returns: its code.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    package func secretCode(for message: Span<UInt8>) throws(CryptoError) -> SecretBytes {
        try SecretBytes(count: SHA256Digest.byteCount) { (code) throws(CryptoError) in try self.authenticate(message, into: &code) }
    }

    private func authenticate(_ message: Span<UInt8>, into code: inout MutableSpan<UInt8>) throws(CryptoError) {
        OpenSSLErrorQueue.clear()
        var done = self.exclusive?.withObject { context in Self.startOver(context, message: message, into: &code) }
        if done == nil { done = Self.finish(try Self.copy(self.template), message: message, into: &code) }
        guard done == true else { throw .openSSL(.operationFailed, "HMAC-SHA256 could not be computed") }
    }

    private static func makeContext(key: Span<UInt8>) throws(CryptoError) -> OpenSSLObject {
        let mac = try unsafe FetchedAlgorithms.hmac()
        let context = try unsafe OpenSSLObject(EVP_MAC_CTX_new(mac), free: { unsafe EVP_MAC_CTX_free($0) }, "no memory for an HMAC")
        guard Self.initialize(context, key: key) else { throw .openSSL(.operationFailed, "HMAC-SHA256 could not be keyed") }
        return context
    }

    private static func isStartedOver() throws(CryptoError) -> Bool {
        let message: [UInt8] = [0]
        let context = try Self.makeContext(key: message.span)
        let first = Self.code(of: message.span, startingOver: context)
        let second = Self.code(of: message.span, startingOver: context)
        return first != nil && first == second
    }

    private static func code(of message: Span<UInt8>, startingOver context: borrowing OpenSSLObject) -> SHA256Digest? {
        var output = InlineArray<32, UInt8>(repeating: 0)
        var span = output.mutableSpan
        let done = Self.startOver(context, message: message, into: &span)
        return done ? SHA256Digest(output) : nil
    }

    private static func startOver(
        _ context: borrowing OpenSSLObject, message: Span<UInt8>, into code: inout MutableSpan<UInt8>
    ) -> Bool {
        // Without a key and parameters the context starts over with those it has.
        guard unsafe EVP_MAC_init(context.pointer, nil, 0, nil) == 1 else { return false }
        return Self.finish(context, message: message, into: &code)
    }

    private static func copy(_ context: borrowing OpenSSLObject) throws(CryptoError) -> OpenSSLObject {
        try unsafe OpenSSLObject(
            EVP_MAC_CTX_dup(context.pointer), free: { unsafe EVP_MAC_CTX_free($0) }, "no memory for an HMAC")
    }

    private static func finish(
        _ context: borrowing OpenSSLObject, message: Span<UInt8>, into code: inout MutableSpan<UInt8>
    ) -> Bool {
        let pointer = unsafe context.pointer
        var count = 0
        let done = unsafe code.withUnsafeMutableBufferPointer { result in
            unsafe message.withUnsafeBufferPointer { input in
                unsafe EVP_MAC_update(pointer, input.baseAddress, input.count) == 1
                    && EVP_MAC_final(pointer, result.baseAddress, &count, result.count) == 1
            }
        }
        return done && count == SHA256Digest.byteCount
    }

    /// Keys the context for SHA-256.
    private static func initialize(_ context: borrowing OpenSSLObject, key: Span<UInt8>) -> Bool {
        // A null key would mean "the earlier key" to OpenSSL; an empty one needs an address all the same.
        let placeholder: InlineArray<1, UInt8> = [0]
        return key.isEmpty
            ? self.initialize(context, keyStart: placeholder.span, count: 0) : self.initialize(context, keyStart: key, count: key.count)
    }

    private static func initialize(_ context: borrowing OpenSSLObject, keyStart: Span<UInt8>, count: Int) -> Bool {
        unsafe keyStart.withUnsafeBufferPointer { key in
            var name = Array("SHA256".utf8CString)
            // A parameter keeps the address of its name too, which has to live as long as it: given as text it would be gone at once.
            return unsafe OSSL_MAC_PARAM_DIGEST.withCString { digest in
                unsafe name.withUnsafeMutableBufferPointer { name in
                    // The length 0 tells OpenSSL to look for the terminating zero.
                    let parameters = unsafe [
                        OSSL_PARAM_construct_utf8_string(digest, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                    ]
                    return unsafe EVP_MAC_init(context.pointer, key.baseAddress, count, parameters) == 1
                }
            }
        }
    }

    /// The type's name alone.
    public var description: String { "HMACSHA256" }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
