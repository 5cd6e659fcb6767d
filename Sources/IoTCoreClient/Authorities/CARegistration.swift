// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

/// A CA as AWS IoT should have it registered.
public struct CARegistration: Sendable {
    /// How a CA is registered.
    public enum Mode: Sendable {
        /// The account owns the CA: it proves that it has the CA's key with a certificate for AWS's registration code.
        case primary(any VerificationCertificateSigner)
        /// The account is one of several with the CA: devices must name its endpoint in the TLS handshake, and nothing is proven.
        case sniOnly
    }

    /// The certificate of the CA.
    public var certificate: X509Certificate
    /// How it is registered, which never changes.
    public var mode: Mode
    /// Whether certificates of the CA are accepted.
    public var status: CACertificateStatus
    /// Whether devices with a certificate of the CA register themselves when they first connect.
    public var allowsAutoRegistration: Bool
    /// What is made for such a device: a template's name, or its body and role; `nil` leaves what is there.
    public var registrationConfig: RegistrationConfig?
    /// The tags of a CA that is registered now; those of one that is registered stay.
    public var tags: [Tag]?

    /// Makes a registration.
    ///
    /// - Parameters:
    ///   - certificate: the certificate of the CA.
    ///   - mode: how it is registered.
    ///   - status: whether certificates of the CA are accepted; by default they are.
    ///   - allowsAutoRegistration: whether devices register themselves; by default they do.
    ///   - registrationConfig: what is made for such a device.
    ///   - tags: the tags of a CA that is registered now.
    public init(
        _ certificate: X509Certificate, as mode: Mode, status: CACertificateStatus = .active, allowsAutoRegistration: Bool = true,
        registrationConfig: RegistrationConfig? = nil, tags: [Tag]? = nil
    ) {
        self.certificate = certificate
        self.mode = mode
        self.status = status
        self.allowsAutoRegistration = allowsAutoRegistration
        self.registrationConfig = registrationConfig
        self.tags = tags
    }
}

/// A CA as it stands in AWS after it was registered.
public struct RegisterCAResult: Hashable, Sendable {
    /// What was done.
    public var change: IoTChange
    /// The ARN of the CA certificate.
    public var arn: String
    /// The id of the CA certificate.
    public var certificateID: String

    package init(change: IoTChange, arn: String, certificateID: String) {
        self.change = change
        self.arn = arn
        self.certificateID = certificateID
    }
}
