// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

/// What a ``CloudSync`` needs to know beside its clients.
public struct CloudSyncConfiguration: Hashable, Sendable {
    /// The connector's id: it acts on what carries the metadata block `lamassu.io/iot/<connector id>`.
    public var connectorID: ConnectorID
    /// The Lambda function that is invoked when a certificate's status was brought to AWS; by default none.
    ///
    /// A name, a partial ARN or an ARN, as the Lambda API takes it.
    public var statusFunction: String?
    /// How often an event is tried that waits for another one, or for a function that fails; by default 10.
    ///
    /// A device certificate can arrive before its CA is registered: the attempts, with the consumer's backoff between them, give
    /// the CA time. What fails because AWS is away is tried without a limit.
    public var maximumAttempts: Int

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - connectorID: the connector's id.
    ///   - statusFunction: the Lambda function that is invoked when a certificate's status was brought to AWS.
    ///   - maximumAttempts: how often an event is tried that waits for another one.
    public init(connectorID: ConnectorID, statusFunction: String? = nil, maximumAttempts: Int = 10) {
        self.connectorID = connectorID
        self.statusFunction = statusFunction
        self.maximumAttempts = maximumAttempts
    }
}
