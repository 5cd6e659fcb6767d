// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A URI or a relative reference by RFC 3986 §4.1: ASCII, with complete percent escapes.
///
/// Two references are equal when their texts are; nothing is normalised.
public struct URIReference: Hashable, Sendable, CustomStringConvertible {
    /// The reference as it was written.
    public let description: String
    /// Whether this is a URI, and not a relative reference.
    public let hasScheme: Bool

    /// Reads a reference.
    ///
    /// - Parameter text: the reference.
    /// - Throws: ``CloudEventError/Code/invalidAttribute`` where it is none.
    public init(_ text: String) throws(CloudEventError) {
        guard let syntax = URISyntax(Array(text.utf8)) else {
            throw CloudEventError(.invalidAttribute, message: "is not a URI-reference by RFC 3986")
        }
        self.description = text
        self.hasScheme = syntax.hasScheme
    }

    /// Takes a URI as what it also is, a reference.
    ///
    /// - Parameter uri: the URI.
    public init(_ uri: URI) {
        self.description = uri.description
        self.hasScheme = true
    }
}
