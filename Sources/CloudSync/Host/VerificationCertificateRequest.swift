// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a CA is asked to sign when it is registered in AWS IoT Core.
public struct VerificationCertificateRequest: Hashable, Sendable {
    /// The id of the CA that is to sign.
    public var authorityID: String
    /// The certificate signing request as PEM: for AWS's registration code as common name, and a fresh key on the curve P-256.
    public var signingRequest: String

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - authorityID: the id of the CA that is to sign.
    ///   - signingRequest: the certificate signing request as PEM.
    public init(authorityID: String, signingRequest: String) {
        self.authorityID = authorityID
        self.signingRequest = signingRequest
    }
}
