// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// How a ``MessageSender`` makes batches of messages.
public struct MessageSenderConfiguration: Sendable, Hashable {
    /// How long the first message of a batch waits for others, unless the batch is full before; by default 10 milliseconds.
    public var linger: Duration = .milliseconds(10)
    /// The most bytes of a batch, and of a message; by default 1,048,576, which is what SQS takes since August 2025.
    ///
    /// A queue may take less: its attribute `MaximumMessageSize` says.
    public var maximumBytes = 1_048_576
    /// The most batches under way; by default 4.
    public var maximumCalls = 4
    /// How often a message is sent that failed where others of its batch did not; by default 3 times.
    public var maximumAttempts = 3

    /// Makes a configuration with the defaults.
    public init() {}

    var limits: BatchLimits {
        BatchLimits(bytes: self.maximumBytes, linger: self.linger, calls: self.maximumCalls, attempts: self.maximumAttempts)
    }
}
