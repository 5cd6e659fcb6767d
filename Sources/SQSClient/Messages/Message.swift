// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A message that was received; a member AWS left out is `nil`.
public struct Message: Hashable, Sendable, JSONDecodable {
    /// The message's id.
    public var messageID: String?
    /// What deletes the message; another one each time it is received.
    public var receiptHandle: String?
    /// The MD5 of the body, in hex.
    public var md5OfBody: String?
    /// The body.
    public var body: String?
    /// What AWS knows of the message, as far as it was asked for, such as `ApproximateReceiveCount`.
    public var attributes: [String: String]?
    /// The attributes that the sender gave, as far as they were asked for.
    public var messageAttributes: [String: MessageAttribute]?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "MessageId": self.messageID = try .init(from: &reader)
            case "ReceiptHandle": self.receiptHandle = try .init(from: &reader)
            case "MD5OfBody": self.md5OfBody = try .init(from: &reader)
            case "Body": self.body = try .init(from: &reader)
            case "Attributes": self.attributes = try .init(from: &reader)
            case "MessageAttributes": self.messageAttributes = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
