// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why an event could not be made, read or written.
///
/// Two errors are equal when their codes and the attributes they name are. The message quotes no value of the event.
public struct CloudEventError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case malformed, tooLarge, unsupportedSpecVersion, missingAttribute, repeatedMember, invalidAttribute, invalidAttributeName
            case invalidData
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The text is not one well-formed JSON object in UTF-8.
        public static let malformed = Code(.malformed)
        /// The text is longer than the reader was told to take.
        public static let tooLarge = Code(.tooLarge)
        /// `specversion` is none that can be read, or none that can be written.
        public static let unsupportedSpecVersion = Code(.unsupportedSpecVersion)
        /// A required attribute is missing.
        public static let missingAttribute = Code(.missingAttribute)
        /// An attribute, or the data, is there twice.
        public static let repeatedMember = Code(.repeatedMember)
        /// The value of an attribute is of the wrong type, empty, or against the rules of its type.
        public static let invalidAttribute = Code(.invalidAttribute)
        /// A name is no attribute name: other characters than `a` to `z` and `0` to `9`, or a name with a meaning of its own.
        public static let invalidAttributeName = Code(.invalidAttributeName)
        /// The data does not fit its content type, is not what was asked for, or is there in two forms.
        public static let invalidData = Code(.invalidData)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// The attribute that is at fault, where it is one.
    public var attribute: String?
    /// What happened, for a person.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - attribute: the attribute that is at fault, where it is one.
    ///   - message: what happened, for a person; no value of the event belongs in it.
    public init(_ code: Code, attribute: String? = nil, message: String) {
        self.code = code
        self.attribute = attribute
        self.message = message
    }

    /// The code, the attribute and the message.
    public var description: String {
        guard let attribute = self.attribute else { return "\(self.code): \(self.message)" }
        return "\(self.code) (\(attribute)): \(self.message)"
    }

    /// The same error, about an attribute.
    func about(_ attribute: String) -> CloudEventError {
        CloudEventError(self.code, attribute: attribute, message: self.message)
    }
}

extension CloudEventError: Hashable {
    /// Compares the codes and the attributes.
    public static func == (left: CloudEventError, right: CloudEventError) -> Bool {
        left.code == right.code && left.attribute == right.attribute
    }

    /// Hashes the code and the attribute.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.code)
        hasher.combine(self.attribute)
    }
}
