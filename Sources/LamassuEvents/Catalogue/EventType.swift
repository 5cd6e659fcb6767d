// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The type of an event: what happened to which kind of thing; also the routing key.
///
/// A struct over its text, so that a type this release does not know can be carried and compared like any other.
public struct EventType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The text of the CloudEvents attribute `type`.
    public var rawValue: String

    /// Makes a type of any text.
    ///
    /// - Parameter rawValue: the text of the attribute `type`.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The text.
    public var description: String { self.rawValue }
}

// MARK: CA service

extension EventType {
    /// A CA was created; the payload is a ``CACertificate``.
    public static let caCreate = EventType(rawValue: "ca.create")
    /// A CA was imported; the payload is a ``CACertificate``.
    public static let caImport = EventType(rawValue: "ca.import")
    /// A CA changed its status; the payload is an ``UpdateModel`` of ``CACertificate``.
    public static let caStatusUpdate = EventType(rawValue: "ca.status.update")
    /// A CA got another issuance profile; the payload is an ``UpdateModel`` of ``CACertificate``.
    public static let caProfileUpdate = EventType(rawValue: "ca.profile.update")
    /// The metadata of a CA changed; the payload is an ``UpdateModel`` of ``CACertificate``.
    public static let caMetadataUpdate = EventType(rawValue: "ca.metadata.update")
    /// A CA was issued again; the payload is an ``UpdateModel`` of ``CACertificate``.
    public static let caReissue = EventType(rawValue: "ca.reissue")
    /// A CA was deleted; the payload is a ``CADeletion``.
    public static let caDelete = EventType(rawValue: "ca.delete")
    /// A CA signed a certificate; the payload is a ``Certificate``.
    public static let caSignCertificate = EventType(rawValue: "ca.sign.certificate")
    /// A CA signed bytes; the payload is the raw signature.
    public static let caSignSignature = EventType(rawValue: "ca.sign.signature")
    /// A certificate was created; the payload is a ``Certificate``.
    public static let certificateCreate = EventType(rawValue: "certificate.create")
    /// A certificate was imported; the payload is a ``Certificate``.
    public static let certificateImport = EventType(rawValue: "certificate.import")
    /// A certificate changed its status; the payload is an ``UpdateModel`` of ``Certificate``.
    public static let certificateStatusUpdate = EventType(rawValue: "certificate.status.update")
    /// The metadata of a certificate changed; the payload is an ``UpdateModel`` of ``Certificate``.
    public static let certificateMetadataUpdate = EventType(rawValue: "certificate.metadata.update")
    /// A certificate was deleted; the payload is a ``CertificateDeletion``.
    public static let certificateDelete = EventType(rawValue: "certificate.delete")
    /// An issuance profile was created; the payload is an ``IssuanceProfile``.
    public static let issuanceProfileCreate = EventType(rawValue: "profile.issuance.create")
    /// An issuance profile changed; the payload is an ``UpdateModel`` of ``IssuanceProfile``.
    public static let issuanceProfileUpdate = EventType(rawValue: "profile.issuance.update")
    /// An issuance profile was deleted; the payload is an ``IssuanceProfileDeletion``.
    public static let issuanceProfileDelete = EventType(rawValue: "profile.issuance.delete")
}

// MARK: Key management

extension EventType {
    /// A key was created; the payload is a ``KMSKey``.
    public static let kmsCreate = EventType(rawValue: "kms.create")
    /// A key was imported; the payload is a ``KMSKey``.
    public static let kmsImport = EventType(rawValue: "kms.import")
    /// The metadata of a key changed; the payload is an ``UpdateModel`` of ``KMSKey``.
    public static let kmsMetadataUpdate = EventType(rawValue: "kms.metadata.update")
    /// The aliases of a key changed; the payload is an ``UpdateModel`` of ``KMSKey``.
    public static let kmsAliasesUpdate = EventType(rawValue: "kms.aliases.update")
    /// The name of a key changed; the payload is an ``UpdateModel`` of ``KMSKey``.
    public static let kmsNameUpdate = EventType(rawValue: "kms.name.update")
    /// The tags of a key changed; the payload is an ``UpdateModel`` of ``KMSKey``.
    public static let kmsTagsUpdate = EventType(rawValue: "kms.tags.update")
    /// A key was deleted; the payload is a ``KeyDeletion``.
    public static let kmsDelete = EventType(rawValue: "kms.delete")
    /// A key signed a message; the payload is a ``MessageSignature``.
    public static let kmsSign = EventType(rawValue: "kms.sign")
    /// A signature was verified with a key; the payload is a ``SignatureVerification``.
    public static let kmsVerify = EventType(rawValue: "kms.verify")
}

// MARK: DMS manager

extension EventType {
    /// A DMS was created; the payload is a ``DMS``.
    public static let dmsCreate = EventType(rawValue: "dms.create")
    /// A DMS changed; the payload is an ``UpdateModel`` of ``DMS``.
    public static let dmsUpdate = EventType(rawValue: "dms.update")
    /// The metadata of a DMS changed; the payload is an ``UpdateModel`` of ``DMS``.
    public static let dmsMetadataUpdate = EventType(rawValue: "dms.metadata.update")
    /// A DMS was deleted; the payload is a ``Deletion``.
    public static let dmsDelete = EventType(rawValue: "dms.delete")
    /// A device enrolled; the payload is an ``EnrollmentOutput``.
    public static let dmsEnroll = EventType(rawValue: "dms.enroll")
    /// A device enrolled again; the payload is an ``EnrollmentOutput``.
    public static let dmsReenroll = EventType(rawValue: "dms.reenroll")
    /// A certificate became the identity of a device; the payload is a ``BindIdentityToDeviceOutput``.
    public static let dmsBindDeviceID = EventType(rawValue: "dms.bind-device-id")
}

// MARK: Device manager

extension EventType {
    /// A device was created; the payload is a ``Device``.
    public static let deviceCreate = EventType(rawValue: "device.create")
    /// A device changed its status; the payload is an ``UpdateModel`` of ``Device``.
    public static let deviceStatusUpdate = EventType(rawValue: "device.status.update")
    /// The identity slot of a device changed; the payload is an ``UpdateModel`` of ``Device``.
    public static let deviceIdentityUpdate = EventType(rawValue: "device.identity.update")
    /// The metadata of a device changed; the payload is an ``UpdateModel`` of ``Device``.
    public static let deviceMetadataUpdate = EventType(rawValue: "device.metadata.update")
    /// A device was deleted; the payload is a ``Deletion``.
    public static let deviceDelete = EventType(rawValue: "device.delete")
    /// A group of devices was created; the payload is a ``DeviceGroup``.
    public static let deviceGroupCreate = EventType(rawValue: "device-group.create")
    /// A group of devices changed; the payload is an ``UpdateModel`` of ``DeviceGroup``.
    public static let deviceGroupUpdate = EventType(rawValue: "device-group.update")
    /// A group of devices was deleted; the payload is a ``Deletion``.
    public static let deviceGroupDelete = EventType(rawValue: "device-group.delete")
}

// MARK: Validation authority

extension EventType {
    /// The role of a validation authority changed; the payload is the ``VARole`` alone.
    public static let vaRoleUpdate = EventType(rawValue: "va.role.update")
    /// The revocation list role of a CA was set up; the payload is a ``VARole``.
    public static let vaRoleCRLInit = EventType(rawValue: "va.role.crl.init")
    /// A revocation list was calculated; the payload is a ``RevocationList``.
    public static let vaRoleCRLCreate = EventType(rawValue: "va.role.crl.create")
}
