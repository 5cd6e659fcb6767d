// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// A message of a batch that was published; a member AWS left out is `nil`.
public struct PublishedMessage: Hashable, Sendable {
    /// The message's name within the batch.
    public var id: String
    /// The message's id.
    public var messageID: String?
    /// Where the message stands in a FIFO topic.
    public var sequenceNumber: String?

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.id = ""
        while let name = try xml.nextElement() {
            switch name {
            case "Id": self.id = try xml.readText()
            case "MessageId": self.messageID = try xml.readText()
            case "SequenceNumber": self.sequenceNumber = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
