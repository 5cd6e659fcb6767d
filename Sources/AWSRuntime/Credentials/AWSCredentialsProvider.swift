// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the credentials that requests are signed with.
public protocol AWSCredentialsProvider: Sendable {
    /// Gives credentials that are valid now; called for each attempt of each call.
    ///
    /// - Returns: the credentials.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/credentials``, which says where it looked.
    func credentials() async throws(AWSError) -> AWSCredentials
}
