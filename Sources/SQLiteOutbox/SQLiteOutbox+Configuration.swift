// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

extension SQLiteOutbox {
    /// Where an outbox is kept, how much it holds, and how it shares its file.
    public struct Configuration: Sendable {
        /// The database file; its folder must be there, on a local disk.
        public var path: String
        /// Whether the file is the host's own database, in which the outbox only has tables; by default false.
        ///
        /// Such a file must be there, is never moved aside or vacuumed, and keeps its journal mode.
        public var isHostDatabase: Bool
        /// How much the outbox holds, all processes together; by default 100,000 events of 1 GiB, and 1,000 parked ones of 1 GiB.
        public var limits = OutboxLimits(maximumEvents: 100_000, maximumBytes: 1 << 30, maximumParkedBytes: 1 << 30)
        /// The mode of a file that is made; by default 0600.
        ///
        /// The files beside it, `-wal` and `-shm`, get the same; a file that is there keeps its mode.
        public var fileMode: UInt32 = 0o600
        /// How long a lock of another connection is waited for; by default 5 seconds.
        public var busyTimeout: Duration = .seconds(5)
        /// How long what this process holds stays its own without a sign of life; by default 15 seconds.
        public var leaseDuration: Duration = .seconds(15)
        /// For how long an event is kept that the broker has confirmed; by default not at all.
        ///
        /// As long as it is kept, an event with its source and id is known and not stored again.
        public var sentRetention: Duration?
        /// Of how many subjects without events the count is remembered; by default 100,000.
        ///
        /// Of the others the count begins anew, with a later start (`EventSequence`).
        public var maximumIdleSubjects = 100_000
        /// From how many pages of 4 KiB on the log is moved into the database; by default 4,096.
        ///
        /// That is done when the callers have their answers. A longer log is cut to that length.
        public var checkpointPages = 4_096
        /// From how many unused pages on the file is made smaller; by default 1,024.
        public var vacuumPages = 1_024
        /// Whether a damaged file is moved aside and a new one begun; by default true.
        ///
        /// Otherwise each call throws `storeCorrupt`.
        public var movesDamagedFileAside = true

        /// The form of the tables; another one in tests of the way to it.
        package var schema = OutboxSchema.current
        /// The layer below SQLite, for tests.
        package var vfs: String?
        /// What tells this boot of the machine from others, empty where nothing does; another one in tests.
        package var boot = BootClock.boot

        /// Makes a configuration with the defaults.
        ///
        /// - Parameters:
        ///   - path: the database file.
        ///   - isHostDatabase: whether it is the host's own database.
        public init(path: String, isHostDatabase: Bool = false) {
            self.path = path
            self.isHostDatabase = isHostDatabase
        }
    }
}
