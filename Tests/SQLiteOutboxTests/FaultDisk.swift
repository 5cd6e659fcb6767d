// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFaultVFS
import Foundation
import Synchronization

/// A disk that fails when it is told to; the stores on it are closed before it goes.
@safe final class FaultDisk: @unchecked Sendable {
    // The functions of the disk lock it, and the pointer never changes.
    private let disk: OpaquePointer
    /// By which SQLite knows it.
    let name: String

    init() throws {
        let name = "fault-\(UUID().uuidString)"
        guard let disk = unsafe cfaultvfs_create(name) else { throw CocoaError(.featureUnsupported) }
        unsafe (self.disk = disk)
        self.name = name
    }

    deinit { unsafe cfaultvfs_destroy(self.disk) }

    /// Lets a fault happen at operations from `first` on, counted from now.
    func arm(_ fault: cfaultvfs_fault, at first: UInt64 = 1, count: UInt64 = 1) { unsafe cfaultvfs_arm(self.disk, fault, first, count) }

    /// How many writes, truncations and syncs there were since it was armed.
    var operations: UInt64 { unsafe cfaultvfs_operations(self.disk) }

    /// How many syncs there were.
    var syncs: UInt64 { unsafe cfaultvfs_syncs(self.disk) }

    /// Lets files be opened for reading only.
    func setReadOnly(_ isReadOnly: Bool) { unsafe cfaultvfs_set_read_only(self.disk, isReadOnly ? 1 : 0) }

    /// Writes what a power cut leaves into a folder.
    func writeRemains(to folder: URL, seed: UInt64) throws {
        guard unsafe cfaultvfs_write_remains(self.disk, folder.path, seed) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
