// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CloudEvent {
    /// What a reader of events takes.
    public struct DecodingOptions: Hashable, Sendable {
        /// The longest text that is looked at, in bytes; by default 16 MiB.
        ///
        /// The specification wants 64 KiB taken at least.
        public var maximumSize = 16 << 20
        /// How deep arrays and objects may be nested in JSON data; by default 1000.
        public var maximumDataDepth = 1_000
        /// Whether events of version 0.3 are read; by default true.
        public var acceptsVersion03 = true

        /// Makes options with the defaults.
        public init() {}
    }
}
