// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import SystemCrypto

/// A CA with its key, and a device with a certificate of it.
struct TestDevice {
    let key: PrivateKey
    let authority: X509Certificate
    let certificate: X509Certificate

    init(_ name: String = "device") throws {
        self.key = try .generate(.ecP256)
        var builder = CertificateBuilder(
            subject: DistinguishedName(commonName: "\(name)-ca"), publicKey: self.key.publicKey, validity: Self.validity,
            basicConstraints: .certificateAuthority(pathLength: nil))
        builder.serialNumber = try .random()
        self.authority = try builder.selfSigned(by: self.key)
        let device = CertificateBuilder(
            subject: DistinguishedName(commonName: name), publicKey: try PrivateKey.generate(.ecP256).publicKey, validity: Self.validity)
        self.certificate = try device.signed(by: self.key, of: self.authority)
    }

    var signer: CAKeySigner { CAKeySigner(key: self.key, certificate: self.authority, validity: Self.validity) }

    /// From 2020 to 2049, so that no clock matters.
    static let validity = SystemCrypto::CertificateValidity(notBefore: 1_577_836_800, notAfter: 2_493_072_000)
}
