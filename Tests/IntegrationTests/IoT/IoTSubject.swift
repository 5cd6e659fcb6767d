// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import Synchronization
import SystemCrypto

/// What one run of an idempotent operation is about: names and certificates of its own.
struct IoTSubject: Sendable {
    let name = "idempotent-\(UInt64.random(in: 0...UInt64.max))"
    let authority: X509Certificate
    let certificate: X509Certificate
    let signer: CAKeySigner
    /// The id that AWS gave to the subject's bulk registration.
    let task = TaskID()

    init() throws {
        let key = try PrivateKey.generate(.ecP256)
        var builder = CertificateBuilder(
            subject: DistinguishedName(commonName: self.name), publicKey: key.publicKey, validity: Self.validity,
            basicConstraints: .certificateAuthority(pathLength: nil))
        builder.serialNumber = try .random()
        self.authority = try builder.selfSigned(by: key)
        self.certificate = try CertificateBuilder(
            subject: DistinguishedName(commonName: self.name), publicKey: try PrivateKey.generate(.ecP256).publicKey,
            validity: Self.validity
        ).signed(by: key, of: self.authority)
        self.signer = CAKeySigner(key: key, certificate: self.authority, validity: Self.validity)
    }

    /// The changes that the ledger has of it, in order.
    func changes() async throws -> [String] {
        try await AWSEmulator.changes(naming: self.name, self.authority.iotCertificateID, self.certificate.iotCertificateID).map(\.change)
    }

    /// From 2020 to 2049, so that no clock matters.
    private static let validity = SystemCrypto::CertificateValidity(notBefore: 1_577_836_800, notAfter: 2_493_072_000)
}

/// An id that is known later.
final class TaskID: Sendable {
    private let state = Mutex("")

    var value: String {
        get { self.state.withLock { $0 } }
        set { self.state.withLock { $0 = newValue } }
    }
}
