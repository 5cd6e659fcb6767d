// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// Gives the same credentials always.
public struct StaticCredentialsProvider: AWSCredentialsProvider {
    private let value: AWSCredentials

    /// Makes a provider.
    ///
    /// - Parameter credentials: what it gives.
    public init(_ credentials: AWSCredentials) { self.value = credentials }

    /// Gives the credentials; never throws.
    public func credentials() async throws(AWSError) -> AWSCredentials { self.value }
}
