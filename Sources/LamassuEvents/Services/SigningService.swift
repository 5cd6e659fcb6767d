// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a CA service does with the keys of its CAs.
public protocol SigningService: Sendable {
    /// What the service is told to sign a certificate, such as a signing request and a profile.
    associatedtype CertificateRequest: Sendable
    /// What the service is told to sign bytes, such as the message and the algorithm.
    associatedtype SignatureRequest: Sendable

    /// Issues a certificate that a CA signs.
    func signCertificate(by caID: String, with input: CertificateRequest) async throws -> Certificate
    /// Signs bytes with the key of a CA; the result is the raw signature.
    func createSignature(by caID: String, with input: SignatureRequest) async throws -> [UInt8]
}
