// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What is known of one type of event of an older generation.
public struct LegacyEventDefinition: Sendable {
    /// The type.
    public let type: EventType
    /// The generation.
    public let generation: EventGeneration
    /// The model of the payload.
    public let payload: any LegacyPayload.Type
    /// The type of the current generation that says the same; `nil` where none does.
    public let currentType: EventType?

    init(_ type: String, _ generation: EventGeneration, _ payload: any LegacyPayload.Type, now currentType: EventType?) {
        self.type = EventType(rawValue: type)
        self.generation = generation
        self.payload = payload
        self.currentType = currentType
    }

    /// Every type of event of the older generations.
    public static let catalogue: [LegacyEventDefinition] = Self.first + Self.second

    static let byType = Dictionary(Self.catalogue.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })

    private static let first = [
        LegacyEventDefinition("io.lamassu.ca.create", .first, Generation1.CACreation.self, now: .caCreate),
        LegacyEventDefinition("io.lamassu.ca.import", .first, Generation1.CACreation.self, now: .caImport),
        LegacyEventDefinition("io.lamassu.ca.update", .first, Generation1.CAStatusUpdate.self, now: .caStatusUpdate),
        LegacyEventDefinition("io.lamassu.cert.update", .first, Generation1.CertificateStatusUpdate.self, now: .certificateStatusUpdate),
        LegacyEventDefinition(
            "io.lamassu.iotcore.cert.status.update", .first, Generation1.IoTCoreCertificateStatusUpdate.self, now: nil),
        LegacyEventDefinition("io.lamassu.iotcore.ca.status.update", .first, Generation1.IoTCoreCAStatusUpdate.self, now: nil),
    ]

    private static let second = [
        LegacyEventDefinition("io.lamassuiot.ca.create", .second, Generation2.Certificate.self, now: .caCreate),
        LegacyEventDefinition("io.lamassuiot.ca.update", .second, Generation2.Certificate.self, now: .caStatusUpdate),
        LegacyEventDefinition("io.lamassuiot.ca.revoke", .second, Generation2.Certificate.self, now: .caStatusUpdate),
        LegacyEventDefinition("io.lamassuiot.certificate.sign", .second, Generation2.SignedCertificate.self, now: .caSignCertificate),
        LegacyEventDefinition("io.lamassuiot.certificate.revoke", .second, Generation2.Certificate.self, now: .certificateStatusUpdate),
        LegacyEventDefinition("io.lamassuiot.certificate.update", .second, Generation2.Certificate.self, now: .certificateStatusUpdate),
        LegacyEventDefinition("io.lamassuiot.device.create", .second, Generation2.Device.self, now: .deviceCreate),
        LegacyEventDefinition("io.lamassuiot.device.update", .second, Generation2.Device.self, now: .deviceMetadataUpdate),
        LegacyEventDefinition("io.lamassuiot.device.decommision", .second, Generation2.Device.self, now: .deviceStatusUpdate),
        LegacyEventDefinition("io.lamassuiot.device.rotate", .second, Generation2.Slot.self, now: .deviceIdentityUpdate),
        LegacyEventDefinition("io.lamassuiot.device.revoke", .second, Generation2.Slot.self, now: .deviceIdentityUpdate),
        LegacyEventDefinition("io.lamassuiot.device.enroll", .second, Generation2.Enrollment.self, now: .dmsEnroll),
        LegacyEventDefinition("io.lamassuiot.device.reenroll", .second, Generation2.Enrollment.self, now: .dmsReenroll),
        LegacyEventDefinition("io.lamassuiot.device.forceReenroll", .second, Generation2.ForcedReenrollment.self, now: nil),
        LegacyEventDefinition("io.lamassuiot.dms.create", .second, Generation2.DMSCreation.self, now: .dmsCreate),
        LegacyEventDefinition("io.lamassuiot.dms.createcertificate", .second, Generation2.DMS.self, now: .dmsCreate),
        LegacyEventDefinition("io.lamassuiot.dms.update", .second, Generation2.DMS.self, now: .dmsUpdate),
        LegacyEventDefinition("io.lamassuiot.dms.authorizedcas", .second, Generation2.DMS.self, now: .dmsUpdate),
    ]
}
