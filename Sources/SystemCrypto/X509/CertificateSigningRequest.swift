// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// A request for a certificate (PKCS #10, RFC 2986): a name, a public key, and the proof that its sender has the private key.
///
/// Reading a request does not check the proof; ``verifySignature()`` does. Two requests are equal when their encodings are.
public struct CertificateSigningRequest: Sendable, CustomStringConvertible {
    private static let label = "CERTIFICATE REQUEST"

    /// The request in DER.
    public let der: [UInt8]
    /// The name that is asked for.
    public let subject: DistinguishedName
    /// The key that is to be certified.
    public let publicKey: PublicKey
    /// The other names that are asked for, in the order of the encoding; empty when the request has none.
    public let subjectAlternativeNames: [SubjectAlternativeName]

    /// Makes a request and signs it.
    ///
    /// - Parameters:
    ///   - subject: the name that is asked for.
    ///   - subjectAlternativeNames: the other names that are asked for; by default none.
    ///   - key: the key that is to be certified; it signs the request.
    /// - Throws: ``CryptoError/Code/invalidArgument`` for a name that cannot be encoded; ``CryptoError/Code/operationFailed`` when OpenSSL
    ///   fails.
    public init(
        subject: DistinguishedName, subjectAlternativeNames: [SubjectAlternativeName] = [], key: PrivateKey
    ) throws(CryptoError) {
        let name = try subject.encoded()
        OpenSSLErrorQueue.clear()
        let request = try unsafe OpenSSLObject(X509_REQ_new(), free: { unsafe X509_REQ_free($0) }, "no memory for a request")
        if !subjectAlternativeNames.isEmpty {
            let names = try SubjectAlternativeName.makeExtension(subjectAlternativeNames, subject: subject)
            let extensions = try unsafe OpenSSLObject(
                copenssl_extensions_of(names.pointer), free: { unsafe copenssl_extensions_free($0) }, "no memory for a request")
            guard unsafe X509_REQ_add_extensions(request.pointer, extensions.pointer) == 1 else {
                throw .openSSL(.operationFailed, "the alternative names could not be added")
            }
        }
        let pointer = unsafe request.pointer
        let signed = unsafe key.withKey { key, digest in
            unsafe X509_REQ_set_version(pointer, 0) == 1 && X509_REQ_set_subject_name(pointer, name.pointer) == 1
                && X509_REQ_set_pubkey(pointer, key) == 1 && X509_REQ_sign(pointer, key, digest) > 0
        }
        guard signed else { throw .openSSL(.operationFailed, "the request could not be made") }
        try unsafe self.init(der: DER.bytes(of: "the request") { unsafe i2d_X509_REQ(pointer, $0) })
    }

    /// Reads a request in DER.
    ///
    /// - Parameter der: the bytes, at most 64 KiB; nothing may follow the request.
    /// - Throws: ``CryptoError/Code/malformedSigningRequest`` or ``CryptoError/Code/inputTooLarge``.
    public init(der: [UInt8]) throws(CryptoError) {
        let request = try Self.parse(der)
        self.der = der
        self.subject = try unsafe DistinguishedName(X509_REQ_get_subject_name(request.pointer), orThrow: .malformedSigningRequest)
        self.publicKey = try unsafe PublicKey(
            structure: X509_REQ_get_X509_PUBKEY(request.pointer), key: X509_REQ_get0_pubkey(request.pointer))
        // A request without extensions has no list of them.
        let extensions = unsafe X509_REQ_get_extensions(request.pointer)
        defer { unsafe copenssl_extensions_free(extensions) }
        self.subjectAlternativeNames = try unsafe SubjectAlternativeName.names(orThrow: .malformedSigningRequest) { isCritical in
            unsafe X509V3_get_d2i(extensions, NID_subject_alt_name, &isCritical, nil)
        }
        OpenSSLErrorQueue.clear()
    }

    /// Reads a request in PEM, label `CERTIFICATE REQUEST`.
    ///
    /// - Parameter pem: the text of one request, at most 64 KiB, with nothing but white space around it.
    /// - Throws: ``CryptoError/Code/malformedPEM``, ``CryptoError/Code/malformedSigningRequest`` or
    ///   ``CryptoError/Code/inputTooLarge``.
    public init(pem: String) throws(CryptoError) {
        try self.init(der: PEMDocument(parsing: Array(pem.utf8), label: Self.label).bytes)
    }

    /// The request in PEM.
    public var pem: String { PEMDocument(label: Self.label, bytes: self.der).text }

    /// Checks that the request was signed by the key that it wants certified.
    ///
    /// - Throws: ``CryptoError/Code/signatureMismatch`` when it was not; ``CryptoError/Code/unsupportedKey`` when OpenSSL knows no such
    ///   key.
    public func verifySignature() throws(CryptoError) {
        let request = try Self.parse(self.der)
        guard let key = unsafe X509_REQ_get0_pubkey(request.pointer) else {
            throw .openSSL(.unsupportedKey, "the request of \(self.subject) has a key that OpenSSL does not know")
        }
        guard unsafe X509_REQ_verify(request.pointer, key) == 1 else {
            throw .openSSL(.signatureMismatch, "the request of \(self.subject) was not signed by the key in it")
        }
    }

    private static func parse(_ der: [UInt8]) throws(CryptoError) -> OpenSSLObject {
        try unsafe DER.parse(
            der.span, orThrow: .malformedSigningRequest, "a certificate signing request", free: { unsafe X509_REQ_free($0) },
            decode: { unsafe d2i_X509_REQ(nil, &$0, $1) })
    }

    /// The name that is asked for.
    public var description: String { "CertificateSigningRequest(\(self.subject))" }
}

extension CertificateSigningRequest: Hashable {
    /// Compares the encodings.
    public static func == (left: CertificateSigningRequest, right: CertificateSigningRequest) -> Bool { left.der == right.der }

    /// Hashes the encoding.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.der) }
}
