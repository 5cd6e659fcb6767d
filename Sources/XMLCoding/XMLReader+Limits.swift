// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension XMLReader {
    /// What a document may cost its reader; beyond it, reading fails with ``XMLError/Code/limitExceeded``.
    public struct Limits: Hashable, Sendable {
        /// The longest document, in bytes; by default 16 MiB.
        public var maximumSize: Int
        /// The deepest nesting, in elements; by default 128.
        public var maximumDepth: Int
        /// The most attributes of one element; by default 64.
        public var maximumAttributeCount: Int

        /// Makes limits.
        ///
        /// - Parameters:
        ///   - maximumSize: the longest document, in bytes.
        ///   - maximumDepth: the deepest nesting, in elements.
        ///   - maximumAttributeCount: the most attributes of one element.
        public init(maximumSize: Int = 16 * 1024 * 1024, maximumDepth: Int = 128, maximumAttributeCount: Int = 64) {
            self.maximumSize = maximumSize
            self.maximumDepth = maximumDepth
            self.maximumAttributeCount = maximumAttributeCount
        }
    }
}
