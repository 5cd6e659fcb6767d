// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// What a new certificate is to say; an authority's key makes a certificate of it.
///
/// ```swift
/// let caKey = try PrivateKey.generate(.ecP256)
/// let ca = try CertificateBuilder(
///     subject: DistinguishedName(commonName: "Example CA"), publicKey: caKey.publicKey, validity: tenYears,
///     basicConstraints: .certificateAuthority(pathLength: 0)
/// ).selfSigned(by: caKey)
/// let device = try CertificateBuilder(request: request, validity: oneYear).signed(by: caKey, of: ca)
/// ```
///
/// Every certificate gets a subject key identifier, and an authority key identifier where the issuer has a key identifier.
public struct CertificateBuilder: Sendable {
    /// Whom the certificate is about.
    public var subject: DistinguishedName
    /// The subject's public key.
    public var publicKey: PublicKey
    /// The time in which it is valid.
    public var validity: CertificateValidity
    /// The serial number; `nil`, the default, for a random one.
    public var serialNumber: CertificateSerialNumber?
    /// Whether the subject may sign certificates; by default it may not.
    public var basicConstraints: BasicConstraints
    /// What the key may be used for; by default signing certificates and revocation lists for an authority, signatures for others.
    public var keyUsage: KeyUsage
    /// The protocols the key may be used for; by default the certificate does not say.
    public var extendedKeyUsage: ExtendedKeyUsage
    /// The other names of the subject; by default none, also where a request asks for some.
    public var subjectAlternativeNames: [SubjectAlternativeName]

    /// Starts a certificate.
    ///
    /// - Parameters:
    ///   - subject: whom it is about.
    ///   - publicKey: the subject's public key.
    ///   - validity: the time in which it is valid.
    ///   - basicConstraints: whether the subject may sign certificates.
    public init(
        subject: DistinguishedName, publicKey: PublicKey, validity: CertificateValidity, basicConstraints: BasicConstraints = .endEntity
    ) {
        self.subject = subject
        self.publicKey = publicKey
        self.validity = validity
        self.serialNumber = nil
        self.basicConstraints = basicConstraints
        self.keyUsage =
            basicConstraints == .endEntity ? .digitalSignature : [.digitalSignature, .certificateSigning, .revocationListSigning]
        self.extendedKeyUsage = []
        self.subjectAlternativeNames = []
    }

    /// Starts the certificate that a request asks for, after checking the request's signature.
    ///
    /// Name and key are taken over; extensions that the request asks for are not.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - validity: the time in which the certificate is valid.
    /// - Throws: ``CryptoError/Code/signatureMismatch`` when the request was not signed by the key in it.
    public init(request: CertificateSigningRequest, validity: CertificateValidity) throws(CryptoError) {
        try request.verifySignature()
        self.init(subject: request.subject, publicKey: request.publicKey, validity: validity)
    }

    /// Makes the certificate, signed by its own subject.
    ///
    /// - Parameter key: the private key of ``publicKey``.
    /// - Returns: the certificate.
    /// - Throws: ``CryptoError/Code/keyMismatch`` when the key is another; ``CryptoError/Code/invalidArgument`` for a name, time or number
    ///   that cannot be encoded; ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public func selfSigned(by key: PrivateKey) throws(CryptoError) -> X509Certificate {
        guard key.publicKey == self.publicKey else {
            throw CryptoError(.keyMismatch, message: "the key does not belong to the public key of the certificate")
        }
        let certificate = try self.unsigned()
        let name = try self.subject.encoded()
        guard unsafe X509_set_issuer_name(certificate.pointer, name.pointer) == 1 else {
            throw .openSSL(.operationFailed, "the issuer's name could not be set")
        }
        try self.addExtensions(to: certificate, issuer: certificate, issuerHasKeyID: true)
        return try Self.sign(certificate, by: key)
    }

    /// Makes the certificate, signed by an authority.
    ///
    /// - Parameters:
    ///   - key: the authority's private key.
    ///   - issuer: the authority's certificate.
    /// - Returns: the certificate.
    /// - Throws: ``CryptoError/Code/issuerMismatch`` when `issuer` is not an authority; ``CryptoError/Code/keyMismatch`` when the key is
    ///   not the issuer's; otherwise as ``selfSigned(by:)``.
    public func signed(by key: PrivateKey, of issuer: X509Certificate) throws(CryptoError) -> X509Certificate {
        guard issuer.isCA else {
            throw CryptoError(.issuerMismatch, message: "the certificate of \(issuer.subject) is not one of a certificate authority")
        }
        guard key.publicKey == issuer.publicKey else {
            throw CryptoError(.keyMismatch, message: "the key does not belong to the certificate of \(issuer.subject)")
        }
        let certificate = try self.unsigned()
        let authority = try issuer.parsed()
        guard unsafe X509_set_issuer_name(certificate.pointer, X509_get_subject_name(authority.pointer)) == 1 else {
            throw .openSSL(.operationFailed, "the issuer's name could not be set")
        }
        try self.addExtensions(to: certificate, issuer: authority, issuerHasKeyID: issuer.subjectKeyID != nil)
        return try Self.sign(certificate, by: key)
    }
}

