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

        guard !flags.isEmpty else {
            self.init()
            return
        }
        var values = Values()
        if flags.contains(.contentType) { values.contentType = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.contentEncoding) { values.contentEncoding = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.headers) { values.headers = try cursor.readTable(from: bytes) }
        if flags.contains(.deliveryMode) { values.deliveryMode = AMQPDeliveryMode(rawValue: try cursor.readUInt8(from: bytes)) }
        if flags.contains(.priority) { values.priority = try cursor.readUInt8(from: bytes) }
        if flags.contains(.correlationID) { values.correlationID = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.replyTo) { values.replyTo = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.expiration) { values.expiration = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.messageID) { values.messageID = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.timestamp) { values.timestamp = try cursor.readUInt64(from: bytes) }
        if flags.contains(.type) { values.type = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.userID) { values.userID = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.appID) { values.appID = try cursor.readRepairedShortString(from: bytes) }
        if flags.contains(.clusterID) { values.clusterID = try cursor.readRepairedShortString(from: bytes) }
        self.init(values)
    }

    /// Appends the flags, then the properties that are there.
    func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        guard let values = self.presentValues else { return output.appendUInt16(0) }
        let start = output.count
        output.appendUInt16(0)
        var flags: Flags = []
        func append(_ string: String?, _ flag: Flags) throws(AMQPWireError) {
            guard let string else { return }
            flags.insert(flag)
            try output.appendShortString(string)
        }

        try append(values.contentType, .contentType)
        try append(values.contentEncoding, .contentEncoding)
        if let headers = values.headers {
            flags.insert(.headers)
            try output.appendTable(headers)
        }
        if let deliveryMode = values.deliveryMode {
            flags.insert(.deliveryMode)
            output.appendUInt8(deliveryMode.rawValue)
        }
        if let priority = values.priority {
            flags.insert(.priority)
            output.appendUInt8(priority)
        }
        try append(values.correlationID, .correlationID)
        try append(values.replyTo, .replyTo)
        try append(values.expiration, .expiration)
        try append(values.messageID, .messageID)
        if let timestamp = values.timestamp {
            flags.insert(.timestamp)
            output.appendUInt64(timestamp)
        }
        try append(values.type, .type)
        try append(values.userID, .userID)
        try append(values.appID, .appID)
        try append(values.clusterID, .clusterID)
        output[start] = UInt8(truncatingIfNeeded: flags.rawValue >> 8)
        output[start + 1] = UInt8(truncatingIfNeeded: flags.rawValue)
    }
}

extension AMQPWireError {
    fileprivate static var unknownProperty: AMQPWireError {
        AMQPWireError(.malformedFrame, message: "a content header holds a property that is not defined")
    }
}
