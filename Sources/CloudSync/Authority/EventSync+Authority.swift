// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import LamassuEvents
import SystemCrypto

extension EventSync {
    /// Registers a CA where its metadata ask for it, and has the outcome recorded.
    func registerAuthority(_ authority: LamassuEvents::CACertificate) async throws(CloudSyncError) {
        guard let wish = try self.block(AWSCABlock.self, in: authority.metadata)?.registration, wish.status == .requested else {
            return self.passOver("no registration in AWS is asked for")
        }
        do {
            let registration = try await self.register(authority, isPrimary: wish.isPrimaryAccount)
            try await self.ask("record the registration of CA \(authority.id)") {
                try await self.host.record(.authorityRegistered(registration))
            }
        } catch {
            // What can never succeed is told to the service too; should that fail, the reason of the failure itself still counts.
            if !error.isRetryable {
                try? await self.host.record(.authorityRefused(authorityID: authority.id, reason: error.message))
            }
            throw error
        }
    }

    private func register(_ authority: LamassuEvents::CACertificate, isPrimary: Bool) async throws(CloudSyncError) -> AuthorityRegistration
    {
        let certificate = try self.certificate(of: authority.certificate, named: "CA \(authority.id)")
        guard certificate.isCA else {
            throw CloudSyncError(.notAnAuthority, message: "the certificate of CA \(authority.id) may not sign certificates")
        }
        let certificateID = certificate.awsCertificateID

        var description = try await self.describe(DescribeCACertificate(certificateID: certificateID), \.certificateDescription)
        if AuthorityPlan(present: description) == .register {
            let operation = try await self.registration(of: authority, certificate: certificate, isPrimary: isPrimary)
            if let registered = try await self.create(operation) {
                self.applied(.authorityRegistered, on: certificateID, isPrimary ? "primary account" : "SNI only")
                return AuthorityRegistration(
                    authorityID: authority.id, certificateID: certificateID, certificateARN: registered.certificateARN ?? "")
            }
            description = try await self.describe(DescribeCACertificate(certificateID: certificateID), \.certificateDescription)
        }
        if AuthorityPlan(present: description) == .activate {
            _ = try await self.call(
                UpdateCACertificate(certificateID: certificateID, newStatus: .active, newAutoRegistrationStatus: .enable))
            self.applied(.authorityActivated, on: certificateID)
        }
        guard let arn = description?.certificateARN else {
            throw CloudSyncError(.awsUnavailable, message: "AWS says that CA certificate \(certificateID) is there and that it is not")
        }
        return AuthorityRegistration(authorityID: authority.id, certificateID: certificateID, certificateARN: arn)
    }

    /// The operation that registers a CA, with the proof that its key is ours where the account is the CA's primary one.
    private func registration(
        of authority: LamassuEvents::CACertificate, certificate: X509Certificate, isPrimary: Bool
    ) async throws(CloudSyncError) -> RegisterCACertificate {
        var operation = RegisterCACertificate(caCertificate: certificate.pem)
        operation.setAsActive = true
        operation.allowAutoRegistration = true
        operation.tags = [
            Tag(key: "LMS.CA.ID", value: authority.id),
            Tag(key: "LMS.CA.SN", value: certificate.serialNumber.hexadecimal),
            Tag(key: "LMS.CA.CN", value: certificate.subject.commonName ?? ""),
        ]
        guard isPrimary else {
            operation.certificateMode = .sniOnly
            return operation
        }
        guard let code = try await self.call(GetRegistrationCode()).registrationCode else {
            throw CloudSyncError(.awsUnavailable, message: "AWS gave no registration code")
        }
        let signingRequest: String
        do {
            signingRequest = try CertificateSigningRequest(subject: DistinguishedName(commonName: code), key: PrivateKey.generate(.rsa2048))
                .pem
        } catch {
            throw CloudSyncError(.hostFailed, message: "no certificate signing request could be made: \(error)")
        }
        operation.verificationCertificate = try await self.ask("sign the verification certificate of CA \(authority.id)") {
            try await self.host.signVerificationCertificate(
                VerificationCertificateRequest(authorityID: authority.id, signingRequest: signingRequest))
        }
        return operation
    }
}
