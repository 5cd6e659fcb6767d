// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The document of an AWS IoT policy: what a device may do, as statements.
///
/// Its JSON form is that of AWS ("AWS IoT Core policies", developer guide): ``init(parsing:)`` reads it and ``text()`` writes it, and what this
/// type cannot express is refused, not dropped.
public struct PolicyDocument: Hashable, Sendable {
    /// The version of the policy language that is meant; variables need this one.
    public static let languageVersion = "2012-10-17"

    /// The version of the policy language; by default ``languageVersion``.
    public var version: String
    /// An id of the author's own.
    public var id: String?
    /// What is allowed and denied; a denial counts more than any permission.
    public var statements: [Statement]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - version: the version of the policy language.
    ///   - id: an id of the author's own.
    ///   - statements: what is allowed and denied.
    public init(version: String = Self.languageVersion, id: String? = nil, _ statements: [Statement]) {
        self.version = version
        self.id = id
        self.statements = statements
    }
}
