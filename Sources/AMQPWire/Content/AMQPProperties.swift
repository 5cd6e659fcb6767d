// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The properties of a message, each of which may be absent.
///
/// The server passes all of them on and acts on `deliveryMode`, `priority`, `expiration`, `userID` and a few `headers` alone.
/// A string has 255 bytes of UTF-8 at most; a longer one cannot be sent (``AMQPWireError/Code/valueTooLong``).
public struct AMQPProperties: Hashable, Sendable {
    /// The body's media type.
    public var contentType: String?
    /// The body's encoding, such as `gzip`.
    public var contentEncoding: String?
    /// Further names with values.
    public var headers: AMQPTable?
    /// Whether the message survives a restart of the server.
    public var deliveryMode: AMQPDeliveryMode?
    /// The priority, from 0 to 9; it takes a queue that has priorities.
    public var priority: UInt8?
    /// What a response shall carry so that it finds its request.
    public var correlationID: String?
    /// Where a response shall go, usually a queue.
    public var replyTo: String?
    /// How long the message may wait in a queue, in milliseconds, as a decimal number.
    public var expiration: String?
    /// The message's identifier.
    public var messageID: String?
    /// When the message was made, in seconds since 1970.
    public var timestamp: UInt64?
    /// The message's type, in the application's terms.
    public var type: String?
    /// The user that published the message; RabbitMQ refuses it when it is not the connection's.
    public var userID: String?
    /// The application that published the message.
    public var appID: String?
    /// A property of older versions, now reserved and without meaning.
    public var clusterID: String?

    /// Makes properties; what is left out is absent.
    public init(
        contentType: String? = nil, contentEncoding: String? = nil, headers: AMQPTable? = nil, deliveryMode: AMQPDeliveryMode? = nil,
        priority: UInt8? = nil, correlationID: String? = nil, replyTo: String? = nil, expiration: String? = nil,
        messageID: String? = nil, timestamp: UInt64? = nil, type: String? = nil, userID: String? = nil, appID: String? = nil,
        clusterID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
        self.clusterID = clusterID
    }
}
