// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// An X.509 certificate (RFC 5280): its encoding and what stands in it.
///
/// Reading a certificate proves nothing about it; ``verifyChain(to:through:at:purpose:)`` checks whether it can be trusted, and
/// ``verifyIssued(by:)`` who signed it. Two certificates are equal when their encodings are.
public struct X509Certificate: Sendable, CustomStringConvertible {
    private static let label = "CERTIFICATE"
    private static let maximumBundleBytes = 4_194_304

    /// The certificate in DER.
    public let der: [UInt8]
    /// The SHA-256 digest of ``der``; in hexadecimal it is the id that AWS IoT gives the certificate.
    public let fingerprint: SHA256Digest
    /// The serial number.
    public let serialNumber: CertificateSerialNumber
    /// Whom the certificate is about.
    public let subject: DistinguishedName
    /// Who says that it signed the certificate.
    public let issuer: DistinguishedName
    /// The time in which it is valid.
    public let validity: CertificateValidity
    /// The subject's public key.
    public let publicKey: PublicKey
    /// Whether the subject may sign certificates: basic constraints say so, and key usage, where there is any, allows it.
    public let isCA: Bool
    /// What the key may be used for, or `nil` when the certificate does not say.
    public let keyUsage: KeyUsage?
    /// The protocols that the key may be used for; empty when the certificate does not say.
    public let extendedKeyUsage: ExtendedKeyUsage
    /// The other names of the subject, in the order of the encoding; empty when the certificate has none.
    public let subjectAlternativeNames: [SubjectAlternativeName]
    /// The identifier of the subject's key as lower-case hexadecimal digits without separators, where the certificate has one.
    public let subjectKeyID: String?
    /// The identifier of the issuer's key in the same form, where the certificate has one.
    public let authorityKeyID: String?

    /// Reads a certificate in DER.
    ///
    /// - Parameter der: the bytes, at most 64 KiB; nothing may follow the certificate.
    /// - Throws: ``CryptoError/Code/malformedCertificate`` or ``CryptoError/Code/inputTooLarge``.
    public init(der: [UInt8]) throws(CryptoError) {
        let certificate = try Self.parse(der)
        let flags = unsafe X509_get_extension_flags(certificate.pointer)
        guard flags & UInt32(EXFLAG_INVALID) == 0 else {
            throw .openSSL(.malformedCertificate, "an extension of the certificate is malformed or contradicts another")
        }
        self.der = der
        self.fingerprint = try SHA256.hash(der)
        self.serialNumber = try Self.serialNumber(of: certificate)
        self.subject = try unsafe DistinguishedName(X509_get_subject_name(certificate.pointer), orThrow: .malformedCertificate)
        self.issuer = try unsafe DistinguishedName(X509_get_issuer_name(certificate.pointer), orThrow: .malformedCertificate)
        self.validity = try unsafe CertificateValidity(
            notBefore: Self.seconds(of: X509_get0_notBefore(certificate.pointer)),
            notAfter: Self.seconds(of: X509_get0_notAfter(certificate.pointer)))
        self.publicKey = try unsafe PublicKey(
            structure: X509_get_X509_PUBKEY(certificate.pointer), key: X509_get0_pubkey(certificate.pointer))
        self.isCA = unsafe X509_check_ca(certificate.pointer) == 1
        self.keyUsage =
            flags & UInt32(EXFLAG_KUSAGE) == 0 ? nil : unsafe KeyUsage(rawValue: X509_get_key_usage(certificate.pointer))
        self.extendedKeyUsage =
            flags & UInt32(EXFLAG_XKUSAGE) == 0
            ? [] : unsafe ExtendedKeyUsage(rawValue: X509_get_extended_key_usage(certificate.pointer))
        self.subjectAlternativeNames = try unsafe SubjectAlternativeName.names(orThrow: .malformedCertificate) { isCritical in
            unsafe X509_get_ext_d2i(certificate.pointer, NID_subject_alt_name, &isCritical, nil)
        }
        self.subjectKeyID = unsafe Self.hexadecimal(X509_get0_subject_key_id(certificate.pointer))
        self.authorityKeyID = unsafe Self.hexadecimal(X509_get0_authority_key_id(certificate.pointer))
        OpenSSLErrorQueue.clear()
    }

    /// Reads a certificate in PEM, label `CERTIFICATE`.
    ///
    /// - Parameter pem: the text of one certificate, at most 64 KiB, with nothing but white space around it.
    /// - Throws: ``CryptoError/Code/malformedPEM``, ``CryptoError/Code/malformedCertificate`` or ``CryptoError/Code/inputTooLarge``.
    public init(pem: String) throws(CryptoError) {
        try self.init(der: PEMDocument(parsing: Array(pem.utf8), label: Self.label).bytes)
    }

