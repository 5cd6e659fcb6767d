// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// How ``SQSClient/withMessages(from:configuration:_:)`` receives messages.
public struct MessageConsumerConfiguration: Sendable {
    /// The most calls for messages at a time; by default 4.
    ///
    /// One is always under way while there is room; others join while messages come.
    public var pollers = 4
    /// The most messages that are here and not deleted yet; by default 100.
    ///
    /// When there are as many, no more are asked for.
    public var maximumMessages = 100
    /// How long a call waits for a message, in whole seconds from 1 to 20; by default 20 seconds.
    ///
    /// Where the client gives a call up earlier, by `AWSConfiguration.attemptTimeout` or `callTimeout`, it is 2 seconds less than that: SQS
    /// would give messages to a call whose answer nobody reads, and hide them for ``visibilityTimeout``.
    public var waitTime: Duration = .seconds(20)
    /// How long SQS hides a message, in whole seconds from 2 to ``maximumHandlingTime``; by default 30 seconds.
    ///
    /// While a message is here, this is renewed whenever half of it is over. After a crash, it is how long the message takes to come again.
    public var visibilityTimeout: Duration = .seconds(30)
    /// How long a message is kept hidden at most, in whole seconds up to 43,140; by default that, which is 11 hours and 59 minutes.
    ///
    /// A message that was not settled by then comes again, here or elsewhere. SQS hides none for longer than 12 hours, counted from when it
    /// sends the message, and refuses to hide one beyond that.
    public var maximumHandlingTime: Duration = .seconds(43_140)
    /// The message attributes that are asked for; by default all of them.
    public var attributeNames = ["All"]
    /// How long a deletion waits for others, to share a call with them; by default 20 milliseconds.
    public var linger: Duration = .milliseconds(20)
    /// How long the end may take, once the closure has returned; by default 5 seconds.
    ///
    /// In this time what is settled is deleted, and what is not is shown again. A call for messages that is still waiting is broken off then:
    /// a message that SQS gave to it at that moment is hidden for ``visibilityTimeout``.
    public var drainTimeout: Duration = .seconds(5)
    /// Told each error after which receiving goes on: of a call that is made again, of a message that could not be deleted or kept hidden and
    /// so comes again; by default nobody is.
    public var onError: (@Sendable (AWSError) -> Void)?

    /// Makes a configuration with the defaults.
    public init() {}

    /// The same, with what SQS does not take brought into its limits.
    ///
    /// - Parameter client: how long a call may take.
    func withinLimits(of client: AWSConfiguration) -> Self {
        var limited = self
        limited.pollers = max(self.pollers, 1)
        limited.maximumMessages = max(self.maximumMessages, 1)
        limited.waitTime = client.waitTime(upTo: self.waitTime)
        limited.maximumHandlingTime = min(max(self.maximumHandlingTime, .seconds(2)), .seconds(43_140))
        let timeout = min(max(self.visibilityTimeout, .seconds(2)), limited.maximumHandlingTime)
        limited.visibilityTimeout = .seconds(timeout.components.seconds)
        return limited
    }
}
