// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A message of a batch that was not published; a member AWS left out is `nil`.
public struct PublishFailure: Hashable, Sendable {
    /// The message's name within the batch.
    public var id: String
    /// Why, as AWS names it.
    public var code: AWSErrorCode
    /// Why, for a person.
    public var message: String?
    /// Whether the message is at fault, so that another attempt fails too.
    public var isSenderFault: Bool

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.id = ""
        self.code = .unknown
        self.isSenderFault = false
        while let name = try xml.nextElement() {
            switch name {
            case "Id": self.id = try xml.readText()
            case "Code": self.code = AWSErrorCode(rawValue: try xml.readText())
            case "Message": self.message = try xml.readText()
            case "SenderFault": self.isSenderFault = try xml.readText() == "true"
            default: try xml.skip()
            }
        }
    }
}
