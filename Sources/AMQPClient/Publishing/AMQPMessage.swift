// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// A message to publish, and where to.
public struct AMQPMessage: Hashable, Sendable {
    /// The content; may be empty.
    public var body: [UInt8]
    /// What describes the content.
    public var properties: AMQPProperties
    /// Where to.
    public var destination: AMQPDestination
    /// Whether it is an error, ``AMQPError/Code/returned``, when no queue takes the message; by default it is none.
    public var mandatory: Bool

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - body: the content; may be empty.
    ///   - properties: what describes the content.
    ///   - destination: where to.
    ///   - mandatory: whether it is an error when no queue takes the message.
    public init(
        _ body: [UInt8], properties: AMQPProperties = AMQPProperties(), to destination: AMQPDestination, mandatory: Bool = false
    ) {
        self.body = body
        self.properties = properties
        self.destination = destination
        self.mandatory = mandatory
    }
}
