// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

/// Writes events as Lamassu 2 did, as far as those of the current generation say enough for it: CAs, certificates, enrolments.
///
/// Its events of devices and of DMS held certificates and settings that today's do not hold, and `certificate.sign` the certificate of
/// the CA; they are not made up. A revocation goes out as an update of the status, which is what its consumers act on.
enum Generation2Writer {
    static let caSource = "lamassuiot/ca"
    static let deviceManagerSource = "lamassuiot/device-manager"

    /// - Returns: the event; `nil` where that generation had none for it, or where too little is known to write it.
    static func event(from event: CloudEvent) throws(LamassuEventsError) -> CloudEvent? {
        switch EventType(rawValue: event.type) {
        case .caCreate:
            return try self.ca(LegacyWriter.read(CACertificate.self, from: event), "ca.create", like: event)
        case .caStatusUpdate:
            let ca = try LegacyWriter.read(UpdateModel<CACertificate>.self, from: event).updated
            return try self.ca(ca, "ca.update", like: event)
        case .certificateStatusUpdate:
            let certificate = try LegacyWriter.read(UpdateModel<Certificate>.self, from: event).updated
            return try LegacyWriter.event(
                like: event, source: self.caSource, type: "io.lamassuiot.certificate.update",
                payload: self.payload(certificate, name: LegacyWriter.nameOfCA(of: certificate)))
        case .dmsEnroll: return try self.enrollment(event, "device.enroll")
        case .dmsReenroll: return try self.enrollment(event, "device.reenroll")
        default: return nil
        }
    }

    private static func ca(_ ca: CACertificate, _ type: String, like event: CloudEvent) throws(LamassuEventsError) -> CloudEvent {
        try LegacyWriter.event(
            like: event, source: self.caSource, type: "io.lamassuiot.\(type)",
            payload: self.payload(ca.certificate, name: LegacyWriter.name(of: ca)))
    }

    private static func enrollment(_ event: CloudEvent, _ type: String) throws(LamassuEventsError) -> CloudEvent {
        let output = try LegacyWriter.read(EnrollmentOutput.self, from: event)
        return try LegacyWriter.event(
            like: event, source: self.deviceManagerSource, type: "io.lamassuiot.\(type)",
            payload: Generation2.Enrollment(certificate: output.certificate))
    }

    private static func payload(_ certificate: Certificate, name: String) -> Generation2.Certificate {
        let isRevoked = certificate.status == .revoked
        return Generation2.Certificate(
            name: name,
            status: certificate.status,
            certificate: certificate.certificate,
            serialNumber: SerialNumber.dashed(certificate.serialNumber),
            keyMetadata: certificate.keyMetadata.map { key in
                KeyMetadata(
                    type: key.type == "ECDSA" ? "EC" : key.type, bits: key.bits, strength: key.strength?.lowercased())
            },
            subject: certificate.subject,
            validFrom: self.seconds(certificate.validFrom),
            validTo: self.seconds(certificate.validTo),
            revocationTimestamp: isRevoked ? self.seconds(certificate.revocationTimestamp) : nil,
            revocationReason: isRevoked ? certificate.revocationReason.map { self.words($0.rawValue) } : nil)
    }

    /// Whole seconds since 1970; `nil` for text that is no time, and for the year 1, which stands for none.
    private static func seconds(_ text: String?) -> Int64? {
        guard let text, let time = try? Timestamp(text), time.secondsSinceEpoch > 0 else { return nil }
        return time.secondsSinceEpoch
    }

    /// `KeyCompromise` as `key compromise`; of several capitals in a row the last begins a word.
    private static func words(_ name: String) -> String {
        let letters = Array(name)
        var words = ""
        for (index, letter) in letters.enumerated() {
            if index > 0, letter.isUppercase, letters[index - 1].isLowercase || letters[(index + 1)...].first?.isLowercase == true {
                words.append(" ")
            }
            words.append(contentsOf: letter.lowercased())
        }
        return words
    }
}
