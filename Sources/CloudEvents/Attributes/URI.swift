// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A URI by RFC 3986 §3: a reference with a scheme, with or without a fragment.
public struct URI: Hashable, Sendable, CustomStringConvertible {
    /// The URI as it was written.
    public let description: String

    /// Reads a URI.
    ///
    /// - Parameter text: the URI.
    /// - Throws: ``CloudEventError/Code/invalidAttribute`` where it is none, or has no scheme.
    public init(_ text: String) throws(CloudEventError) {
        guard try URIReference(text).hasScheme else { throw CloudEventError(.invalidAttribute, message: "is not an absolute URI") }
        self.description = text
    }
}
