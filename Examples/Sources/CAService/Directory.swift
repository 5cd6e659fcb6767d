// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import SystemCrypto

/// The CAs, certificates, devices and device managers of the example, in memory: the "database" of the service.
actor Directory {
    private var authorities: [String: (model: CACertificate, key: PrivateKey?)] = [:]
    private var certificates: [String: Certificate] = [:]
    private var devices: [String: Device] = [:]
    private let dms: DMS
    nonisolated let connector: ConnectorID

    init(dms: DMS, connector: ConnectorID) {
        self.dms = dms
        self.connector = connector
    }

    // MARK: Reading

    func authority(_ id: String) throws -> CACertificate {
        guard let authority = self.authorities[id] else { throw NotFound(what: "CA \(id)") }
        return authority.model
    }

    func certificate(_ serialNumber: String) throws -> Certificate {
        guard let certificate = self.certificates[serialNumber] else { throw NotFound(what: "certificate \(serialNumber)") }
        return certificate
    }

    func device(_ id: String) throws -> Device {
        guard let device = self.devices[id] else { throw NotFound(what: "device \(id)") }
        return device
    }

    // MARK: CAs

    /// Makes a CA with a key of its own, and asks for its registration in AWS.
    func createAuthority(_ id: String, name: String) throws -> CACertificate {
        let key = try PrivateKey.generate(.ecP256)
        var builder = CertificateBuilder(
            subject: SystemCrypto::DistinguishedName(commonName: name, organization: "Lamassu example"), publicKey: key.publicKey,
            validity: .days(3_650), basicConstraints: .certificateAuthority(pathLength: nil))
        builder.serialNumber = try .random()
        return try self.put(id, try builder.selfSigned(by: key), key: key)
    }

    /// Takes in a CA whose key is elsewhere; without its key AWS can only be told by server name whose devices they are.
    func importAuthority(_ id: String, pem: String) throws -> CACertificate {
        try self.put(id, try X509Certificate(pem: pem), key: nil)
    }

    private func put(_ id: String, _ certificate: X509Certificate, key: PrivateKey?) throws -> CACertificate {
        guard self.authorities[id] == nil else { throw Conflict(what: "CA \(id)") }
        var model = CACertificate(id: id, certificate: Certificate(certificate, status: .active))
        var block = AWSCABlock()
        block.registration.status = .requested
        block.registration.isPrimaryAccount = key != nil
        try model.metadata.setBlock(block, of: self.connector)
        self.authorities[id] = (model, key)
        return model
    }

    /// Signs what a connector asks for, so that AWS believes that the CA's key is ours.
    func signVerificationCertificate(for id: String, request pem: String) throws -> String {
        guard let authority = self.authorities[id] else { throw NotFound(what: "CA \(id)") }
        guard let key = authority.key, let issuer = authority.model.certificate.pem else { throw Conflict(what: "the key of CA \(id)") }
        let builder = try CertificateBuilder(request: CertificateSigningRequest(pem: pem), validity: .days(1))
        return try builder.signed(by: key, of: X509Certificate(pem: issuer)).pem
    }

    /// Notes how far the registration of a CA in AWS has come.
    func recordRegistration(of id: String, _ change: (inout AWSCABlock) -> Void) throws -> CACertificate {
        guard var authority = self.authorities[id] else { throw NotFound(what: "CA \(id)") }
        var block = try authority.model.metadata.block(AWSCABlock.self, of: self.connector) ?? AWSCABlock()
        change(&block)
        try authority.model.metadata.setBlock(block, of: self.connector)
        self.authorities[id] = authority
        return authority.model
    }

    // MARK: Devices and certificates

    /// Issues a device its certificate and binds the two.
    func enrol(_ deviceID: String, by authorityID: String, request pem: String) throws -> BindIdentityToDeviceOutput {
        guard let authority = self.authorities[authorityID] else { throw NotFound(what: "CA \(authorityID)") }
        guard let key = authority.key, let issuer = authority.model.certificate.pem else {
            throw Conflict(what: "the key of CA \(authorityID)")
        }
        var builder = try CertificateBuilder(request: CertificateSigningRequest(pem: pem), validity: .days(365))
        builder.extendedKeyUsage = .clientAuthentication
        let issued = try builder.signed(by: key, of: X509Certificate(pem: issuer))
        var certificate = Certificate(issued, status: .active)
        certificate.metadata["lamassu.io/ra/attached-to"] = [
            "authorized_by": ["ra_id": .string(self.dms.id)], "device_id": .string(deviceID),
        ]
        let device = Device(id: deviceID, status: .active, dmsOwner: self.dms.id)
        self.certificates[certificate.serialNumber] = certificate
        self.devices[deviceID] = device
        return BindIdentityToDeviceOutput(certificate: certificate, dms: self.dms, device: device)
    }

    func updateStatus(of serialNumber: String, to status: CertificateStatus, reason: RevocationReason?) throws -> Certificate {
        var certificate = try self.certificate(serialNumber)
        guard certificate.status != .revoked || status == .revoked else { throw Conflict(what: "the revoked certificate \(serialNumber)") }
        certificate.status = status
        certificate.revocationReason = reason
        self.certificates[serialNumber] = certificate
        return certificate
    }

    /// Notes that a device is a thing in AWS, and under which ARN its certificate is there.
    func recordBinding(of deviceID: String, serialNumber: String, certificateARN: String) throws -> Device {
        guard var device = self.devices[deviceID] else { throw NotFound(what: "device \(deviceID)") }
        var block = try device.metadata.block(AWSDeviceBlock.self, of: self.connector) ?? AWSDeviceBlock()
        block.isThingRegistered = true
        try device.metadata.setBlock(block, of: self.connector)
        self.devices[deviceID] = device
        if var certificate = self.certificates[serialNumber] {
            try certificate.metadata.setBlock(AWSCertificateBlock(arn: certificateARN), of: self.connector)
            self.certificates[serialNumber] = certificate
        }
        return device
    }

    /// Notes what AWS says of a certificate, and because of what it says so; the same word may come by several ways.
    func recordCloudStatus(of serialNumber: String, _ status: String, because cause: String) throws {
        guard var certificate = self.certificates[serialNumber] else { throw NotFound(what: "certificate \(serialNumber)") }
        var causes = certificate.metadata["lamassu.example/aws"]?["caused_by"]?.arrayValue ?? []
        if !causes.contains(.string(cause)) { causes.append(.string(cause)) }
        certificate.metadata["lamassu.example/aws"] = ["status": .string(status), "caused_by": .array(causes)]
        self.certificates[serialNumber] = certificate
    }
}

/// There is no such thing; HTTP 404.
struct NotFound: Error { let what: String }

/// It cannot be done as things are; HTTP 409.
struct Conflict: Error { let what: String }
