// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// AWS CloudFormation: making, updating, describing and deleting stacks.
///
/// An operation is a value: `try await cloudFormation.send(DescribeStacks(stackName: name))`. ``deploy(_:)`` makes or updates a stack and
/// waits until it is there.
public struct CloudFormationClient: Sendable {
    let client: AWSClient

    /// Makes a client.
    ///
    /// - Parameter client: signs, sends and retries; shared with the clients of other services.
    public init(_ client: AWSClient) { self.client = client }

    /// Sends an operation; see `AWSClient.send(_:)`.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the last attempt.
    public func send<Operation: CloudFormationOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        try await self.client.send(operation)
    }
}
