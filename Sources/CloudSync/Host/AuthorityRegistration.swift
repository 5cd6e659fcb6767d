// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A CA as it stands in AWS IoT Core.
public struct AuthorityRegistration: Hashable, Sendable {
    /// The id of the CA in the PKI.
    public var authorityID: String
    /// The id of its certificate in AWS: the SHA-256 of its DER form.
    public var certificateID: String
    /// The ARN of its certificate in AWS.
    public var certificateARN: String

    /// Makes a registration.
    ///
    /// - Parameters:
    ///   - authorityID: the id of the CA in the PKI.
    ///   - certificateID: the id of its certificate in AWS.
    ///   - certificateARN: the ARN of its certificate in AWS.
    public init(authorityID: String, certificateID: String, certificateARN: String) {
        self.authorityID = authorityID
        self.certificateID = certificateID
        self.certificateARN = certificateARN
    }
}
