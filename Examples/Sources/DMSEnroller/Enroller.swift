// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ExampleSupport
import JSONCoding
import LamassuEvents
import SystemCrypto

/// The device manufacturing systems of the example, in memory, and the CA that issues their devices' certificates: the service as it
/// would be without events.
actor Enroller: DMSManagerService {
    private let authority: X509Certificate
    private let key: PrivateKey
    private var systems: [String: DMS] = [:]
    /// The certificates that were issued, with the system of each.
    private var issued: [String: (certificate: Certificate, dms: String)] = [:]

    init() throws {
        self.key = try PrivateKey.generate(.ecP256)
        self.authority = try CertificateBuilder(
            subject: SystemCrypto::DistinguishedName(commonName: "Enrollment CA"), publicKey: self.key.publicKey, validity: .days(3_650),
            basicConstraints: .certificateAuthority(pathLength: 0)
        ).selfSigned(by: self.key)
    }

    // MARK: Systems

    func dms(_ id: String) throws -> DMS {
        guard let dms = self.systems[id] else { throw NotFound(what: "DMS \(id)") }
        return dms
    }

    func createDMS(_ dms: DMS) throws -> DMS {
        guard self.systems[dms.id] == nil else { throw Conflict(what: "DMS \(dms.id)") }
        self.systems[dms.id] = dms
        return dms
    }

    func updateDMS(_ dms: DMS) throws -> DMS {
        _ = try self.dms(dms.id)
        self.systems[dms.id] = dms
        return dms
    }

    /// Sets members of the metadata, and removes those that are `null`.
    func updateDMSMetadata(_ id: String, with members: [JSONValue.Member]) throws -> DMS {
        var dms = try self.dms(id)
        for member in members { dms.metadata[member.key] = member.value.isNull ? nil : member.value }
        self.systems[id] = dms
        return dms
    }

    func deleteDMS(_ id: String) throws {
        guard self.systems.removeValue(forKey: id) != nil else { throw NotFound(what: "DMS \(id)") }
    }

    // MARK: Devices

    func enroll(_ aps: String, with signingRequest: String) throws -> Certificate { try self.issue(by: aps, signingRequest) }

    /// Issues the next certificate of a device that has one.
    func reenroll(_ aps: String, with signingRequest: String) throws -> Certificate {
        let subject = try CertificateSigningRequest(pem: signingRequest).subject.commonName ?? ""
        guard self.issued.values.contains(where: { $0.dms == aps && $0.certificate.subject.commonName == subject }) else {
            throw Conflict(what: "that \(subject) is not enrolled")
        }
        return try self.issue(by: aps, signingRequest)
    }

    func bindIdentity(to deviceID: String, with serialNumber: String) throws -> BindIdentityToDeviceOutput {
        guard let (certificate, dms) = self.issued[serialNumber] else { throw NotFound(what: "certificate \(serialNumber)") }
        let identity = Slot(status: "ACTIVE", type: "x509", versions: ["0": .string(serialNumber)])
        let device = Device(id: deviceID, status: .active, dmsOwner: dms, identity: identity)
        return BindIdentityToDeviceOutput(certificate: certificate, dms: try self.dms(dms), device: device)
    }

    private func issue(by dms: String, _ signingRequest: String) throws -> Certificate {
        _ = try self.dms(dms)
        var builder = try CertificateBuilder(request: CertificateSigningRequest(pem: signingRequest), validity: .days(365))
        builder.extendedKeyUsage = .clientAuthentication
        let certificate = Certificate(try builder.signed(by: self.key, of: self.authority), status: .active)
        self.issued[certificate.serialNumber] = (certificate, dms)
        return certificate
    }
}
