// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ExampleSupport
import JSONCoding
import LamassuEvents
import SystemCrypto
import Timeline

/// The CAs, certificates, devices and device managers of the example, in memory: the service as it would be without events.
actor Directory {
    private struct Authority {
        var model: CACertificate
        /// `nil` for a CA whose key is elsewhere.
        var key: PrivateKey?
    }

    private var authorities: [String: Authority] = [:]
    private var certificates: [String: Certificate] = [:]
    private var devices: [String: Device] = [:]
    private let dms: DMS
    private let timeline: Timeline
    nonisolated let connector: ConnectorID

    init(dms: DMS, connector: ConnectorID, timeline: Timeline) {
        self.dms = dms
        self.connector = connector
        self.timeline = timeline
    }

    private func did(_ what: String) { self.timeline.note("CA service", "operation", what) }

    private func authority(_ id: String) throws -> Authority {
        guard let authority = self.authorities[id] else { throw NotFound(what: "CA \(id)") }
        return authority
    }

    /// The certificate and the key with which a CA signs.
    private func signer(_ id: String) throws -> (certificate: X509Certificate, key: PrivateKey) {
        let authority = try self.authority(id)
        guard let key = authority.key, let pem = authority.model.certificate.pem else { throw Conflict(what: "the key of CA \(id)") }
        return (try X509Certificate(pem: pem), key)
    }

    /// Signs what a connector asks for, so that AWS believes that the CA's key is ours.
    func signVerificationCertificate(for id: String, request pem: String) throws -> String {
        let signer = try self.signer(id)
        let signed = try CertificateBuilder(request: CertificateSigningRequest(pem: pem), validity: .days(1))
            .signed(by: signer.key, of: signer.certificate)
        self.timeline.note("CA service", "signed", "the verification certificate of CA \(id)")
        return signed.pem
    }

    // MARK: Devices and certificates

    func device(_ id: String) throws -> Device {
        guard let device = self.devices[id] else { throw NotFound(what: "device \(id)") }
        return device
    }

    func certificate(_ serialNumber: String) throws -> Certificate {
        guard let certificate = self.certificates[serialNumber] else { throw NotFound(what: "certificate \(serialNumber)") }
        return certificate
    }

    /// Issues a device its certificate and binds the two.
    func enrol(_ deviceID: String, by authorityID: String, request pem: String) throws -> BindIdentityToDeviceOutput {
        let signer = try self.signer(authorityID)
        var builder = try CertificateBuilder(request: CertificateSigningRequest(pem: pem), validity: .days(365))
        builder.extendedKeyUsage = .clientAuthentication
        let issued = try builder.signed(by: signer.key, of: signer.certificate)
        var certificate = Certificate(issued, status: .active)
        certificate.issuerMetadata = IssuerMetadata(serialNumber: signer.certificate.serialNumber.hexadecimal, id: authorityID, level: 0)
        certificate.metadata["lamassu.io/ra/attached-to"] = [
            "authorized_by": ["ra_id": .string(self.dms.id)], "device_id": .string(deviceID),
        ]
        let device = Device(id: deviceID, status: .active, dmsOwner: self.dms.id)
        self.certificates[certificate.serialNumber] = certificate
        self.devices[deviceID] = device
        self.did("enrolled device \(deviceID)")
        return BindIdentityToDeviceOutput(certificate: certificate, dms: self.dms, device: device)
    }

    func updateStatus(of serialNumber: String, to status: CertificateStatus, reason: RevocationReason?) throws -> Certificate {
        var certificate = try self.certificate(serialNumber)
        guard certificate.status != .revoked || status == .revoked else { throw Conflict(what: "the revoked certificate \(serialNumber)") }
        certificate.status = status
        certificate.revocationReason = reason
        self.certificates[serialNumber] = certificate
        self.did("certificate \(serialNumber) is now \(status.rawValue)")
        return certificate
    }

    /// Notes that a device is a thing in AWS, and under which ARN its certificate is there.
    func recordBinding(of deviceID: String, serialNumber: String, certificateARN: String) throws -> Device {
        var device = try self.device(deviceID)
        var block = try device.metadata.block(AWSDeviceBlock.self, of: self.connector) ?? AWSDeviceBlock()
        block.isThingRegistered = true
        try device.metadata.setBlock(block, of: self.connector)
        self.devices[deviceID] = device
        if var certificate = self.certificates[serialNumber] {
            try certificate.metadata.setBlock(AWSCertificateBlock(arn: certificateARN), of: self.connector)
            self.certificates[serialNumber] = certificate
        }
        self.did("noted that device \(deviceID) is a thing in AWS")
        return device
    }

    /// Notes what AWS says of a certificate, and because of what it says so; the same word may come by several ways.
    func recordCloudStatus(of serialNumber: String, _ status: String, because cause: String) throws {
        var certificate = try self.certificate(serialNumber)
        var causes = certificate.metadata["lamassu.example/aws"]?["caused_by"]?.arrayValue ?? []
        if !causes.contains(.string(cause)) { causes.append(.string(cause)) }
        certificate.metadata["lamassu.example/aws"] = ["status": .string(status), "caused_by": .array(causes)]
        self.certificates[serialNumber] = certificate
        self.timeline.note("CA service", "notice", "AWS has certificate \(serialNumber) as \(status)")
    }
}

