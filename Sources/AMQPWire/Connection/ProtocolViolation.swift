// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A breach of the protocol by the peer, with the reply code that the connection is closed with.
package struct ProtocolViolation: Error, Hashable, Sendable {
    /// The reply code (specification, section 1.2).
    package var replyCode: AMQPReplyCode
    /// What the peer did.
    package var text: String

    package init(_ replyCode: AMQPReplyCode, _ text: String) {
        self.replyCode = replyCode
        self.text = text
    }

    /// Bytes that cannot be decoded.
    package init(_ error: AMQPWireError) { self.init(error.replyCode, error.message) }

    /// A method that makes no sense now.
    package static func unexpectedMethod(_ text: String) -> ProtocolViolation { ProtocolViolation(.commandInvalid, text) }
    /// A frame for a channel that is not open.
    package static func unknownChannel(_ number: UInt16) -> ProtocolViolation {
        ProtocolViolation(.channelError, "a frame for channel \(number), which is not open")
    }
    /// A frame of the wrong kind.
    package static func unexpectedFrame(_ text: String) -> ProtocolViolation { ProtocolViolation(.unexpectedFrame, text) }
}
