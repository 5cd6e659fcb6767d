// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

/// Signs, with the key of a CA, the certificate by which AWS IoT sees that the account has that key.
///
/// Conform a type where the key is in a service or a hardware module; ``CAKeySigner`` does it with a key in this process.
public protocol VerificationCertificateSigner: Sendable {
    /// Issues a certificate of the CA for a signing request, whose common name is AWS's registration code.
    ///
    /// It may be called again for a later code. A validity of some minutes is enough.
    ///
    /// - Parameter request: the signing request.
    /// - Returns: the certificate, with the subject and the key of the request.
    /// - Throws: whatever went wrong; ``IoTCoreClient/IoTCoreClient/registerCA(_:)`` throws it as ``IoTCoreError/signerError``.
    func verificationCertificate(for request: CertificateSigningRequest) async throws -> X509Certificate
}

/// Signs the verification certificate with a key in this process, or in a hardware module that it has opened.
public struct CAKeySigner: VerificationCertificateSigner {
    private let key: PrivateKey
    private let certificate: X509Certificate
    private let validity: SystemCrypto::CertificateValidity

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - key: the key of the CA.
    ///   - certificate: the certificate of the CA.
    ///   - validity: when the verification certificate is good, which has to include now.
    public init(key: PrivateKey, certificate: X509Certificate, validity: SystemCrypto::CertificateValidity) {
        self.key = key
        self.certificate = certificate
        self.validity = validity
    }

    /// Issues the certificate.
    public func verificationCertificate(for request: CertificateSigningRequest) async throws -> X509Certificate {
        try CertificateBuilder(request: request, validity: self.validity).signed(by: self.key, of: self.certificate)
    }
}
