// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// What a test does to a process that links this, through a file that both have in memory: its clock jumps, its disk is full, it is
// killed at a point that it passes.

#ifndef LAMASSU_CHAOS_CONDITIONS_H
#define LAMASSU_CHAOS_CONDITIONS_H

#include <stdint.h>

/// The file; all of it zero is a world without faults.
struct chaos_conditions {
    /// How far CLOCK_REALTIME is ahead of the true time, in nanoseconds.
    int64_t clock_offset;
    /// How full the disk is: 0 for not at all; 1 for a disk on which no file grows; 2 for one on which nothing is written, not even over
    /// what is there, as where a file system copies on write.
    int32_t fullness;
    /// How often the point may be passed until the process is killed; 0 for never.
    int32_t passages;
    /// The name of the point; "*" for every point.
    char point[64];
    /// How many writes found the disk full.
    int64_t refused_writes;
    /// How many operations may have succeeded by now.
    int64_t allowance;
};

/// Maps the file, which must have the size of the structure; returns 0, or the number of the error.
int chaos_open(const char *path);

/// How many operations may have succeeded by now.
int64_t chaos_allowance(void);

/// The process passes a point; it ends here, as by a power cut, where the file says so.
void chaos_pass(const char *point);

#endif
