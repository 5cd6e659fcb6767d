// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not AMQP 0-9-1, or why values cannot be sent as it.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct AMQPWireError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case frameTooLarge, frameEndMissing, unknownFrameType, malformedFrame
            case unknownMethod, unknownFieldType, invalidUTF8, nestingTooDeep, valueTooLong
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// A frame is larger than the negotiated limit.
        public static let frameTooLarge = Code(.frameTooLarge)
        /// A frame does not end with the octet 0xCE where its length says.
        public static let frameEndMissing = Code(.frameEndMissing)
        /// A frame's type is none of method, header, body and heartbeat; often the peer does not speak AMQP at all.
        public static let unknownFrameType = Code(.unknownFrameType)
        /// A frame's fields do not fit its length, or a part of it that is fixed has another value.
        public static let malformedFrame = Code(.malformedFrame)
        /// A method frame names a method that this library does not know.
        public static let unknownMethod = Code(.unknownMethod)
        /// A field table or array holds a value of a type that is not defined.
        public static let unknownFieldType = Code(.unknownFieldType)
        /// A string that has to be UTF-8 is not.
        public static let invalidUTF8 = Code(.invalidUTF8)
        /// Tables and arrays are nested deeper than ``AMQPTable/maximumDepth``.
        public static let nestingTooDeep = Code(.nestingTooDeep)
        /// A value to be sent is longer than its field can say: a short string has 255 bytes at most.
        public static let valueTooLong = Code(.valueTooLong)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person; holds no content of the peer's.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened, for a person; no secret belongs in it.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// What a `connection.close` should tell the peer whose bytes these were.
    public var replyCode: AMQPReplyCode {
        switch self.code {
        case .unknownMethod: .notImplemented
        case .unknownFieldType, .invalidUTF8, .nestingTooDeep: .syntaxError
        default: .frameError
        }
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension AMQPWireError: Hashable {
    /// Compares the codes alone.
    public static func == (left: AMQPWireError, right: AMQPWireError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
