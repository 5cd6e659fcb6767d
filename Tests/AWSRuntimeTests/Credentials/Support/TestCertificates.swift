// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemCrypto

/// An authority with the certificates of a server and a device, made for one test.
struct TestCertificates {
    /// From 2020-01-01 to 2120-01-01.
    private static let century = CertificateValidity(notBefore: 1_577_836_800, notAfter: 4_733_510_400)

    private let key: PrivateKey
    private let authority: X509Certificate

    init() throws {
        self.key = try PrivateKey.generate(.ecP256)
        self.authority = try CertificateBuilder(
            subject: DistinguishedName(commonName: "Test CA"), publicKey: self.key.publicKey, validity: Self.century,
            basicConstraints: .certificateAuthority(pathLength: 0)
        ).selfSigned(by: self.key)
    }

    /// Writes `ca.pem`, and `server` and `device` as `.pem` and `.key`.
    func write(to folder: URL) throws {
        try self.authority.pem.write(to: folder.appendingPathComponent("ca.pem"), atomically: true, encoding: .utf8)
        try self.issue("server", .serverAuthentication, to: folder)
        try self.issue("device", .clientAuthentication, to: folder)
    }

    /// Writes a new certificate and its key.
    func issue(_ name: String, _ usage: ExtendedKeyUsage, to folder: URL) throws {
        let key = try PrivateKey.generate(.ecP256)
        var builder = CertificateBuilder(
            subject: DistinguishedName(commonName: name), publicKey: key.publicKey, validity: Self.century)
        builder.extendedKeyUsage = usage
        builder.subjectAlternativeNames = [.dnsName("localhost"), .ipAddress([127, 0, 0, 1])]
        let certificate = try builder.signed(by: self.key, of: self.authority)
        try certificate.pem.write(to: folder.appendingPathComponent("\(name).pem"), atomically: true, encoding: .utf8)
        try key.pem().write(to: folder.appendingPathComponent("\(name).key"), atomically: true, encoding: .utf8)
    }
}
