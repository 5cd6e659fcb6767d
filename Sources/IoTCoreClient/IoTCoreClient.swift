// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// AWS IoT Core: the control plane, and with `IoTData` and `IoTJobsData` the data plane and the jobs of devices.
///
/// An operation is a value: `try await iot.send(DescribeCertificate(certificateID: id))`. What takes several calls and has to be safe to
/// repeat is a method, such as ``putPolicy(_:document:tags:)``; those on one resource through one client, or copies of it, take turns.
public struct IoTCoreClient: Sendable {
    let client: AWSClient
    let lanes = ResourceLanes()

    /// Makes a client.
    ///
    /// - Parameter client: signs, sends and retries; shared with the clients of other services.
    public init(_ client: AWSClient) { self.client = client }

    /// Sends an operation; see `AWSClient.send(_:)`.
    ///
    /// - Parameter operation: what to call, with its input.
    /// - Returns: the operation's output.
    /// - Throws: the error of the last attempt.
    public func send<Operation: IoTOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        try await self.client.send(operation)
    }
}
