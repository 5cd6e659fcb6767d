// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A role to be assumed, and how.
public struct AWSAssumedRole: Hashable, Sendable {
    /// The role's ARN.
    public var arn: String
    /// The name of the session, by which CloudTrail shows who acted; by default `lamassu-cloud` and the time.
    public var sessionName: String?
    /// What the role's owner asks of those whom it trusts from another account; by default nothing.
    public var externalID: String?
    /// How long the credentials are to be valid; by default as STS has it, one hour.
    public var duration: Duration?

    /// Describes a role.
    ///
    /// - Parameters:
    ///   - arn: the role's ARN.
    ///   - sessionName: the name of the session; 2 to 64 letters, digits and `+=,.@-_`.
    ///   - externalID: what the role's owner asks of those whom it trusts from another account.
    ///   - duration: how long the credentials are to be valid, from 15 minutes to what the role allows.
    public init(arn: String, sessionName: String? = nil, externalID: String? = nil, duration: Duration? = nil) {
        self.arn = arn
        self.sessionName = sessionName
        self.externalID = externalID
        self.duration = duration
    }
}
