// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#ifndef ALLOCATION_METER_H
#define ALLOCATION_METER_H

#include <stddef.h>

// Counts the bytes that are allocated and not yet freed, through the hooks of the address sanitizer; for one thread.

// Begins to count from zero.
void allocation_meter_start(void);

// Ends the count and returns the most bytes that were allocated at any time since the start.
size_t allocation_meter_stop(void);

#endif