    /// Reads the certificates of a bundle in PEM, such as a file of trusted authorities.
    ///
    /// - Parameter pem: the text, at most 4 MiB; lines outside of the blocks are passed over.
    /// - Returns: the certificates in the order of the text, at least one.
    /// - Throws: ``CryptoError/Code/malformedPEM`` also for a block with another label, ``CryptoError/Code/malformedCertificate`` or
    ///   ``CryptoError/Code/inputTooLarge``.
    public static func bundle(pem: String) throws(CryptoError) -> [X509Certificate] {
        let blocks = try PEMDocument.blocks(of: Array(pem.utf8), what: Self.label, limit: Self.maximumBundleBytes, skipsText: true)
        var certificates: [X509Certificate] = []
        for block in blocks {
            guard block.label == Self.label, block.headers.isEmpty else {
                throw CryptoError(.malformedPEM, message: "the bundle holds \(block.shortLabel) where certificates are expected")
            }
            certificates.append(try X509Certificate(der: block.bytes))
        }
        return certificates
    }

    /// The certificate in PEM.
    public var pem: String { PEMDocument(label: Self.label, bytes: self.der).text }

    /// Checks that `issuer` issued this certificate: its name, its key identifier, that it is an authority, and the signature.
    ///
    /// It looks neither at the time nor at revocation, nor who issued the issuer.
    ///
    /// - Parameter issuer: the certificate of the authority.
    /// - Throws: ``CryptoError/Code/issuerMismatch`` when another authority is named or `issuer` is none;
    ///   ``CryptoError/Code/signatureMismatch`` when the signature is not the issuer's.
    public func verifyIssued(by issuer: X509Certificate) throws(CryptoError) {
        guard issuer.isCA else {
            throw CryptoError(.issuerMismatch, message: "the certificate of \(issuer.subject) is not one of a certificate authority")
        }
        let certificate = try Self.parse(self.der)
        let authority = try Self.parse(issuer.der)
        let relation = unsafe X509_check_issued(authority.pointer, certificate.pointer)
        guard relation == X509_V_OK else {
            let reason = unsafe String(cString: X509_verify_cert_error_string(Int(relation)))
            throw .openSSL(.issuerMismatch, "\(issuer.subject) is not the issuer that the certificate of \(self.subject) names: \(reason)")
        }
        guard unsafe X509_verify(certificate.pointer, X509_get0_pubkey(authority.pointer)) == 1 else {
            throw .openSSL(.signatureMismatch, "the certificate of \(self.subject) was not signed by the key of \(issuer.subject)")
        }
    }

    /// The subject and the serial number.
    public var description: String { "X509Certificate(\(self.subject), serial \(self.serialNumber))" }
}

extension X509Certificate: Hashable {
    /// Compares the encodings.
    public static func == (left: X509Certificate, right: X509Certificate) -> Bool { left.der == right.der }

    /// Hashes the fingerprint.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.fingerprint) }
}

extension X509Certificate {
    /// The certificate as OpenSSL's object.
    func parsed() throws(CryptoError) -> OpenSSLObject { try Self.parse(self.der) }

    private static func parse(_ der: [UInt8]) throws(CryptoError) -> OpenSSLObject {
        try unsafe DER.parse(
            der.span, orThrow: .malformedCertificate, "a certificate", free: { unsafe X509_free($0) },
            decode: { unsafe d2i_X509(nil, &$0, $1) })
    }

    private static func serialNumber(of certificate: borrowing OpenSSLObject) throws(CryptoError) -> CertificateSerialNumber {
        let number = try unsafe OpenSSLObject(
            ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.pointer), nil), free: { unsafe BN_free($0) },
            orThrow: .malformedCertificate, "the serial number cannot be read")
        let count = unsafe Int(BN_num_bits(number.pointer) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        _ = unsafe BN_bn2bin(number.pointer, &bytes)
        return unsafe CertificateSerialNumber(magnitude: bytes, isNegative: BN_is_negative(number.pointer) == 1)
    }

    /// Seconds since 1970 of an `ASN1_TIME`.
    @unsafe private static func seconds(of time: UnsafePointer<ASN1_TIME>?) throws(CryptoError) -> Int64 {
        let epoch = try unsafe OpenSSLObject(
            OpaquePointer(ASN1_TIME_set(nil, 0)), free: { unsafe ASN1_TIME_free(UnsafeMutablePointer($0)) }, "no memory for a time")
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, UnsafePointer(epoch.pointer), time) == 1 else {
            throw .openSSL(.malformedCertificate, "a time of the validity cannot be read")
        }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    @unsafe private static func hexadecimal(_ string: UnsafePointer<ASN1_OCTET_STRING>?) -> String? {
        guard let string = unsafe string, let start = unsafe ASN1_STRING_get0_data(string) else { return nil }
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string)))
        return unsafe Hexadecimal.encode(bytes.span)
    }
}
