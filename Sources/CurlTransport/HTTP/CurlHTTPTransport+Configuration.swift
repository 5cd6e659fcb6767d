// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension CurlHTTPTransport {
    /// The bounds that a transport keeps.
    public struct Configuration: Hashable, Sendable {
        /// How many requests are under way at a time, each on a connection of its own; by default 128, at least one.
        ///
        /// Further ones wait, in order and within their timeout. As many connections are kept for later requests.
        public var maximumConnections: Int
        /// How long a response's status line and header fields may be together, in bytes; by default 64 KiB.
        ///
        /// Interim responses and trailers count. A longer head fails with `responseTooLarge`.
        public var maximumResponseHeadBytes: Int

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - maximumConnections: how many requests are under way at a time.
        ///   - maximumResponseHeadBytes: how long a response's head may be.
        public init(maximumConnections: Int = 128, maximumResponseHeadBytes: Int = 64 * 1_024) {
            self.maximumConnections = maximumConnections
            self.maximumResponseHeadBytes = maximumResponseHeadBytes
        }
    }
}
