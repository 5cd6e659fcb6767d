// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner

/// The path of a request, written as a string literal whose interpolations are percent-encoded.
///
/// `"/things/\(name)/principals"` puts the name in as one segment, whatever characters it holds. An empty one would make it the path of
/// another operation, so it makes the call fail.
public struct AWSPath: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// Collects the literal parts as they are and the interpolated ones encoded.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var hasEmptySegment = false

        /// Starts an empty path.
        public init(literalCapacity: Int, interpolationCount: Int) { self.text.reserveCapacity(literalCapacity + 32 * interpolationCount) }

        /// Appends a literal part.
        public mutating func appendLiteral(_ literal: String) { self.text += literal }

        /// Appends a value as one segment, `/` encoded too.
        public mutating func appendInterpolation(_ value: String) {
            self.text += PercentEncoding.encode(value)
            self.hasEmptySegment = self.hasEmptySegment || value.isEmpty
        }

        /// Appends a number as one segment.
        public mutating func appendInterpolation(_ value: Int) { self.text += String(value) }

        /// Appends a value that may be several segments: `/` stays as it is.
        public mutating func appendInterpolation(segments value: String) {
            self.text += PercentEncoding.encode(value, keepsSlash: true)
            self.hasEmptySegment = self.hasEmptySegment || value.isEmpty
        }
    }

    /// The path as it goes on the wire.
    public let encoded: String
    let hasEmptySegment: Bool

    /// A path without parameters.
    public init(stringLiteral value: String) {
        self.encoded = value
        self.hasEmptySegment = false
    }

    /// A path with parameters.
    public init(stringInterpolation: StringInterpolation) {
        self.encoded = stringInterpolation.text
        self.hasEmptySegment = stringInterpolation.hasEmptySegment
    }
}
