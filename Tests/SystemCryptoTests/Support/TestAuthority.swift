// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto

/// A certificate authority made with the module under test.
struct TestAuthority {
    /// From 2020-01-01 to 2120-01-01.
    static let century = CertificateValidity(notBefore: 1_577_836_800, notAfter: 4_733_510_400)

    let key: PrivateKey
    let certificate: X509Certificate

    init(key: PrivateKey, certificate: X509Certificate) {
        self.key = key
        self.certificate = certificate
    }

    init(_ algorithm: KeyAlgorithm = .ecP256, commonName: String = "Test CA", pathLength: UInt8? = 0) throws {
        self.key = try PrivateKey.generate(algorithm)
        self.certificate = try CertificateBuilder(
            subject: DistinguishedName(commonName: commonName, organization: "Lamassu"), publicKey: self.key.publicKey,
            validity: Self.century, basicConstraints: .certificateAuthority(pathLength: pathLength)
        ).selfSigned(by: self.key)
    }

    /// A device's certificate.
    func issue(commonName: String = "device-1") throws -> X509Certificate {
        let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: commonName), key: .generate(.ecP256))
        return try CertificateBuilder(request: request, validity: Self.century).signed(by: self.key, of: self.certificate)
    }
}
