// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a document, and where.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct XMLError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unexpectedEnd, malformed, invalidUTF8, unsupportedEncoding, invalidCharacter, unknownEntity, documentTypeRefused
            case mismatchedTag, duplicateAttribute, unexpectedText, unexpectedElement, limitExceeded
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The document ends before its root element is closed.
        public static let unexpectedEnd = Code(.unexpectedEnd)
        /// The bytes do not follow the grammar of XML 1.0; the message says what was expected.
        public static let malformed = Code(.malformed)
        /// The bytes are not UTF-8.
        public static let invalidUTF8 = Code(.invalidUTF8)
        /// The XML declaration names an encoding other than UTF-8.
        public static let unsupportedEncoding = Code(.unsupportedEncoding)
        /// A character that XML 1.0 forbids, written as it is or as a numeric reference.
        public static let invalidCharacter = Code(.invalidCharacter)
        /// A reference to an entity other than `lt`, `gt`, `amp`, `quot` and `apos`.
        public static let unknownEntity = Code(.unknownEntity)
        /// The document has a document type declaration, which this reader refuses, whatever it holds.
        public static let documentTypeRefused = Code(.documentTypeRefused)
        /// An end tag that does not close the element that is open.
        public static let mismatchedTag = Code(.mismatchedTag)
        /// An element with two attributes of one name.
        public static let duplicateAttribute = Code(.duplicateAttribute)
        /// Text where the caller reads child elements.
        public static let unexpectedText = Code(.unexpectedText)
        /// An element where the caller reads text.
        public static let unexpectedElement = Code(.unexpectedElement)
        /// The document exceeds one of the reader's ``XMLReader/Limits``.
        public static let limitExceeded = Code(.limitExceeded)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// Where it is: the number of bytes before it.
    public var offset: Int
    /// What was found or expected, for a person; holds no text of the document but names of tags, attributes and entities.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - offset: the number of bytes before it.
    ///   - message: what was found or expected, for a person.
    public init(_ code: Code, at offset: Int, message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// The code, the place and the message.
    public var description: String { "\(self.code) at byte \(self.offset): \(self.message)" }
}

extension XMLError: Hashable {
    /// Compares the codes alone.
    public static func == (left: XMLError, right: XMLError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
