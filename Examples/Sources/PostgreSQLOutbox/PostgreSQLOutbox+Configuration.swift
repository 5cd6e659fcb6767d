// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PostgreSQLOutbox {
    /// Where the tables are, and how much they hold.
    public struct Configuration: Sendable {
        /// A connection string of libpq, as URI or as keywords; what it leaves out comes from the environment (`PGHOST` and so on).
        public var address: String
        /// How many events wait at most, operations under way included; by default 100,000.
        ///
        /// Beyond it an operation is refused before it runs. What a host stores in its own transaction counts, and is not refused.
        public var maximumEvents = 100_000
        /// How long what this process has taken is its own after its last sign of life; by default 30 seconds.
        public var leaseDuration: Duration = .seconds(30)
        /// How long events that were sent are kept, by which a second attempt to store one is known; by default one day.
        public var retention: Duration = .seconds(86_400)

        /// Makes a configuration.
        ///
        /// - Parameter address: a connection string of libpq.
        public init(address: String) { self.address = address }
    }
}
