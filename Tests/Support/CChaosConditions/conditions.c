// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// A program that links this has its own clock_gettime, gettimeofday, time, pwrite and ftruncate, which stand before those of the C library
// also for the shared libraries that it loads, SQLite among them. They ask the kernel, and change what it says as the file demands.

#define _GNU_SOURCE
#include "CChaosConditions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct chaos_conditions calm;
static struct chaos_conditions *conditions = &calm;

int chaos_open(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return errno;
    void *memory = mmap(NULL, sizeof calm, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int error = memory == MAP_FAILED ? errno : 0;
    close(file);
    if (error == 0) conditions = memory;
    return error;
}

int64_t chaos_allowance(void) { return __atomic_load_n(&conditions->allowance, __ATOMIC_ACQUIRE); }

void chaos_pass(const char *point) {
    if (__atomic_load_n(&conditions->passages, __ATOMIC_ACQUIRE) <= 0) return;
    if (strcmp(conditions->point, "*") != 0 && strncmp(conditions->point, point, sizeof calm.point) != 0) return;
    if (__atomic_sub_fetch(&conditions->passages, 1, __ATOMIC_ACQ_REL) != 0) return;
    kill(getpid(), SIGKILL);
    while (1) pause();
}

// The clock

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return 0;
    int64_t offset = __atomic_load_n(&conditions->clock_offset, __ATOMIC_ACQUIRE);
    int64_t nanoseconds = time->tv_nsec + offset % 1000000000;
    time->tv_sec += offset / 1000000000;
    if (nanoseconds < 0) {
        nanoseconds += 1000000000;
        time->tv_sec -= 1;
    } else if (nanoseconds >= 1000000000) {
        nanoseconds -= 1000000000;
        time->tv_sec += 1;
    }
    time->tv_nsec = nanoseconds;
    return 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    result->tv_sec = now.tv_sec;
    result->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (result != NULL) *result = now.tv_sec;
    return now.tv_sec;
}

// The disk

/// How much of a write a file has room for: all of it, unless the disk is full.
static size_t room(int file, size_t count, off_t offset) {
    struct stat status;
    int32_t fullness = __atomic_load_n(&conditions->fullness, __ATOMIC_ACQUIRE);
    if (fullness == 0 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return count;
    if (fullness == 1 && offset + (off_t)count <= status.st_size) return count;
    __atomic_add_fetch(&conditions->refused_writes, 1, __ATOMIC_RELAXED);
    return fullness == 1 && offset < status.st_size ? (size_t)(status.st_size - offset) : 0;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    size_t possible = room(file, count, offset);
    if (count > 0 && possible == 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, possible, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }

int ftruncate(int file, off_t length) {
    if (length > 0 && room(file, 1, length - 1) == 0) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_ftruncate, file, length);
}

int ftruncate64(int file, off64_t length) { return ftruncate(file, length); }
