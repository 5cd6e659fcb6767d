// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a JSON text could not be read or written.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text. The message quotes no value
/// of the text that was read: only names, positions and what was expected.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unexpectedEnd, unexpectedByte, invalidNumber, invalidEscape, unpairedSurrogate, invalidUTF8, tooDeep
            case typeMismatch, numberNotRepresentable, missingMember, invalidValue, misuse
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The text ends before the value does.
        public static let unexpectedEnd = Code(.unexpectedEnd)
        /// A byte stands where the grammar of RFC 8259 does not allow it; also a byte order mark, and anything after the value.
        public static let unexpectedByte = Code(.unexpectedByte)
        /// A number is not written as RFC 8259 §6 wants it: a leading zero, a missing digit.
        public static let invalidNumber = Code(.invalidNumber)
        /// A string holds an escape that RFC 8259 §7 does not know.
        public static let invalidEscape = Code(.invalidEscape)
        /// A string was read in which half of a `\u` surrogate pair stands alone, so that it has no Unicode text.
        public static let unpairedSurrogate = Code(.unpairedSurrogate)
        /// A string is not UTF-8 by RFC 3629: an overlong form, a surrogate, a value above U+10FFFF, a cut sequence.
        public static let invalidUTF8 = Code(.invalidUTF8)
        /// Arrays and objects are nested deeper than the reader was told to follow.
        public static let tooDeep = Code(.tooDeep)
        /// The value is of another kind than was asked for.
        public static let typeMismatch = Code(.typeMismatch)
        /// The number does not fit the type that was asked for.
        public static let numberNotRepresentable = Code(.numberNotRepresentable)
        /// An object lacks a member that its reader needs.
        public static let missingMember = Code(.missingMember)
        /// The value is well-formed, and means nothing to its reader.
        public static let invalidValue = Code(.invalidValue)
        /// Reader or writer were called out of order: a fault of the calling code, not of the text.
        public static let misuse = Code(.misuse)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// Where it was found, in bytes from the start of the text; when writing, the number of bytes written so far.
    public var offset: Int
    /// What happened, for a person.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - offset: where it was found, in bytes from the start of the text.
    ///   - message: what happened, for a person; no value of the text belongs in it.
    public init(_ code: Code, at offset: Int, message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    /// The code, the position and the message.
    public var description: String { "\(self.code) at byte \(self.offset): \(self.message)" }
}

extension JSONError: Hashable {
    /// Compares the codes alone.
    public static func == (left: JSONError, right: JSONError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
