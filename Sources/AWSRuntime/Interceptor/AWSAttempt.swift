// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which attempt of which call.
public struct AWSAttempt: Hashable, Sendable {
    /// The service that is called.
    public let service: AWSService
    /// The operation's name in the service's model.
    public let operation: String
    /// The region that is called.
    public let region: String
    /// The id of the call, the same in all of its attempts; the header field `amz-sdk-invocation-id`.
    public let invocationID: String
    /// The number of the attempt, from 1.
    public let number: Int
}
