// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import SystemCrypto

/// Has the service that holds a CA's key sign the proof that the key is ours.
struct HostSigner: VerificationCertificateSigner {
    let work: EventSync
    let authorityID: String

    func verificationCertificate(for request: CertificateSigningRequest) async throws -> X509Certificate {
        try await self.work.ask("sign the verification certificate of CA \(self.authorityID)") {
            let pem = try await self.work.host.signVerificationCertificate(
                VerificationCertificateRequest(authorityID: self.authorityID, signingRequest: request.pem))
            return try X509Certificate(pem: pem)
        }
    }
}