// MARK: - CAs

extension Directory: AuthorityService {
    func ca(_ id: String) throws -> CACertificate { try self.authority(id).model }

    /// Makes a CA with a key of its own, and asks for its registration in AWS.
    func createCA(_ id: String?, with name: String) throws -> CACertificate {
        let key = try PrivateKey.generate(.ecP256)
        let subject = SystemCrypto::DistinguishedName(commonName: name, organization: "Lamassu example")
        return try self.put(id, .selfSigned(subject, by: key), key: key, "created")
    }

    /// Takes in a CA whose key is elsewhere; without its key AWS can only be told by server name whose devices they are.
    func importCA(_ id: String?, with pem: String) throws -> CACertificate {
        try self.put(id, X509Certificate(pem: pem), key: nil, "imported")
    }

    func updateCAStatus(_ id: String, to status: CertificateStatus, reason: RevocationReason?) throws -> CACertificate {
        try self.change(id, "CA \(id) is now \(status.rawValue)") { ca in
            guard ca.certificate.status != .revoked || status == .revoked else { throw Conflict(what: "the revoked CA \(id)") }
            ca.certificate.status = status
            ca.certificate.revocationReason = reason
        }
    }

    func updateCAProfile(_ id: String, to profileID: String) throws -> CACertificate {
        try self.change(id, "CA \(id) issues by profile \(profileID)") { $0.profileID = profileID }
    }

    func updateCAMetadata(_ id: String, with change: @Sendable (inout Metadata) throws -> Void) throws -> CACertificate {
        try self.change(id, "changed the metadata of CA \(id)") { try change(&$0.metadata) }
    }

    func reissueCA(_ id: String) throws -> CACertificate {
        let signer = try self.signer(id)
        let reissued = try X509Certificate.selfSigned(signer.certificate.subject, by: signer.key)
        return try self.change(id, "reissued CA \(id)") { $0.certificate = Certificate(reissued, status: .active) }
    }

    func deleteCA(_ id: String, cascade: Bool) throws {
        _ = try self.authority(id)
        self.authorities[id] = nil
        if cascade { self.certificates = self.certificates.filter { $0.value.issuerMetadata?.id != id } }
        self.did("deleted CA \(id)")
    }

    private func put(_ id: String?, _ certificate: X509Certificate, key: PrivateKey?, _ done: String) throws -> CACertificate {
        let id = id ?? certificate.serialNumber.hexadecimal
        guard self.authorities[id] == nil else { throw Conflict(what: "CA \(id)") }
        var model = CACertificate(id: id, certificate: Certificate(certificate, status: .active))
        var block = AWSCABlock()
        block.registration.status = .requested
        block.registration.isPrimaryAccount = key != nil
        try model.metadata.setBlock(block, of: self.connector)
        self.authorities[id] = Authority(model: model, key: key)
        self.did("\(done) CA \(id)")
        return model
    }

    private func change(_ id: String, _ done: String, _ change: (inout CACertificate) throws -> Void) throws -> CACertificate {
        var authority = try self.authority(id)
        try change(&authority.model)
        self.authorities[id] = authority
        self.did(done)
        return authority.model
    }
}

extension X509Certificate {
    /// A CA's own certificate, valid for ten years.
    fileprivate static func selfSigned(_ subject: SystemCrypto::DistinguishedName, by key: PrivateKey) throws -> X509Certificate {
        var builder = CertificateBuilder(
            subject: subject, publicKey: key.publicKey, validity: .days(3_650),
            basicConstraints: .certificateAuthority(pathLength: nil))
        builder.serialNumber = try .random()
        return try builder.selfSigned(by: key)
    }
}
