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
        let registration = CARegistration(
            certificate, as: isPrimary ? .primary(HostSigner(work: self, authorityID: authority.id)) : .sniOnly,
            tags: [
                Tag(key: "LMS.CA.ID", value: authority.id),
                Tag(key: "LMS.CA.SN", value: certificate.serialNumber.hexadecimal),
                Tag(key: "LMS.CA.CN", value: certificate.subject.commonName ?? ""),
            ])
        let result = try await self.bring { () async throws(IoTCoreError) in try await self.iot.registerCA(registration) }
        switch result.change {
        case .created: self.applied(.authorityRegistered, on: result.certificateID, isPrimary ? "primary account" : "SNI only")
        case .updated: self.applied(.authorityActivated, on: result.certificateID)
        case .unchanged: break
        }
        return AuthorityRegistration(authorityID: authority.id, certificateID: result.certificateID, certificateARN: result.arn)
    }
}
