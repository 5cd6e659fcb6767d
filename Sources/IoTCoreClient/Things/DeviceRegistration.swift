// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

/// A device as AWS IoT should have it: its certificate, its thing, and the policies of the certificate.
public struct DeviceRegistration: Sendable {
    /// A policy of the certificate.
    public struct Policy: Sendable {
        /// The policy's name.
        public var name: String
        /// The document it should have; `nil` where the policy has to exist and stays as it is.
        public var document: PolicyDocument?

        /// Makes a policy.
        ///
        /// - Parameters:
        ///   - name: the policy's name.
        ///   - document: the document it should have.
        public init(_ name: String, document: PolicyDocument? = nil) {
            self.name = name
            self.document = document
        }
    }

    /// Where the CA of the certificate stands.
    public enum Authority: Sendable {
        /// It is registered in the account.
        case registered
        /// It is one of several registered ones with the same subject: this one.
        case oneOf(X509Certificate)
        /// It is not registered: devices must name the account's endpoint in the TLS handshake.
        case notRegistered
    }

    /// The name of the thing; `nil` where the certificate needs none.
    public var thingName: String?
    /// The attributes the thing should have; `nil` leaves those it has.
    public var attributes: [String: String]?
    /// The type of a thing that is made; that of one that exists stays.
    public var thingTypeName: String?
    /// The certificate of the device.
    public var certificate: X509Certificate
    /// Where the CA of the certificate stands.
    public var authority: Authority
    /// The status the certificate should have; one that AWS has as revoked stays so.
    public var status: CertificateStatus
    /// Whether a certificate that AWS has already gets the status too; by default it does.
    public var changesStatus = true
    /// The policies of the certificate; others that it has stay.
    public var policies: [Policy]

    /// Makes a registration.
    ///
    /// - Parameters:
    ///   - certificate: the certificate of the device.
    ///   - thingName: the name of the thing.
    ///   - attributes: the attributes the thing should have.
    ///   - thingTypeName: the type of a thing that is made.
    ///   - policies: the policies of the certificate.
    ///   - authority: where the CA of the certificate stands; by default it is registered.
    ///   - status: the status the certificate should have; by default `ACTIVE`.
    public init(
        _ certificate: X509Certificate, thingName: String?, attributes: [String: String]? = nil, thingTypeName: String? = nil,
        policies: [Policy] = [], authority: Authority = .registered, status: CertificateStatus = .active
    ) {
        self.thingName = thingName
        self.attributes = attributes
        self.thingTypeName = thingTypeName
        self.certificate = certificate
        self.authority = authority
        self.status = status
        self.policies = policies
    }
}

/// A device as it stands in AWS after it was registered.
public struct RegisterDeviceResult: Hashable, Sendable {
    /// Something that was written on the way.
    public enum Effect: Hashable, Sendable {
        /// The certificate was registered.
        case certificateRegistered
        /// The status of the certificate was changed.
        case certificateStatusChanged
        /// A policy was made, or got a new version.
        case policyPut(String)
        /// A policy was attached to the certificate.
        case policyAttached(String)
        /// The thing was made.
        case thingCreated
        /// The attributes of the thing were changed.
        case thingUpdated
        /// The certificate was attached to the thing.
        case certificateAttached
    }

    /// The ARN of the certificate.
    public var certificateARN: String
    /// The id of the certificate.
    public var certificateID: String
    /// The status that AWS has the certificate with: what was asked for, `REVOKED`, or the one it had where that was to stay.
    public var status: CertificateStatus
    /// What was written, in order; empty where all was as it should be.
    public var effects: [Effect]
}
