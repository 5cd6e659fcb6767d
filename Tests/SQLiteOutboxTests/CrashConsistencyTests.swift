// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

/// A disk that fails at each write, truncation and sync of a workload in turn: what was acknowledged is there afterwards, once.
struct CrashConsistencyTests {
    @Test(arguments: [false, true])
    func `a power cut at any operation loses nothing that was acknowledged`(_ isTidy: Bool) async throws {
        let count = try await Workload.operations(isTidy: isTidy)
        #expect(count > 100)
        print("\(count) operations of the disk, tidy: \(isTidy): a power cut at each")
        for operation in 1...count {
            try await Workload.check(.init(fault: CFAULTVFS_POWER_CUT, at: operation, seed: operation, isTidy: isTidy))
        }
    }

    @Test(
        arguments: [
            ("an error", CFAULTVFS_ERROR), ("a short write", CFAULTVFS_SHORT_WRITE), ("a full disk", CFAULTVFS_DISK_FULL),
            ("a lost sync", CFAULTVFS_LOST_SYNC),
        ])
    func `a fault at any operation, and a power cut later, lose nothing that was acknowledged`(
        _ name: String, _ fault: cfaultvfs_fault
    ) async throws {
        let count = try await Workload.operations(isTidy: true)
        print("\(count) operations of the disk: \(name) at each, and a power cut later")
        for operation in 1...count {
            // One that passes or one that lasts a while, with a log that is moved into the database and with one that is not.
            let length: UInt64 = operation.isMultiple(of: 2) ? 1 : 6
            let isTidy = operation / 2 % 2 == 0
            try await Workload.check(.init(fault: fault, at: operation, count: length, seed: operation, isTidy: isTidy), name)
        }
    }
}
