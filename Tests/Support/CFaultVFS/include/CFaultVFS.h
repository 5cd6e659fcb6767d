// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// A layer below SQLite that keeps files where the system would, fails when it is told to, and knows what of them a power cut would leave.

#ifndef LAMASSU_CFAULTVFS_H
#define LAMASSU_CFAULTVFS_H

#include <stddef.h>
#include <stdint.h>

/// What happens at an operation: each write, each truncation and each sync of a file is one, the shared memory none.
typedef enum {
    /// Nothing.
    CFAULTVFS_NONE,
    /// It fails and has no effect.
    CFAULTVFS_ERROR,
    /// A write does half of what it should and fails; the others fail.
    CFAULTVFS_SHORT_WRITE,
    /// A write finds no room after half of it; the others work.
    CFAULTVFS_DISK_FULL,
    /// A sync fails, and what was to be synced never reaches the disk unless it is written again; the others work.
    CFAULTVFS_LOST_SYNC,
    /// The power is cut: this and everything after it fails.
    CFAULTVFS_POWER_CUT,
    /// The process is killed before the operation.
    CFAULTVFS_KILL,
} cfaultvfs_fault;

typedef struct cfaultvfs_disk cfaultvfs_disk;

/// Makes a disk and registers it with SQLite as a layer of that name; NULL where that fails.
cfaultvfs_disk *cfaultvfs_create(const char *name);

/// Takes the layer from SQLite and forgets the disk, on which no file may be open any more. The files stay.
void cfaultvfs_destroy(cfaultvfs_disk *disk);

/// Lets a fault happen at the operations from number `first` on, counted from 1 and from now on, `count` of them.
void cfaultvfs_arm(cfaultvfs_disk *disk, cfaultvfs_fault fault, uint64_t first, uint64_t count);

/// How many operations there were since the last call of cfaultvfs_arm.
uint64_t cfaultvfs_operations(cfaultvfs_disk *disk);

/// How many syncs there ever were.
uint64_t cfaultvfs_syncs(cfaultvfs_disk *disk);

/// Lets every file be opened for reading only from now on, or not.
void cfaultvfs_set_read_only(cfaultvfs_disk *disk, int is_read_only);

/// Writes what a power cut leaves of each file into a folder: what was synced, and of each later write all, some sectors or nothing.
///
/// Returns 0, or -1 where a file could not be written.
int cfaultvfs_write_remains(cfaultvfs_disk *disk, const char *folder, uint64_t seed);

#endif
