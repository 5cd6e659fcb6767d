// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the credentials that requests are signed with.
///
/// A provider of this module asks its source at each call; ``CachedCredentialsProvider`` keeps what a source gave.
public protocol AWSCredentialsProvider: Sendable {
    /// Gives credentials that are valid now; called for each attempt of each call.
    ///
    /// Cancelling the task ends the wait.
    ///
    /// - Returns: the credentials.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/credentials``, which says where it looked; its code is ``AWSErrorCode/noCredentials``
    ///   where the source is not set up, so that a chain asks the next one. ``AWSError/Kind/cancelled`` when the task was cancelled.
    func credentials() async throws(AWSError) -> AWSCredentials

    /// AWS refused these credentials as expired or unknown: whoever keeps them is to give them no more.
    ///
    /// By default nothing happens, which is right for a provider that keeps nothing.
    ///
    /// - Parameter credentials: what AWS refused; others are kept.
    func invalidate(_ credentials: AWSCredentials)
}

extension AWSCredentialsProvider {
    /// Does nothing.
    public func invalidate(_ credentials: AWSCredentials) {}
}

extension AWSErrorCode {
    /// The source of credentials is not set up.
    public static let noCredentials: AWSErrorCode = "NoCredentials"
    /// The source gave credentials whose time is over, or whose time ended before they could be had anew.
    public static let expiredCredentials: AWSErrorCode = "ExpiredCredentials"
    /// What a source of credentials is set up with cannot be used.
    public static let invalidCredentialsConfiguration: AWSErrorCode = "InvalidCredentialsConfiguration"
    /// The source of credentials answered with something that holds none.
    public static let malformedCredentials: AWSErrorCode = "MalformedCredentials"
    /// The source of credentials did not answer in time.
    public static let credentialsTimedOut: AWSErrorCode = "CredentialsTimedOut"
    /// The profile asks for a code of a multi-factor device, which no service can enter.
    public static let mfaRequired: AWSErrorCode = "MFARequired"
    /// There is no token of AWS IAM Identity Center, or it is over: a person has to sign in with `aws sso login`.
    public static let signInRequired: AWSErrorCode = "SignInRequired"
}
