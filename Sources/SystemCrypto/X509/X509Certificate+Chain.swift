// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

extension X509Certificate {
    /// The most certificates that are looked at for one chain, trusted ones and others each.
    private static let maximumCertificates = 1_024
    /// The most authorities between the certificate and the trusted one.
    private static let maximumDepth: Int32 = 16
    /// 112 bits of strength: RSA of 2048 bits, no SHA-1.
    private static let securityLevel: Int32 = 2

    /// Checks that this certificate can be trusted: that a chain of signatures leads from it to a trusted certificate (RFC 5280 section 6).
    ///
    /// Each certificate of the chain must be valid at the moment (the last second of its validity does not count), each authority must be one and keep its path length, and all keys and
    /// signatures have at least 112 bits of strength. It neither looks at revocation nor compares names with a host.
    ///
    /// - Parameters:
    ///   - anchors: the certificates that are trusted, at most 1,024; they need not be self-signed.
    ///   - intermediates: other certificates that the chain may go through, in any order, at most 1,024; by default none.
    ///   - seconds: the moment, counted from 1970-01-01T00:00:00Z.
    ///   - purpose: what the certificate is to be used for.
    /// - Returns: the chain, from this certificate to the trusted one.
    /// - Throws: ``CryptoError/Code/untrustedChain``, ``CryptoError/Code/outsideValidity``,
    ///   ``CryptoError/Code/certificateNotAllowed`` or ``CryptoError/Code/signatureMismatch`` with the certificate that it fails at;
    ///   ``CryptoError/Code/invalidArgument`` for too many certificates.
    public func verifyChain(
        to anchors: [X509Certificate], through intermediates: [X509Certificate] = [], at seconds: Int64, purpose: CertificatePurpose = .any
    ) throws(CryptoError) -> [X509Certificate] {
        guard anchors.count <= Self.maximumCertificates, intermediates.count <= Self.maximumCertificates else {
            throw CryptoError(.invalidArgument, message: "more than \(Self.maximumCertificates) certificates were given for one chain")
        }
        let certificate = try self.parsed()
        let store = try unsafe OpenSSLObject(X509_STORE_new(), free: { unsafe X509_STORE_free($0) }, "no memory for a chain")
        for anchor in anchors {
            let trusted = try anchor.parsed()
            guard unsafe X509_STORE_add_cert(store.pointer, trusted.pointer) == 1 else {
                throw .openSSL(.operationFailed, "no memory for a chain")
            }
        }
        let others = try unsafe OpenSSLObject(
            copenssl_certificates_new(), free: { unsafe copenssl_certificates_free($0) }, "no memory for a chain")
        for intermediate in intermediates {
            let other = try intermediate.parsed()
            guard unsafe copenssl_certificates_add(others.pointer, other.pointer) == 1 else {
                throw .openSSL(.operationFailed, "no memory for a chain")
            }
        }
        OpenSSLErrorQueue.clear()
        let context = try unsafe OpenSSLObject(
            X509_STORE_CTX_new(), free: { unsafe X509_STORE_CTX_free($0) }, "no memory for a chain")
        guard unsafe X509_STORE_CTX_init(context.pointer, store.pointer, certificate.pointer, others.pointer) == 1,
            unsafe Self.configure(X509_STORE_CTX_get0_param(context.pointer), seconds: seconds, purpose: purpose)
        else { throw .openSSL(.operationFailed, "the check of a chain could not be started") }
        guard unsafe X509_verify_cert(context.pointer) == 1 else { throw unsafe self.failure(in: context.pointer) }
        return try unsafe Self.chain(in: context.pointer)
    }

    @unsafe private static func configure(_ parameters: OpaquePointer?, seconds: Int64, purpose: CertificatePurpose) -> Bool {
        unsafe X509_VERIFY_PARAM_set_time(parameters, Int(seconds))
        unsafe X509_VERIFY_PARAM_set_depth(parameters, self.maximumDepth)
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, self.securityLevel)
        guard unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN)) == 1 else { return false }
        return switch purpose {
        case .tlsClient: unsafe X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT) == 1
        case .tlsServer: unsafe X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER) == 1
        default: true
        }
    }

    /// The error of a check that failed.
    @unsafe private func failure(in context: OpaquePointer) -> CryptoError {
        let error = unsafe X509_STORE_CTX_get_error(context)
        let code: CryptoError.Code =
            switch error {
            case X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED: .outsideValidity
            case X509_V_ERR_CERT_SIGNATURE_FAILURE: .signatureMismatch
            case X509_V_ERR_OUT_OF_MEM: .operationFailed
            case X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_KEYUSAGE_NO_CERTSIGN,
                X509_V_ERR_INVALID_NON_CA, X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, X509_V_ERR_PERMITTED_VIOLATION,
                X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK,
                X509_V_ERR_CERT_CHAIN_TOO_LONG:
                .certificateNotAllowed
            default: .untrustedChain
            }
        let reason = unsafe String(cString: X509_verify_cert_error_string(Int(error)))
        let depth = unsafe X509_STORE_CTX_get_error_depth(context)
        let certificate = unsafe X509_STORE_CTX_get_current_cert(context)
        let name = unsafe certificate.flatMap { unsafe try? DistinguishedName(X509_get_subject_name($0), orThrow: code) }
        let place = name.map { "the certificate of \($0)" } ?? "a certificate"
        return .openSSL(code, "the chain of \(self.subject) fails at \(place), \(depth) above it: \(reason)")
    }

    @unsafe private static func chain(in context: OpaquePointer) throws(CryptoError) -> [X509Certificate] {
        let found = unsafe X509_STORE_CTX_get0_chain(context)
        var chain: [X509Certificate] = []
        for index in 0..<max(0, unsafe copenssl_certificates_count(found)) {
            let pointer = unsafe copenssl_certificates_get(found, index)
            chain.append(try X509Certificate(der: unsafe DER.bytes(of: "a certificate") { unsafe i2d_X509(pointer, $0) }))
        }
        return chain
    }
}
