// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension EventDefinition {
    /// Every type of event of the current generation.
    public static let catalogue: [EventDefinition] = Self.caService + Self.kms + Self.dmsManager + Self.deviceManager + Self.va

    static let byType = Dictionary(Self.catalogue.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })

    private static let caService = [
        EventDefinition(.caCreate, "CreateCA", .ca, about: .ca, CACertificate.self),
        EventDefinition(.caImport, "ImportCA", .ca, about: .ca, CACertificate.self),
        EventDefinition(.caStatusUpdate, "UpdateCAStatus", .ca, about: .ca, UpdateModel<CACertificate>.self),
        EventDefinition(.caProfileUpdate, "UpdateCAProfile", .ca, about: .ca, UpdateModel<CACertificate>.self),
        EventDefinition(.caMetadataUpdate, "UpdateCAMetadata", .ca, about: .ca, UpdateModel<CACertificate>.self),
        EventDefinition(.caReissue, "ReissueCA", .ca, about: .ca, UpdateModel<CACertificate>.self),
        EventDefinition(.caDelete, "DeleteCA", .ca, about: .ca, CADeletion.self),
        EventDefinition(.caSignCertificate, "SignCertificate", .ca, about: .certificate, Certificate.self),
        EventDefinition(.caSignSignature, "SignatureSign", .ca, about: .ca, nil),
        EventDefinition(.certificateCreate, "CreateCertificate", .ca, about: .certificate, Certificate.self),
        EventDefinition(.certificateImport, "ImportCertificate", .ca, about: .certificate, Certificate.self),
        EventDefinition(
            .certificateStatusUpdate, "UpdateCertificateStatus", .ca, about: .certificate, UpdateModel<Certificate>.self),
        EventDefinition(
            .certificateMetadataUpdate, "UpdateCertificateMetadata", .ca, about: .certificate, UpdateModel<Certificate>.self),
        EventDefinition(.certificateDelete, "DeleteCertificate", .ca, about: .certificate, CertificateDeletion.self),
        EventDefinition(.issuanceProfileCreate, "CreateIssuanceProfile", .ca, about: .profile, IssuanceProfile.self),
        EventDefinition(.issuanceProfileUpdate, "UpdateIssuanceProfile", .ca, about: .profile, UpdateModel<IssuanceProfile>.self),
        EventDefinition(.issuanceProfileDelete, "DeleteIssuanceProfile", .ca, about: .profile, IssuanceProfileDeletion.self),
    ]

    private static let kms = [
        EventDefinition(.kmsCreate, "CreateKey", .kms, about: .kms, KMSKey.self),
        EventDefinition(.kmsImport, "ImportKey", .kms, about: .kms, KMSKey.self),
        EventDefinition(.kmsMetadataUpdate, "UpdateKeyMetadata", .kms, about: .kms, UpdateModel<KMSKey>.self),
        EventDefinition(.kmsAliasesUpdate, "UpdateKeyAliases", .kms, about: .kms, UpdateModel<KMSKey>.self),
        EventDefinition(.kmsNameUpdate, "UpdateKeyName", .kms, about: .kms, UpdateModel<KMSKey>.self),
        EventDefinition(.kmsTagsUpdate, "UpdateKeyTags", .kms, about: .kms, UpdateModel<KMSKey>.self),
        EventDefinition(.kmsDelete, "DeleteKeyByID", .kms, about: .kms, KeyDeletion.self),
        EventDefinition(.kmsSign, "SignMessage", .kms, about: .kms, MessageSignature.self),
        EventDefinition(.kmsVerify, "VerifySignature", .kms, about: .kms, SignatureVerification.self),
    ]

    private static let dmsManager = [
        EventDefinition(.dmsCreate, "CreateDMS", .dmsManager, about: .dms, DMS.self),
        EventDefinition(.dmsUpdate, "UpdateDMS", .dmsManager, about: .dms, UpdateModel<DMS>.self),
        EventDefinition(.dmsMetadataUpdate, "UpdateDMSMetadata", .dmsManager, about: .dms, UpdateModel<DMS>.self),
        EventDefinition(.dmsDelete, "DeleteDMS", .dmsManager, about: .dms, Deletion.self),
        EventDefinition(.dmsEnroll, "Enroll", .dmsManager, about: .dms, EnrollmentOutput.self),
        EventDefinition(.dmsReenroll, "Reenroll", .dmsManager, about: .dms, EnrollmentOutput.self),
        EventDefinition(.dmsBindDeviceID, "BindIdentityToDevice", .dmsManager, about: .device, BindIdentityToDeviceOutput.self),
    ]

    private static let deviceManager = [
        EventDefinition(.deviceCreate, "CreateDevice", .deviceManager, about: .device, Device.self),
        EventDefinition(.deviceStatusUpdate, "UpdateDeviceStatus", .deviceManager, about: .device, UpdateModel<Device>.self),
        EventDefinition(.deviceIdentityUpdate, "UpdateDeviceIdentitySlot", .deviceManager, about: .device, UpdateModel<Device>.self),
        EventDefinition(.deviceMetadataUpdate, "UpdateDeviceMetadata", .deviceManager, about: .device, UpdateModel<Device>.self),
        EventDefinition(.deviceDelete, "DeleteDevice", .deviceManager, about: .device, Deletion.self),
        EventDefinition(.deviceGroupCreate, "CreateDeviceGroup", .deviceManager, about: .deviceGroup, DeviceGroup.self),
        EventDefinition(.deviceGroupUpdate, "UpdateDeviceGroup", .deviceManager, about: .deviceGroup, UpdateModel<DeviceGroup>.self),
        EventDefinition(.deviceGroupDelete, "DeleteDeviceGroup", .deviceManager, about: .deviceGroup, Deletion.self),
    ]

    private static let va = [
        EventDefinition(.vaRoleUpdate, "UpdateVARole", .va, about: .crl, VARole.self),
        EventDefinition(.vaRoleCRLInit, "InitCRLRole", .va, about: .crl, VARole.self),
        EventDefinition(.vaRoleCRLCreate, "CalculateCRL", .va, about: .crl, RevocationList.self),
    ]
}
