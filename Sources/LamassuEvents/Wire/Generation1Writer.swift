// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

/// Writes events as Lamassu 1 did: a CA that is created or imported, a CA or a certificate that is revoked.
enum Generation1Writer {
    static let source = "lamassu/ca"

    /// - Returns: the event; `nil` where that generation had none for it.
    static func event(from event: CloudEvent) throws(LamassuEventsError) -> CloudEvent? {
        switch EventType(rawValue: event.type) {
        case .caCreate: return try self.creation(event, type: "io.lamassu.ca.create")
        case .caImport: return try self.creation(event, type: "io.lamassu.ca.import")
        case .caStatusUpdate:
            let ca = try LegacyWriter.read(UpdateModel<CACertificate>.self, from: event).updated
            guard ca.certificate.status == .revoked else { return nil }
            return try LegacyWriter.event(
                like: event, source: self.source, type: "io.lamassu.ca.update",
                payload: Generation1.CAStatusUpdate(name: LegacyWriter.name(of: ca), status: .revoked))
        case .certificateStatusUpdate:
            let certificate = try LegacyWriter.read(UpdateModel<Certificate>.self, from: event).updated
            guard certificate.status == .revoked else { return nil }
            return try LegacyWriter.event(
                like: event, source: self.source, type: "io.lamassu.cert.update",
                payload: Generation1.CertificateStatusUpdate(
                    caName: LegacyWriter.nameOfCA(of: certificate), serialNumber: SerialNumber.dashed(certificate.serialNumber),
                    status: .revoked))
        default: return nil
        }
    }

    private static func creation(_ event: CloudEvent, type: String) throws(LamassuEventsError) -> CloudEvent {
        let ca = try LegacyWriter.read(CACertificate.self, from: event)
        return try LegacyWriter.event(
            like: event, source: self.source, type: type,
            payload: Generation1.CACreation(
                name: LegacyWriter.name(of: ca), serialNumber: SerialNumber.dashed(ca.certificate.serialNumber),
                certificate: ca.certificate.certificate))
    }
}
