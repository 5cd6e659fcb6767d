// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL
private import Synchronization

/// OpenSSL's way to keys in hardware: the provider for PKCS #11 where the system has one, otherwise the engine.
///
/// It is loaded when the first key is asked for, and stays for the life of the process. All that touches it happens under one lock:
/// an engine keeps state for the whole process, and a module need not be safe for threads.
enum HardwareKeys {
    /// How keys are reached; `@safe` because an engine, once loaded, stays.
    @safe private enum Way {
        case unknown
        case provider
        /// An `ENGINE`.
        case engine(UnsafeMutableRawPointer)
    }

    /// An `EVP_PKEY` on its way out of the lock.
    ///
    /// `@unchecked Sendable` and `@safe`: it has one owner, whoever takes it out.
    @safe private struct Loaded: @unchecked Sendable {
        let key: OpaquePointer?
    }

    private static let name = "pkcs11"
    private static let way = Mutex(Way.unknown)

    /// Calls `body` under the lock, which it must not ask for again.
    static func serialize<Result: Sendable>(_ body: () -> Result) -> Result { self.way.withLock { _ in body() } }

    /// Reaches a key.
    ///
    /// - Parameter uri: the address, ended by a zero byte.
    /// - Returns: the `EVP_PKEY`.
    /// - Throws: ``CryptoError/Code/hardwareSupportMissing`` or ``CryptoError/Code/hardwareKeyUnavailable``.
    static func key(at uri: borrowing SecretBytes) throws(CryptoError) -> OpenSSLObject {
        let loaded = try uri.withSpan { (uri) throws(CryptoError) in
            try self.way.withLock { (way) throws(CryptoError) -> Loaded in
                OpenSSLErrorQueue.clear()
                if case .unknown = way { way = try self.find() }
                return unsafe uri.withUnsafeBufferPointer { buffer in
                    unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe Loaded(key: self.load($0.baseAddress, by: way)) }
                }
            }
        }
        return try unsafe OpenSSLObject(
            loaded.key, free: { key in unsafe self.free(Loaded(key: key)) }, orThrow: .hardwareKeyUnavailable,
            "no private key is at this address, or the PIN is missing or another")
    }

    /// The key that OpenSSL's store has at an address; the first one where there are several.
    @unsafe static func storedKey(at uri: UnsafePointer<CChar>?, interface: OpaquePointer?) -> OpaquePointer? {
        guard let store = unsafe OSSL_STORE_open(uri, interface, nil, nil, nil) else { return nil }
        defer { unsafe OSSL_STORE_close(store) }
        guard unsafe OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1 else { return nil }
        while unsafe OSSL_STORE_eof(store) == 0 {
            guard let found = unsafe OSSL_STORE_load(store) else { return nil }
            defer { unsafe OSSL_STORE_INFO_free(found) }
            if let key = unsafe OSSL_STORE_INFO_get1_PKEY(found) { return unsafe key }
        }
        return nil
    }

    /// A `UI_METHOD` that refuses every question, so that nobody is asked at a terminal and no token counts an empty PIN as wrong.
    @unsafe static func makeRefusingInterface() -> OpaquePointer? {
        guard let interface = unsafe UI_create_method("refuses") else { return nil }
        unsafe UI_method_set_opener(interface) { _ in 0 }
        return unsafe interface
    }

    private static func free(_ loaded: Loaded) { self.serialize { unsafe EVP_PKEY_free(loaded.key) } }

    private static func find() throws(CryptoError) -> Way {
        if unsafe OSSL_PROVIDER_try_load(nil, self.name, 1) != nil { return .provider }
        if let engine = unsafe copenssl_engine_load(self.name) { return unsafe .engine(engine) }
        throw .openSSL(
            .hardwareSupportMissing,
            "OpenSSL has neither a provider nor an engine for PKCS #11; install the package pkcs11-provider or libengine-pkcs11-openssl")
    }

    @unsafe private static func load(_ uri: UnsafePointer<CChar>?, by way: Way) -> OpaquePointer? {
        guard let interface = unsafe self.makeRefusingInterface() else { return nil }
        defer { unsafe UI_destroy_method(interface) }
        OpenSSLErrorQueue.clear()
        return switch way {
        case .engine(let engine): unsafe copenssl_engine_private_key(engine, uri, interface)
        case .provider, .unknown: unsafe self.storedKey(at: uri, interface: interface)
        }
    }
}
