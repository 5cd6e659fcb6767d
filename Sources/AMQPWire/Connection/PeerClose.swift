// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the broker said when it closed a connection or a channel.
package struct PeerClose: Hashable, Sendable {
    package var replyCode: AMQPReplyCode
    package var replyText: String
    /// The method that was at fault, as class and method number; zeros where none was.
    package var classID: UInt16
    package var methodID: UInt16

    package init(replyCode: AMQPReplyCode, replyText: String, classID: UInt16 = 0, methodID: UInt16 = 0) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.classID = classID
        self.methodID = methodID
    }
}
