// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#include "allocation_meter.h"

#include <sanitizer/allocator_interface.h>
#include <stdbool.h>

static bool is_installed = false;
static bool is_counting = false;
static long long live = 0;
static long long peak = 0;

static void allocated(const volatile void *pointer, size_t size) {
    (void)pointer;
    if (!is_counting) return;
    live += (long long)size;
    if (live > peak) peak = live;
}

static void freed(const volatile void *pointer) {
    if (!is_counting || pointer == NULL) return;
    live -= (long long)__sanitizer_get_allocated_size(pointer);
}

void allocation_meter_start(void) {
    if (!is_installed) {
        __sanitizer_install_malloc_and_free_hooks(allocated, freed);
        is_installed = true;
    }
    live = 0;
    peak = 0;
    is_counting = true;
}

size_t allocation_meter_stop(void) {
    is_counting = false;
    return (size_t)peak;
}
