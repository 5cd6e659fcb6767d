// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The properties of a message, each of which may be absent.
///
/// The server passes all of them on and acts on `deliveryMode`, `priority`, `expiration`, `userID` and a few `headers` alone.
/// A string has 255 bytes of UTF-8 at most; a longer one cannot be sent (``AMQPWireError/Code/valueTooLong``). Where a publisher sent other bytes,
/// which RabbitMQ passes on, U+FFFD stands in their place. To copy properties costs
/// the same however many there are; to set one copies the others.
public struct AMQPProperties: Hashable, Sendable {
    /// What was read or given, shared by all copies; `nil` when no property is there.
    private var storage: Storage?

    /// All of them.
    var values: Values {
        get { self.storage?.values ?? Values() }
        set { self.storage = newValue == Values() ? nil : Storage(newValue) }
    }

    /// All of them; `nil` when none is there.
    var presentValues: Values? { self.storage?.values }

    /// Makes properties of all at a time, of which at least one is there.
    init(_ values: Values) { self.storage = Storage(values) }

    /// The body's media type.
    public var contentType: String? {
        get { self.storage?.values.contentType }
        set { self.values.contentType = newValue }
    }
    /// The body's encoding, such as `gzip`.
    public var contentEncoding: String? {
        get { self.storage?.values.contentEncoding }
        set { self.values.contentEncoding = newValue }
    }
    /// Further names with values.
    public var headers: AMQPTable? {
        get { self.storage?.values.headers }
        set { self.values.headers = newValue }
    }
    /// Whether the message survives a restart of the server.
    public var deliveryMode: AMQPDeliveryMode? {
        get { self.storage?.values.deliveryMode }
        set { self.values.deliveryMode = newValue }
    }
    /// The priority, from 0 to 9; it takes a queue that has priorities.
    public var priority: UInt8? {
        get { self.storage?.values.priority }
        set { self.values.priority = newValue }
    }
    /// What a response shall carry so that it finds its request.
    public var correlationID: String? {
        get { self.storage?.values.correlationID }
        set { self.values.correlationID = newValue }
    }
    /// Where a response shall go, usually a queue.
    public var replyTo: String? {
        get { self.storage?.values.replyTo }
        set { self.values.replyTo = newValue }
    }
    /// How long the message may wait in a queue, in milliseconds, as a decimal number.
    public var expiration: String? {
        get { self.storage?.values.expiration }
        set { self.values.expiration = newValue }
    }
    /// The message's identifier.
    public var messageID: String? {
        get { self.storage?.values.messageID }
        set { self.values.messageID = newValue }
    }
    /// When the message was made, in seconds since 1970.
    public var timestamp: UInt64? {
        get { self.storage?.values.timestamp }
        set { self.values.timestamp = newValue }
    }
    /// The message's type, in the application's terms.
    public var type: String? {
        get { self.storage?.values.type }
        set { self.values.type = newValue }
    }
    /// The user that published the message; RabbitMQ refuses it when it is not the connection's.
    public var userID: String? {
        get { self.storage?.values.userID }
        set { self.values.userID = newValue }
    }
    /// The application that published the message.
    public var appID: String? {
        get { self.storage?.values.appID }
        set { self.values.appID = newValue }
    }
    /// A property of older versions, now reserved and without meaning.
    public var clusterID: String? {
        get { self.storage?.values.clusterID }
        set { self.values.clusterID = newValue }
    }

    /// Makes properties; what is left out is absent.
    public init(
        contentType: String? = nil, contentEncoding: String? = nil, headers: AMQPTable? = nil, deliveryMode: AMQPDeliveryMode? = nil,
        priority: UInt8? = nil, correlationID: String? = nil, replyTo: String? = nil, expiration: String? = nil,
        messageID: String? = nil, timestamp: UInt64? = nil, type: String? = nil, userID: String? = nil, appID: String? = nil,
        clusterID: String? = nil
    ) {
        var values = Values()
        values.contentType = contentType
        values.contentEncoding = contentEncoding
        values.headers = headers
        values.deliveryMode = deliveryMode
        values.priority = priority
        values.correlationID = correlationID
        values.replyTo = replyTo
        values.expiration = expiration
        values.messageID = messageID
        values.timestamp = timestamp
        values.type = type
        values.userID = userID
        values.appID = appID
        values.clusterID = clusterID
        self.values = values
    }
}

extension AMQPProperties {
    /// Tells by the properties alone.
    public static func == (left: AMQPProperties, right: AMQPProperties) -> Bool {
        left.storage === right.storage || left.values == right.values
    }

    /// Hashes the properties alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.values) }

    /// The properties, as they lie in memory.
    struct Values: Hashable, Sendable {
        var contentType: String?
        var contentEncoding: String?
        var headers: AMQPTable?
        var deliveryMode: AMQPDeliveryMode?
        var priority: UInt8?
        var correlationID: String?
        var replyTo: String?
        var expiration: String?
        var messageID: String?
        var timestamp: UInt64?
        var type: String?
        var userID: String?
        var appID: String?
        var clusterID: String?
    }

    /// Never changed, so that copies can share it.
    private final class Storage: Sendable {
        let values: Values

        init(_ values: Values) { self.values = values }
    }
}

extension AMQPProperties: CustomReflectable {
    /// The properties by their names.
    public var customMirror: Mirror { Mirror(reflecting: self.values) }
}
