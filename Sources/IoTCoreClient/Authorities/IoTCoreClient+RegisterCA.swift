// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import SystemCrypto

extension IoTCoreClient {
    /// Registers a CA with its whole handshake, unless it is registered; makes its status and auto-registration as they should be.
    ///
    /// In the mode ``CARegistration/Mode/primary(_:)`` AWS's registration code is asked for, a key is made, and the signer issues the
    /// verification certificate. Cancelling the task breaks it off between two calls; running it again goes on from there.
    ///
    /// - Parameter registration: the CA as it should be registered.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notAnAuthority``, ``IoTCoreError/Code/notProven`` where the signer fails or signs
    ///   something else, ``IoTCoreError/Code/notChangeable`` where the CA is registered in the other mode.
    @discardableResult
    public func registerCA(_ registration: CARegistration) async throws(IoTCoreError) -> RegisterCAResult {
        guard registration.certificate.isCA else {
            throw IoTCoreError(
                .notAnAuthority, message: "\(registration.certificate) may not sign certificates: its basic constraints say so")
        }
        let certificateID = registration.certificate.iotCertificateID
        return try await self.settle("CA \(certificateID)") { () async throws(IoTCoreError) -> RegisterCAResult? in
            guard let present = try await self.find(DescribeCACertificate(certificateID: certificateID)) else {
                return try await self.makeCA(registration, certificateID: certificateID)
            }
            let description = try Self.require(present.certificateDescription, of: DescribeCACertificate.self)
            let arn = try Self.require(description.certificateARN, of: DescribeCACertificate.self)
            // AWS says no mode of a CA that was registered before there were modes.
            guard (description.certificateMode ?? .default) == registration.mode.certificateMode else {
                throw IoTCoreError(
                    .notChangeable,
                    message: "CA \(certificateID) is registered in the mode \(description.certificateMode ?? .default), which cannot change"
                )
            }
            guard let update = registration.update(of: description, present.registrationConfig, certificateID: certificateID) else {
                return RegisterCAResult(change: .unchanged, arn: arn, certificateID: certificateID)
            }
            guard try await self.call(update, unless: .resourceNotFound) != nil else { return nil }
            return RegisterCAResult(change: .updated, arn: arn, certificateID: certificateID)
        }
    }

    /// Registers a CA that AWS does not know.
    ///
    /// - Returns: `nil` where another was faster, or AWS has another registration code meanwhile.
    private func makeCA(_ registration: CARegistration, certificateID: String) async throws(IoTCoreError) -> RegisterCAResult? {
        var operation = RegisterCACertificate(caCertificate: registration.certificate.pem)
        operation.setAsActive = registration.status == .active
        operation.allowAutoRegistration = registration.allowsAutoRegistration
        operation.registrationConfig = registration.registrationConfig
        operation.tags = registration.tags
        switch registration.mode {
        case .sniOnly: operation.certificateMode = .sniOnly
        case .primary(let signer):
            operation.verificationCertificate = try await self.proof(of: registration.certificate, by: signer).pem
        }
        let made = try await self.call(operation, unless: .resourceAlreadyExists, .registrationCodeValidation)
        guard let made else { return nil }
        return RegisterCAResult(
            change: .created, arn: try Self.require(made.certificateARN, of: RegisterCACertificate.self), certificateID: certificateID)
    }

    /// The certificate for the registration code.
    private func proof(
        of authority: X509Certificate, by signer: any VerificationCertificateSigner
    ) async throws(IoTCoreError) -> X509Certificate {
        let code = try Self.require(try await self.call(GetRegistrationCode()).registrationCode, of: GetRegistrationCode.self)
        let certificate: X509Certificate
        do {
            let request = try CertificateSigningRequest(
                subject: DistinguishedName(commonName: code), key: PrivateKey.generate(.ecP256))
            certificate = try await signer.verificationCertificate(for: request)
            try certificate.verifyIssued(by: authority)
        } catch {
            var failure = IoTCoreError(
                .notProven, message: "the verification certificate was not signed with the key of the CA: \(error)")
            failure.signerError = error
            throw failure
        }
        guard certificate.subject.commonName == code else {
            throw IoTCoreError(.notProven, message: "the verification certificate has not the registration code as its common name")
        }
        return certificate
    }
}

extension CARegistration.Mode {
    fileprivate var certificateMode: CertificateMode {
        switch self {
        case .primary: .default
        case .sniOnly: .sniOnly
        }
    }
}

extension CARegistration {
    /// What has to be changed; `nil` for nothing.
    fileprivate func update(
        of present: CACertificateDescription, _ presentConfig: RegistrationConfig?, certificateID: String
    ) -> UpdateCACertificate? {
        var update = UpdateCACertificate(certificateID: certificateID)
        var isNeeded = false
        if present.status != self.status {
            update.newStatus = self.status
            isNeeded = true
        }
        let autoRegistration: AutoRegistrationStatus = self.allowsAutoRegistration ? .enable : .disable
        if present.autoRegistrationStatus != autoRegistration {
            update.newAutoRegistrationStatus = autoRegistration
            isNeeded = true
        }
        if let config = self.registrationConfig, !config.isMet(by: presentConfig) {
            update.registrationConfig = config
            isNeeded = true
        }
        return isNeeded ? update : nil
    }
}

extension RegistrationConfig {
    /// Whether another one says at least what this one does; bodies of templates are compared as JSON.
    fileprivate func isMet(by present: RegistrationConfig?) -> Bool {
        guard self.roleARN == nil || self.roleARN == present?.roleARN,
            self.templateName == nil || self.templateName == present?.templateName
        else { return false }
        guard let body = self.templateBody else { return true }
        return present?.templateBody.map { JSONComparison.areEqual($0, body) } ?? false
    }
}
