// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What an event says: a model with a schema of its own.
public protocol EventPayload: JSONDecodable, JSONEncodable, Hashable, Sendable {
    /// The schema that the model reads and writes.
    static var schema: EventSchema { get }
}

extension UpdateModel: EventPayload where Model: EventPayload {
    /// The schema of the model with `.update` behind its name, of the same version.
    public static var schema: EventSchema { EventSchema("\(Model.schema.name).update", version: Model.schema.version) }
}

// MARK: The schemas

extension CACertificate: EventPayload {
    /// The schema `ca-certificate`.
    public static var schema: EventSchema { EventSchema("ca-certificate") }
}

extension Certificate: EventPayload {
    /// The schema `certificate`.
    public static var schema: EventSchema { EventSchema("certificate") }
}

extension IssuanceProfile: EventPayload {
    /// The schema `issuance-profile`.
    public static var schema: EventSchema { EventSchema("issuance-profile") }
}

extension KMSKey: EventPayload {
    /// The schema `kms-key`.
    public static var schema: EventSchema { EventSchema("kms-key") }
}

extension MessageSignature: EventPayload {
    /// The schema `message-signature`.
    public static var schema: EventSchema { EventSchema("message-signature") }
}

extension SignatureVerification: EventPayload {
    /// The schema `signature-verification`.
    public static var schema: EventSchema { EventSchema("signature-verification") }
}

extension DMS: EventPayload {
    /// The schema `dms`.
    public static var schema: EventSchema { EventSchema("dms") }
}

extension EnrollmentOutput: EventPayload {
    /// The schema `enrollment`.
    public static var schema: EventSchema { EventSchema("enrollment") }
}

extension BindIdentityToDeviceOutput: EventPayload {
    /// The schema `identity-binding`.
    public static var schema: EventSchema { EventSchema("identity-binding") }
}

extension Device: EventPayload {
    /// The schema `device`.
    public static var schema: EventSchema { EventSchema("device") }
}

extension DeviceGroup: EventPayload {
    /// The schema `device-group`.
    public static var schema: EventSchema { EventSchema("device-group") }
}

extension VARole: EventPayload {
    /// The schema `va-role`.
    public static var schema: EventSchema { EventSchema("va-role") }
}

extension RevocationList: EventPayload {
    /// The schema `revocation-list`.
    public static var schema: EventSchema { EventSchema("revocation-list") }
}

extension CADeletion: EventPayload {
    /// The schema `ca-deletion`.
    public static var schema: EventSchema { EventSchema("ca-deletion") }
}

extension CertificateDeletion: EventPayload {
    /// The schema `certificate-deletion`.
    public static var schema: EventSchema { EventSchema("certificate-deletion") }
}

extension IssuanceProfileDeletion: EventPayload {
    /// The schema `issuance-profile-deletion`.
    public static var schema: EventSchema { EventSchema("issuance-profile-deletion") }
}

extension KeyDeletion: EventPayload {
    /// The schema `key-deletion`.
    public static var schema: EventSchema { EventSchema("key-deletion") }
}

extension Deletion: EventPayload {
    /// The schema `deletion`.
    public static var schema: EventSchema { EventSchema("deletion") }
}
