// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

/// Which topic an ``AWSEventBus`` uses, and how it receives from its queues.
public struct AWSEventBusConfiguration: Hashable, Sendable {
    /// By what SNS tells which events a subscription wants.
    public struct FilterScope: Hashable, Sendable {
        let rawValue: String

        /// By the attributes `type`, `source` and `subject` of the message, which this bus sets.
        public static let messageAttributes = FilterScope(rawValue: "MessageAttributes")
        /// By the members `type`, `source` and `subject` of the event itself, for events of publishers that set no attributes.
        public static let messageBody = FilterScope(rawValue: "MessageBody")
    }

    /// The topic's name, of letters, digits, `-` and `_`; by default `lamassu-events`.
    ///
    /// A FIFO topic's gets the suffix `.fifo`.
    public var topic: String
    /// Whether topic and queues are FIFO, which keeps the order of events of one subject on the way too; by default they are not.
    ///
    /// A FIFO topic takes 300 messages a second and more with high throughput; of equal events within five minutes it delivers one.
    public var isFIFO: Bool
    /// By what SNS tells which events a subscription wants; by default by the message's attributes.
    public var filterScope: FilterScope
    /// For how long a message that was received stays hidden from others; by default 60 seconds.
    ///
    /// It is extended for as long as the event is held. After a crash a message comes again when this time is over.
    public var visibilityTimeout: Duration
    /// How long one call waits for a message, from 1 to 20 seconds; by default 10 seconds.
    ///
    /// A drain waits for the call that is under way, so it takes that long. Where an attempt of a call may not take longer
    /// (`AWSConfiguration.attemptTimeout`), the wait is 2 seconds less than that.
    public var waitTime: Duration
    /// How long a subscriber waits after a call that failed; by default from 200 milliseconds to 30 seconds.
    public var backoff: Backoff

    /// Makes a configuration of the defaults.
    ///
    /// - Parameter topic: the topic's name.
    public init(topic: String = "lamassu-events") {
        self.topic = topic
        self.isFIFO = false
        self.filterScope = .messageAttributes
        self.visibilityTimeout = .seconds(60)
        self.waitTime = .seconds(10)
        self.backoff = Backoff()
    }

    /// A name of a topic or queue as AWS has it.
    func name(_ name: String) -> String { self.isFIFO ? "\(name).fifo" : name }

    /// A duration in whole seconds, at least one.
    static func seconds(_ duration: Duration, atMost maximum: Int64) -> Int {
        Int(min(maximum, max(1, duration.components.seconds)))
    }
}
