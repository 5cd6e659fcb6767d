// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PublishingService: SigningService where Base: SigningService {
    /// Issues a certificate that a CA signs, and publishes `ca.sign.certificate`.
    public func signCertificate(by caID: String, with input: Base.CertificateRequest) async throws -> Certificate {
        try await self.events.publishing(.caSignCertificate, subject: { .certificate($0.serialNumber) }) {
            try await self.base.signCertificate(by: caID, with: input)
        }
    }

    /// Signs bytes with the key of a CA, and publishes `ca.sign.signature`.
    public func createSignature(by caID: String, with input: Base.SignatureRequest) async throws -> [UInt8] {
        try await self.events.publishing(.caSignSignature, subject: .ca(caID)) {
            BinaryPayload(try await self.base.createSignature(by: caID, with: input))
        }.bytes
    }
}
