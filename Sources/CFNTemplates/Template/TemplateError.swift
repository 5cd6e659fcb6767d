// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a template cannot be rendered.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidLogicalID, duplicateLogicalID, unknownReference, circularDependency, noResources, invalidProperty, limitExceeded
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// A logical id is not 1 to 255 ASCII letters and digits.
        public static let invalidLogicalID = Code(.invalidLogicalID)
        /// Two resources or parameters, or two outputs, have one logical id.
        public static let duplicateLogicalID = Code(.duplicateLogicalID)
        /// A value, or a `dependsOn`, refers to something that is not in the template.
        public static let unknownReference = Code(.unknownReference)
        /// Resources depend on each other in a circle, so that none of them can be made first.
        public static let circularDependency = Code(.circularDependency)
        /// The template has no resource; CloudFormation wants one at least.
        public static let noResources = Code(.noResources)
        /// A property has a value that its service is known to refuse.
        public static let invalidProperty = Code(.invalidProperty)
        /// The template exceeds a quota of CloudFormation.
        public static let limitExceeded = Code(.limitExceeded)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong with which part of the template, for a person.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what is wrong with which part of the template, for a person.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension TemplateError: Hashable {
    /// Compares the codes alone.
    public static func == (left: TemplateError, right: TemplateError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
