// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

extension PrivateKey {
    private static let scheme = "pkcs11:"
    private static let maximumURIBytes = 4_096
    private static let maximumPINBytes = 256

    /// Reaches a key that is kept in hardware: an HSM, a TPM or a smart card, by PKCS #11.
    ///
    /// OpenSSL does so by its provider `pkcs11` or by its engine of that name, packages of the system that are looked for here and not
    /// linked. They find the module of the hardware as their documentation says: the engine by `PKCS11_MODULE_PATH` in the environment, otherwise
    /// all that are registered with p11-kit. It takes what the hardware takes, on the calling thread. As PKCS #11 has it, a token that this
    /// process has logged in to stays so, and its keys are reached without the PIN from then on.
    ///
    /// - Parameters:
    ///   - uri: the address (RFC 7512), such as `pkcs11:token=lamassu;object=ca;type=private`; at most 4,096 bytes of visible ASCII.
    ///   - pin: the PIN of the token, at most 256 bytes of UTF-8; `nil` where the address says it (`pin-source=file:…`) or the token has none.
    ///     Nobody is asked at a terminal.
    /// - Throws: ``CryptoError/Code/hardwareSupportMissing``, ``CryptoError/Code/hardwareKeyUnavailable``,
    ///   ``CryptoError/Code/unsupportedKey``, or ``CryptoError/Code/invalidArgument`` for text that is no such address or PIN.
    public convenience init(pkcs11URI uri: String, pin: String? = nil) throws(CryptoError) {
        guard uri.hasPrefix(Self.scheme), uri.utf8.count <= Self.maximumURIBytes, uri.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw CryptoError(.invalidArgument, message: "the address of a key in hardware is a pkcs11: URI of visible ASCII")
        }
        guard let pin else {
            try self.init(HardwareKeys.key(at: SecretBytes(copying: Array("\(uri)\0".utf8).span)), isInHardware: true)
            return
        }
        guard !pin.isEmpty, pin.utf8.count <= Self.maximumPINBytes, !pin.utf8.contains(0), !uri.contains("pin-value="),
            !uri.contains("pin-source=")
        else {
            throw CryptoError(
                .invalidArgument, message: "a PIN has 1 to \(Self.maximumPINBytes) bytes, none of them zero, and stands in one place alone")
        }
        let head = "\(uri)\(uri.contains("?") ? "&" : "?")pin-value="
        let digits = Array("0123456789ABCDEF".utf8)
        let address = SecretBytes(count: head.utf8.count + 3 * pin.utf8.count + 1) { bytes in
            var end = 0
            func append(_ byte: UInt8, to bytes: inout MutableSpan<UInt8>) {
                bytes[end] = byte
                end += 1
            }
            for byte in head.utf8 { append(byte, to: &bytes) }
            // Every byte of the PIN is encoded, so that none of them means anything to the reader of the address.
            for byte in pin.utf8 {
                append(UInt8(ascii: "%"), to: &bytes)
                append(digits[Int(byte >> 4)], to: &bytes)
                append(digits[Int(byte & 0x0f)], to: &bytes)
            }
        }
        try self.init(HardwareKeys.key(at: address), isInHardware: true)
    }

    /// Reads the key that OpenSSL's store has at an address, as keys of a provider are read; a file stands in for one in tests.
    ///
    /// - Parameter uri: the address.
    /// - Throws: ``CryptoError/Code/hardwareKeyUnavailable``.
    package convenience init(storedAt uri: String) throws(CryptoError) {
        OpenSSLErrorQueue.clear()
        let interface = unsafe HardwareKeys.makeRefusingInterface()
        defer { unsafe UI_destroy_method(interface) }
        let key = unsafe uri.withCString { unsafe HardwareKeys.storedKey(at: $0, interface: interface) }
        try unsafe self.init(
            OpenSSLObject(key, free: { unsafe EVP_PKEY_free($0) }, orThrow: .hardwareKeyUnavailable, "no private key is at this address"))
    }
}
