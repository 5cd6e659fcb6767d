// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import JSONCoding
import LamassuEvents
import SystemCrypto

/// The events of the tests, with the payloads that the services send.
enum SyncEvents {
    static let connector = ConnectorID(rawValue: "aws-test")

    static func authorityCreated(_ authority: TestAuthority, isPrimary: Bool = true, pem: String? = nil) throws -> CloudEvent {
        var model = LamassuEvents::CACertificate(
            id: authority.id, certificate: self.model(pem ?? authority.certificate.pem, serialNumber: authority.certificate.serialNumber))
        var block = AWSCABlock()
        block.registration.status = .requested
        block.registration.isPrimaryAccount = isPrimary
        try model.metadata.setBlock(block, of: self.connector)
        return try CloudEvent(
            id: .random(), source: EventSource.ca.rawValue, type: EventType.caCreate.rawValue, subject: "ca/\(authority.id)", json: model)
    }

    static func bound(
        _ certificate: X509Certificate, to device: String, policy: AWSPolicy, status: LamassuEvents::CertificateStatus = .active,
        reason: RevocationReason? = nil
    ) throws -> CloudEvent {
        var model = self.model(certificate.pem, serialNumber: certificate.serialNumber, device: device)
        model.status = status
        model.revocationReason = reason
        var dms = DMS(id: "dms-test", name: "Test")
        try dms.metadata.setBlock(AWSDMSBlock(registrationMode: .automatic, policies: [policy]), of: self.connector)
        let output = BindIdentityToDeviceOutput(
            certificate: model, dms: dms, device: Device(id: device))
        return try CloudEvent(
            id: .random(), source: EventSource.dmsManager.rawValue, type: EventType.dmsBindDeviceID.rawValue, subject: "device/\(device)",
            json: output)
    }

    static func statusUpdated(
        _ certificate: X509Certificate, of device: String?, to status: LamassuEvents::CertificateStatus, reason: RevocationReason? = nil
    ) throws -> CloudEvent {
        let previous = self.model(certificate.pem, serialNumber: certificate.serialNumber, device: device)
        var updated = previous
        updated.status = status
        updated.revocationReason = reason
        return try CloudEvent(
            id: .random(), source: EventSource.ca.rawValue, type: EventType.certificateStatusUpdate.rawValue,
            subject: "certificate/\(certificate.serialNumber)", json: UpdateModel(previous: previous, updated: updated))
    }

    static func other(type: String, json: JSONValue = ["a": 1]) throws -> CloudEvent {
        try CloudEvent(id: .random(), source: EventSource.ca.rawValue, type: type, subject: "ca/x", json: json)
    }

    private static func model(_ pem: String, serialNumber: CertificateSerialNumber, device: String? = nil) -> Certificate {
        var model = Certificate(serialNumber: serialNumber.hexadecimal, status: .active, certificate: Base64.encode(Array(pem.utf8)))
        if let device { model.metadata["lamassu.io/ra/attached-to"] = ["device_id": .string(device)] }
        return model
    }
}
