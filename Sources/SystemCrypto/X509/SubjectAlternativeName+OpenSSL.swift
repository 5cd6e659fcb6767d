// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

extension SubjectAlternativeName {
    /// Reads the names of an extension.
    ///
    /// - Parameters:
    ///   - code: the code of the error for an extension that cannot be read.
    ///   - find: finds and decodes the extension; what it sets tells how that went, as `X509V3_get_d2i` says.
    @unsafe static func names(
        orThrow code: CryptoError.Code, find: (_ isCritical: inout Int32) -> UnsafeMutableRawPointer?
    ) throws(CryptoError) -> [SubjectAlternativeName] {
        var isCritical: Int32 = 0
        guard let found = unsafe find(&isCritical) else {
            // -1 says that there is none.
            if isCritical == -1 { return [] }
            throw .openSSL(code, "the subject alternative names cannot be read, or stand twice")
        }
        let names = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(names) }
        var result: [SubjectAlternativeName] = []
        for index in 0..<max(0, unsafe copenssl_general_names_count(names)) {
            guard let name = unsafe copenssl_general_names_get(names, index) else { continue }
            result.append(try unsafe Self.read(name, orThrow: code))
        }
        return result
    }

    /// The names as a new `X509_EXTENSION`, critical where the subject is empty (RFC 5280 section 4.2.1.6).
    static func makeExtension(_ names: [SubjectAlternativeName], subject: DistinguishedName) throws(CryptoError) -> OpenSSLObject {
        var content: [UInt8] = []
        for name in names { content += try name.encoded() }
        guard content.count < DER.maximumBytes else {
            throw CryptoError(.invalidArgument, message: "the alternative names take \(content.count) bytes; 65535 at most are written")
        }
        let value = DER.element(tag: 0x30, content)
        OpenSSLErrorQueue.clear()
        let octets = try unsafe OpenSSLObject(
            OpaquePointer(ASN1_OCTET_STRING_new()), free: { unsafe ASN1_OCTET_STRING_free(UnsafeMutablePointer($0)) },
            "no memory for an extension")
        guard unsafe ASN1_OCTET_STRING_set(UnsafeMutablePointer(octets.pointer), value, Int32(value.count)) == 1 else {
            throw .openSSL(.operationFailed, "no memory for an extension")
        }
        let made = unsafe X509_EXTENSION_create_by_NID(
            nil, NID_subject_alt_name, subject.attributes.isEmpty ? 1 : 0, UnsafeMutablePointer(octets.pointer))
        return try unsafe OpenSSLObject(made, free: { unsafe X509_EXTENSION_free($0) }, "no memory for an extension")
    }

    @unsafe private static func read(
        _ name: UnsafeMutablePointer<GENERAL_NAME>, orThrow code: CryptoError.Code
    ) throws(CryptoError) -> SubjectAlternativeName {
        var type: Int32 = -1
        let value = unsafe GENERAL_NAME_get0_value(name, &type)
        switch type {
        case GEN_DNS: if let text = unsafe Self.text(value) { return .dnsName(text) }
        case GEN_EMAIL: if let text = unsafe Self.text(value) { return .emailAddress(text) }
        case GEN_URI: if let text = unsafe Self.text(value) { return .uniformResourceIdentifier(text) }
        case GEN_IPADD:
            let bytes = unsafe Self.bytes(value)
            if bytes.count == 4 || bytes.count == 16 { return .ipAddress(bytes) }
        case GEN_DIRNAME: return .directoryName(try unsafe DistinguishedName(value.map { OpaquePointer($0) }, orThrow: code))
        default: break
        }
        return .other(der: try unsafe DER.bytes(of: "an alternative name") { unsafe i2d_GENERAL_NAME(name, $0) })
    }

    @unsafe private static func bytes(_ value: UnsafeMutableRawPointer?) -> [UInt8] {
        guard let string = unsafe value?.assumingMemoryBound(to: ASN1_STRING.self), let start = unsafe ASN1_STRING_get0_data(string) else {
            return []
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string))))
    }

    /// The text of an `IA5String`, whole; `nil` when it is not ASCII.
    @unsafe private static func text(_ value: UnsafeMutableRawPointer?) -> String? {
        let bytes = unsafe Self.bytes(value)
        return bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// The name as DER `GeneralName`, with the tags of RFC 5280 section 4.2.1.6.
    private func encoded() throws(CryptoError) -> [UInt8] {
        switch self {
        case .emailAddress(let address): return try DER.element(tag: 0x81, Self.checked(address))
        case .dnsName(let name): return try DER.element(tag: 0x82, Self.checked(name))
        case .uniformResourceIdentifier(let identifier): return try DER.element(tag: 0x86, Self.checked(identifier))
        case .ipAddress(let bytes):
            guard bytes.count == 4 || bytes.count == 16 else {
                throw CryptoError(.invalidArgument, message: "an IP address has 4 or 16 bytes, not \(bytes.count)")
            }
            return DER.element(tag: 0x87, bytes)
        case .directoryName(let name):
            let encoded = try name.encoded()
            let pointer = unsafe encoded.pointer
            return DER.element(tag: 0xa4, try unsafe DER.bytes(of: "a name") { unsafe i2d_X509_NAME(pointer, $0) })
        case .other(let der):
            _ = try unsafe DER.parse(
                der.span, orThrow: .invalidArgument, "a GeneralName",
                free: { unsafe GENERAL_NAME_free(UnsafeMutablePointer($0)) },
                decode: { unsafe OpaquePointer(d2i_GENERAL_NAME(nil, &$0, $1)) })
            return der
        }
    }

    private static func checked(_ text: String) throws(CryptoError) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 2_048, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw CryptoError(
                .invalidArgument, message: "\(text.prefix(80).debugDescription) is not 1 to 2048 visible characters of ASCII")
        }
        return bytes
    }
}
