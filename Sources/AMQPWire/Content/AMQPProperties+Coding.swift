// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPProperties {
    /// The flags that say which properties follow (specification, section 4.2.6.1), the first property in the highest bit.
    private struct Flags: OptionSet {
        var rawValue: UInt16

        static let contentType = Flags(rawValue: 1 << 15)
        static let contentEncoding = Flags(rawValue: 1 << 14)
        static let headers = Flags(rawValue: 1 << 13)
        static let deliveryMode = Flags(rawValue: 1 << 12)
        static let priority = Flags(rawValue: 1 << 11)
        static let correlationID = Flags(rawValue: 1 << 10)
        static let replyTo = Flags(rawValue: 1 << 9)
        static let expiration = Flags(rawValue: 1 << 8)
        static let messageID = Flags(rawValue: 1 << 7)
        static let timestamp = Flags(rawValue: 1 << 6)
        static let type = Flags(rawValue: 1 << 5)
        static let userID = Flags(rawValue: 1 << 4)
        static let appID = Flags(rawValue: 1 << 3)
        static let clusterID = Flags(rawValue: 1 << 2)
        /// No property: it would be the fifteenth.
        static let undefined = Flags(rawValue: 1 << 1)
        /// No property: a further word of flags follows.
        static let continuation = Flags(rawValue: 1 << 0)
    }

    /// Decodes the flags, then the properties that are there.
    init(from cursor: inout ByteCursor, in bytes: Span<UInt8>) throws(AMQPWireError) {
        let flags = Flags(rawValue: try cursor.readUInt16(from: bytes))
        var last = flags
        while last.contains(.continuation) {
            last = Flags(rawValue: try cursor.readUInt16(from: bytes))
            guard last.isSubset(of: .continuation) else { throw .unknownProperty }
        }
        guard !flags.contains(.undefined) else { throw .unknownProperty }

        self.init()
        if flags.contains(.contentType) { self.contentType = try cursor.readShortString(from: bytes) }
        if flags.contains(.contentEncoding) { self.contentEncoding = try cursor.readShortString(from: bytes) }
        if flags.contains(.headers) { self.headers = try cursor.readTable(from: bytes) }
        if flags.contains(.deliveryMode) { self.deliveryMode = AMQPDeliveryMode(rawValue: try cursor.readUInt8(from: bytes)) }
        if flags.contains(.priority) { self.priority = try cursor.readUInt8(from: bytes) }
        if flags.contains(.correlationID) { self.correlationID = try cursor.readShortString(from: bytes) }
        if flags.contains(.replyTo) { self.replyTo = try cursor.readShortString(from: bytes) }
        if flags.contains(.expiration) { self.expiration = try cursor.readShortString(from: bytes) }
        if flags.contains(.messageID) { self.messageID = try cursor.readShortString(from: bytes) }
        if flags.contains(.timestamp) { self.timestamp = try cursor.readUInt64(from: bytes) }
        if flags.contains(.type) { self.type = try cursor.readShortString(from: bytes) }
        if flags.contains(.userID) { self.userID = try cursor.readShortString(from: bytes) }
        if flags.contains(.appID) { self.appID = try cursor.readShortString(from: bytes) }
        if flags.contains(.clusterID) { self.clusterID = try cursor.readShortString(from: bytes) }
    }

    /// Appends the flags, then the properties that are there.
    func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        let start = output.count
        output.appendUInt16(0)
        var flags: Flags = []
        func append(_ string: String?, _ flag: Flags) throws(AMQPWireError) {
            guard let string else { return }
            flags.insert(flag)
            try output.appendShortString(string)
        }

        try append(self.contentType, .contentType)
        try append(self.contentEncoding, .contentEncoding)
        if let headers = self.headers {
            flags.insert(.headers)
            try output.appendTable(headers)
        }
        if let deliveryMode = self.deliveryMode {
            flags.insert(.deliveryMode)
            output.appendUInt8(deliveryMode.rawValue)
        }
        if let priority = self.priority {
            flags.insert(.priority)
            output.appendUInt8(priority)
        }
        try append(self.correlationID, .correlationID)
        try append(self.replyTo, .replyTo)
        try append(self.expiration, .expiration)
        try append(self.messageID, .messageID)
        if let timestamp = self.timestamp {
            flags.insert(.timestamp)
            output.appendUInt64(timestamp)
        }
        try append(self.type, .type)
        try append(self.userID, .userID)
        try append(self.appID, .appID)
        try append(self.clusterID, .clusterID)
        output[start] = UInt8(truncatingIfNeeded: flags.rawValue >> 8)
        output[start + 1] = UInt8(truncatingIfNeeded: flags.rawValue)
    }
}

extension AMQPWireError {
    fileprivate static var unknownProperty: AMQPWireError {
        AMQPWireError(.malformedFrame, message: "a content header holds a property that is not defined")
    }
}