extension CertificateBuilder {
    /// The certificate without issuer, extensions and signature.
    private func unsigned() throws(CryptoError) -> OpenSSLObject {
        guard self.validity.notBefore <= self.validity.notAfter else {
            throw CryptoError(.invalidArgument, message: "the validity ends before it begins")
        }
        let name = try self.subject.encoded()
        let key = try self.publicKey.parsed()
        let number = if let serialNumber = self.serialNumber { serialNumber } else { try CertificateSerialNumber.random() }
        let serialNumber = try Self.encoded(number)
        let notBefore = try Self.encoded(self.validity.notBefore)
        let notAfter = try Self.encoded(self.validity.notAfter)
        OpenSSLErrorQueue.clear()
        let certificate = try unsafe OpenSSLObject(X509_new(), free: { unsafe X509_free($0) }, "no memory for a certificate")
        guard
            unsafe X509_set_version(certificate.pointer, Int(X509_VERSION_3)) == 1,
            unsafe X509_set_serialNumber(certificate.pointer, UnsafeMutablePointer(serialNumber.pointer)) == 1,
            unsafe X509_set_subject_name(certificate.pointer, name.pointer) == 1,
            unsafe X509_set1_notBefore(certificate.pointer, UnsafePointer(notBefore.pointer)) == 1,
            unsafe X509_set1_notAfter(certificate.pointer, UnsafePointer(notAfter.pointer)) == 1,
            unsafe X509_set_pubkey(certificate.pointer, key.pointer) == 1
        else { throw .openSSL(.operationFailed, "the certificate could not be made") }
        return certificate
    }

    private func addExtensions(
        to certificate: borrowing OpenSSLObject, issuer: borrowing OpenSSLObject, issuerHasKeyID: Bool
    ) throws(CryptoError) {
        var extensions: [(identifier: Int32, value: String)] = [
            (NID_basic_constraints, self.basicConstraints.configuration), (NID_subject_key_identifier, "hash"),
        ]
        if issuerHasKeyID { extensions.append((NID_authority_key_identifier, "keyid:always")) }
        if !self.keyUsage.isEmpty { extensions.append((NID_key_usage, "critical,\(self.keyUsage.configuration)")) }
        if !self.extendedKeyUsage.isEmpty { extensions.append((NID_ext_key_usage, self.extendedKeyUsage.configuration)) }
        for (identifier, value) in extensions {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
            let pointer = unsafe X509V3_EXT_conf_nid(nil, &context, identifier, value)
            let made = try unsafe OpenSSLObject(
                pointer, free: { unsafe X509_EXTENSION_free($0) }, "the extension \(value) could not be made")
            guard unsafe X509_add_ext(certificate.pointer, made.pointer, -1) == 1 else {
                throw .openSSL(.operationFailed, "the extension \(value) could not be added")
            }
        }
        guard !self.subjectAlternativeNames.isEmpty else { return }
        let names = try SubjectAlternativeName.makeExtension(self.subjectAlternativeNames, subject: self.subject)
        guard unsafe X509_add_ext(certificate.pointer, names.pointer, -1) == 1 else {
            throw .openSSL(.operationFailed, "the alternative names could not be added")
        }
    }

    private static func sign(_ certificate: borrowing OpenSSLObject, by key: PrivateKey) throws(CryptoError) -> X509Certificate {
        let pointer = unsafe certificate.pointer
        guard unsafe key.withKey({ key, digest in unsafe X509_sign(pointer, key, digest) }) > 0 else {
            throw .openSSL(.operationFailed, "the certificate could not be signed")
        }
        return try X509Certificate(der: unsafe DER.bytes(of: "the certificate") { unsafe i2d_X509(pointer, $0) })
    }

    /// A serial number as `ASN1_INTEGER`.
    private static func encoded(_ number: CertificateSerialNumber) throws(CryptoError) -> OpenSSLObject {
        guard !number.isNegative, number.magnitude != [0], number.magnitude.count <= CertificateSerialNumber.maximumByteCount else {
            throw CryptoError(.invalidArgument, message: "the serial number \(number) is not above 0 and of at most 20 bytes")
        }
        let value = try unsafe OpenSSLObject(
            BN_bin2bn(number.magnitude, Int32(number.magnitude.count), nil), free: { unsafe BN_free($0) }, "no memory for a number")
        return try unsafe OpenSSLObject(
            OpaquePointer(BN_to_ASN1_INTEGER(value.pointer, nil)), free: { unsafe ASN1_INTEGER_free(UnsafeMutablePointer($0)) },
            "the serial number could not be encoded")
    }

    /// A moment as `ASN1_TIME`.
    private static func encoded(_ seconds: Int64) throws(CryptoError) -> OpenSSLObject {
        // From 0001-01-01 to 9999-12-31: a year has four digits.
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else {
            throw CryptoError(.invalidArgument, message: "the second \(seconds) since 1970 is not in the years 1 to 9999")
        }
        OpenSSLErrorQueue.clear()
        return try unsafe OpenSSLObject(
            OpaquePointer(ASN1_TIME_set(nil, Int(seconds))), free: { unsafe ASN1_TIME_free(UnsafeMutablePointer($0)) },
            "no memory for a time")
    }
}
