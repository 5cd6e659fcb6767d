// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Amazon SQS: sending, receiving and deleting messages, and looking at queues.
///
/// An operation is a value: `try await sqs.send(ReceiveMessage(queueURL: url, waitTimeSeconds: 20))`. Requests go to the endpoint of the
/// service, whatever host the queue's URL names: the URL is a parameter like others.
public struct SQSClient: Sendable {
    package let client: AWSClient

    /// Makes a client.
    ///
    /// - Parameter client: signs, sends and retries; shared with the clients of other services.
    public init(_ client: AWSClient) { self.client = client }

    /// Sends an operation; see `AWSClient.send(_:)`.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the last attempt.
    public func send<Operation: SQSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        try await self.client.send(operation)
    }
}
