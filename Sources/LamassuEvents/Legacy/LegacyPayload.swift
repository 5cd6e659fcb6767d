// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What an event of an older generation says.
public protocol LegacyPayload: JSONDecodable, JSONEncodable, Hashable, Sendable {
    /// By what a thing of this kind is named in the payload, as the current generation writes it.
    ///
    /// - Parameter kind: the kind of thing that the event is about.
    /// - Returns: the identifier; `nil` where the payload does not name it.
    func identifier(of kind: EventSubject.Kind) -> String?
}

extension Generation1.CACreation: LegacyPayload {
    /// The name of the CA.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .ca ? self.name : nil }
}

extension Generation1.CAStatusUpdate: LegacyPayload {
    /// The name of the CA.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .ca ? self.name : nil }
}

extension Generation1.CertificateStatusUpdate: LegacyPayload {
    /// The serial number, without separators.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .certificate ? SerialNumber.plain(self.serialNumber) : nil }
}

extension Generation1.IoTCoreCertificateStatusUpdate: LegacyPayload {
    /// The serial number, without separators.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .certificate ? SerialNumber.plain(self.serialNumber) : nil }
}

extension Generation1.IoTCoreCAStatusUpdate: LegacyPayload {
    /// The name of the CA.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .ca ? self.caName : nil }
}

extension Generation2.Certificate: LegacyPayload {
    /// The name of the CA, or the serial number without separators.
    public func identifier(of kind: EventSubject.Kind) -> String? {
        switch kind {
        case .ca: self.name
        case .certificate: SerialNumber.plain(self.serialNumber)
        default: nil
        }
    }
}

extension Generation2.SignedCertificate: LegacyPayload {
    /// Nothing: what is named stands in the certificate.
    public func identifier(of kind: EventSubject.Kind) -> String? { nil }
}

extension Generation2.Device: LegacyPayload {
    /// The identifier of the device.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .device ? self.id : nil }
}

extension Generation2.Slot: LegacyPayload {
    /// Nothing: the device is not named.
    public func identifier(of kind: EventSubject.Kind) -> String? { nil }
}

extension Generation2.Enrollment: LegacyPayload {
    /// Nothing: what is named stands in the certificate.
    public func identifier(of kind: EventSubject.Kind) -> String? { nil }
}

extension Generation2.ForcedReenrollment: LegacyPayload {
    /// The identifier of the device.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .device ? self.deviceID : nil }
}

extension Generation2.DMS: LegacyPayload {
    /// The name of the DMS.
    public func identifier(of kind: EventSubject.Kind) -> String? { kind == .dms ? self.name : nil }
}

extension Generation2.DMSCreation: LegacyPayload {
    /// The name of the DMS.
    public func identifier(of kind: EventSubject.Kind) -> String? { self.dms?.identifier(of: kind) }
}
