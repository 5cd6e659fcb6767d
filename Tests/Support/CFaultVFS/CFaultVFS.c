// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#include "CFaultVFS.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { sector = 512 };

/// A change of a file that was not synced yet: bytes at an offset, or where `bytes` is NULL a new length.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t offset;
} change;

/// What a disk knows of a file.
typedef struct node {
    struct node *next;
    char *path;
    uint8_t *synced;
    size_t length;
    change *changes;
    size_t changeCount;
    int exists;
} node;

struct cfaultvfs_disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *system;
    pthread_mutex_t mutex;
    node *nodes;
    cfaultvfs_fault fault;
    uint64_t first, count, operations, syncs;
    int isOff, isReadOnly;
};

/// An open file; the system's own follows in memory.
typedef struct {
    sqlite3_file base;
    cfaultvfs_disk *disk;
    /// NULL for what is neither database nor log.
    node *node;
    sqlite3_file *system;
} file;

// MARK: What is on the disk

static void apply(node *node, const change *change) {
    size_t end = change->bytes ? change->offset + change->count : change->offset;
    if (end > node->length || !change->bytes) {
        node->synced = realloc(node->synced, end ? end : 1);
        if (end > node->length) memset(node->synced + node->length, 0, end - node->length);
        node->length = end;
    }
    if (change->bytes) memcpy(node->synced + change->offset, change->bytes, change->count);
}

static void forget(node *node) {
    for (size_t index = 0; index < node->changeCount; index++) free(node->changes[index].bytes);
    node->changeCount = 0;
}

static void note(node *node, const void *bytes, size_t count, size_t offset) {
    node->changes = realloc(node->changes, (node->changeCount + 1) * sizeof(change));
    change *added = &node->changes[node->changeCount++];
    *added = (change){.count = count, .offset = offset};
    if (bytes) {
        added->bytes = malloc(count ? count : 1);
        memcpy(added->bytes, bytes, count);
    }
}

static node *find(cfaultvfs_disk *disk, const char *path) {
    for (node *node = disk->nodes; node; node = node->next)
        if (strcmp(node->path, path) == 0) return node;
    return NULL;
}

/// Gets to know a file; what it holds already is taken for synced.
static node *know(cfaultvfs_disk *disk, const char *path) {
    node *known = find(disk, path);
    if (known) {
        known->exists = 1;
        return known;
    }
    known = calloc(1, sizeof(node));
    known->path = strdup(path);
    known->exists = 1;
    known->next = disk->nodes;
    disk->nodes = known;
    FILE *stream = fopen(path, "rb");
    if (stream) {
        uint8_t buffer[4096];
        size_t count;
        while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0)
            apply(known, &(change){.bytes = buffer, .count = count, .offset = known->length});
        fclose(stream);
    }
    return known;
}

/// Counts an operation, and says what happens at it.
static cfaultvfs_fault next(cfaultvfs_disk *disk) {
    disk->operations += 1;
    if (disk->isOff) return CFAULTVFS_POWER_CUT;
    if (disk->operations < disk->first || disk->operations - disk->first >= disk->count) return CFAULTVFS_NONE;
    if (disk->fault == CFAULTVFS_KILL) raise(SIGKILL);
    if (disk->fault == CFAULTVFS_POWER_CUT) disk->isOff = 1;
    return disk->fault;
}

// MARK: An open file

static int faultClose(sqlite3_file *base) {
    file *self = (file *)base;
    return self->system->pMethods ? self->system->pMethods->xClose(self->system) : SQLITE_OK;
}

static int faultRead(sqlite3_file *base, void *buffer, int count, sqlite3_int64 offset) {
    file *self = (file *)base;
    if (self->disk->isOff) return SQLITE_IOERR_READ;
    return self->system->pMethods->xRead(self->system, buffer, count, offset);
}

static int faultWrite(sqlite3_file *base, const void *buffer, int count, sqlite3_int64 offset) {
    file *self = (file *)base;
    if (!self->node) return self->system->pMethods->xWrite(self->system, buffer, count, offset);
    pthread_mutex_lock(&self->disk->mutex);
    int wasOff = self->disk->isOff;
    cfaultvfs_fault fault = next(self->disk);
    int done = count, result = SQLITE_OK;
    switch (fault) {
    case CFAULTVFS_ERROR: done = 0; result = SQLITE_IOERR_WRITE; break;
    case CFAULTVFS_SHORT_WRITE: done = count / 2; result = SQLITE_IOERR_WRITE; break;
    case CFAULTVFS_DISK_FULL: done = count / 2; result = SQLITE_FULL; break;
    // The write during which the power is cut may have begun.
    case CFAULTVFS_POWER_CUT: done = wasOff ? 0 : count; result = SQLITE_IOERR_WRITE; break;
    default: break;
    }
    if (done > 0) {
        note(self->node, buffer, (size_t)done, (size_t)offset);
        int written = self->system->pMethods->xWrite(self->system, buffer, done, offset);
        if (result == SQLITE_OK) result = written;
    }
    pthread_mutex_unlock(&self->disk->mutex);
    return result;
}

static int faultTruncate(sqlite3_file *base, sqlite3_int64 length) {
    file *self = (file *)base;
    if (!self->node) return self->system->pMethods->xTruncate(self->system, length);
    pthread_mutex_lock(&self->disk->mutex);
    cfaultvfs_fault fault = next(self->disk);
    int result = SQLITE_IOERR_TRUNCATE;
    if (fault == CFAULTVFS_NONE || fault == CFAULTVFS_DISK_FULL || fault == CFAULTVFS_LOST_SYNC) {
        note(self->node, NULL, 0, (size_t)length);
        result = self->system->pMethods->xTruncate(self->system, length);
    }
    pthread_mutex_unlock(&self->disk->mutex);
    return result;
}

static int faultSync(sqlite3_file *base, int flags) {
    (void)flags;
    file *self = (file *)base;
    if (!self->node) return SQLITE_OK;
    pthread_mutex_lock(&self->disk->mutex);
    self->disk->syncs += 1;
    cfaultvfs_fault fault = next(self->disk);
    int result = SQLITE_IOERR_FSYNC;
    if (fault == CFAULTVFS_NONE || fault == CFAULTVFS_DISK_FULL) {
        for (size_t index = 0; index < self->node->changeCount; index++) apply(self->node, &self->node->changes[index]);
        forget(self->node);
        result = SQLITE_OK;
    } else if (fault == CFAULTVFS_LOST_SYNC) {
        forget(self->node);
    }
    pthread_mutex_unlock(&self->disk->mutex);
    return result;
}

static int faultFileSize(sqlite3_file *base, sqlite3_int64 *size) {
    file *self = (file *)base;
    return self->system->pMethods->xFileSize(self->system, size);
}

static int faultLock(sqlite3_file *base, int level) {
    file *self = (file *)base;
    return self->system->pMethods->xLock(self->system, level);
}

static int faultUnlock(sqlite3_file *base, int level) {
    file *self = (file *)base;
    return self->system->pMethods->xUnlock(self->system, level);
}

static int faultCheckReservedLock(sqlite3_file *base, int *result) {
    file *self = (file *)base;
    return self->system->pMethods->xCheckReservedLock(self->system, result);
}

static int faultFileControl(sqlite3_file *base, int operation, void *argument) {
    file *self = (file *)base;
    // These would change the file past this layer.
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return self->system->pMethods->xFileControl(self->system, operation, argument);
}

static int faultSectorSize(sqlite3_file *base) {
    file *self = (file *)base;
    return self->system->pMethods->xSectorSize(self->system);
}

static int faultDeviceCharacteristics(sqlite3_file *base) {
    file *self = (file *)base;
    return self->system->pMethods->xDeviceCharacteristics(self->system);
}

static int faultShmMap(sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
    file *self = (file *)base;
    return self->system->pMethods->xShmMap(self->system, page, size, extend, memory);
}

static int faultShmLock(sqlite3_file *base, int offset, int count, int flags) {
    file *self = (file *)base;
    return self->system->pMethods->xShmLock(self->system, offset, count, flags);
}

static void faultShmBarrier(sqlite3_file *base) {
    file *self = (file *)base;
    self->system->pMethods->xShmBarrier(self->system);
}

static int faultShmUnmap(sqlite3_file *base, int isToBeDeleted) {
    file *self = (file *)base;
    return self->system->pMethods->xShmUnmap(self->system, isToBeDeleted);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = faultClose,
    .xRead = faultRead,
    .xWrite = faultWrite,
    .xTruncate = faultTruncate,
    .xSync = faultSync,
    .xFileSize = faultFileSize,
    .xLock = faultLock,
    .xUnlock = faultUnlock,
    .xCheckReservedLock = faultCheckReservedLock,
    .xFileControl = faultFileControl,
    .xSectorSize = faultSectorSize,
    .xDeviceCharacteristics = faultDeviceCharacteristics,
    .xShmMap = faultShmMap,
    .xShmLock = faultShmLock,
    .xShmBarrier = faultShmBarrier,
    .xShmUnmap = faultShmUnmap,
};

// MARK: The layer

static int faultOpen(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *outFlags) {
    cfaultvfs_disk *disk = (cfaultvfs_disk *)vfs;
    file *self = (file *)base;
    memset(self, 0, sizeof *self);
    self->disk = disk;
    self->system = (sqlite3_file *)(self + 1);
    if (disk->isReadOnly && (flags & SQLITE_OPEN_MAIN_DB))
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    int result = disk->system->xOpen(disk->system, path, self->system, flags, outFlags);
    if (result != SQLITE_OK) return result;
    if (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) {
        pthread_mutex_lock(&disk->mutex);
        self->node = know(disk, path);
        pthread_mutex_unlock(&disk->mutex);
    }
    self->base.pMethods = &methods;
    return SQLITE_OK;
}

static int faultDelete(sqlite3_vfs *vfs, const char *path, int isDirectorySynced) {
    cfaultvfs_disk *disk = (cfaultvfs_disk *)vfs;
    if (disk->isOff) return SQLITE_IOERR_DELETE;
    int result = disk->system->xDelete(disk->system, path, isDirectorySynced);
    pthread_mutex_lock(&disk->mutex);
    node *node = find(disk, path);
    if (node && result == SQLITE_OK) {
        forget(node);
        node->length = 0;
        node->exists = 0;
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}

static int faultAccess(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xAccess(system, path, flags, result);
}

static int faultFullPathname(sqlite3_vfs *vfs, const char *path, int count, char *result) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xFullPathname(system, path, count, result);
}

static int faultRandomness(sqlite3_vfs *vfs, int count, char *result) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xRandomness(system, count, result);
}

static int faultSleep(sqlite3_vfs *vfs, int microseconds) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xSleep(system, microseconds);
}

static int faultCurrentTime(sqlite3_vfs *vfs, double *time) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xCurrentTime(system, time);
}

static int faultGetLastError(sqlite3_vfs *vfs, int count, char *result) {
    sqlite3_vfs *system = ((cfaultvfs_disk *)vfs)->system;
    return system->xGetLastError(system, count, result);
}

cfaultvfs_disk *cfaultvfs_create(const char *name) {
    cfaultvfs_disk *disk = calloc(1, sizeof *disk);
    if (!disk) return NULL;
    sqlite3_initialize();
    disk->system = sqlite3_vfs_find(NULL);
    pthread_mutex_init(&disk->mutex, NULL);
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(file) + disk->system->szOsFile,
        .mxPathname = disk->system->mxPathname,
        .zName = strdup(name),
        .xOpen = faultOpen,
        .xDelete = faultDelete,
        .xAccess = faultAccess,
        .xFullPathname = faultFullPathname,
        .xRandomness = faultRandomness,
        .xSleep = faultSleep,
        .xCurrentTime = faultCurrentTime,
        .xGetLastError = faultGetLastError,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) == SQLITE_OK) return disk;
    free((void *)disk->vfs.zName);
    free(disk);
    return NULL;
}

void cfaultvfs_destroy(cfaultvfs_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    for (node *node = disk->nodes, *following; node; node = following) {
        following = node->next;
        forget(node);
        free(node->changes);
        free(node->synced);
        free(node->path);
        free(node);
    }
    pthread_mutex_destroy(&disk->mutex);
    free((void *)disk->vfs.zName);
    free(disk);
}

void cfaultvfs_arm(cfaultvfs_disk *disk, cfaultvfs_fault fault, uint64_t first, uint64_t count) {
    pthread_mutex_lock(&disk->mutex);
    disk->fault = fault;
    disk->first = first;
    disk->count = fault == CFAULTVFS_NONE ? 0 : count;
    disk->operations = 0;
    pthread_mutex_unlock(&disk->mutex);
}

uint64_t cfaultvfs_operations(cfaultvfs_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    uint64_t operations = disk->operations;
    pthread_mutex_unlock(&disk->mutex);
    return operations;
}

uint64_t cfaultvfs_syncs(cfaultvfs_disk *disk) {
    pthread_mutex_lock(&disk->mutex);
    uint64_t syncs = disk->syncs;
    pthread_mutex_unlock(&disk->mutex);
    return syncs;
}

void cfaultvfs_set_read_only(cfaultvfs_disk *disk, int isReadOnly) {
    disk->isReadOnly = isReadOnly;
}

// MARK: After a power cut

/// SplitMix64.
static uint64_t randomNumber(uint64_t *state) {
    uint64_t value = *state += 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
}

/// Applies what of a write reached the disk: all of it, nothing, or some of its sectors.
static void applyTorn(node *node, const change *made, uint64_t *random) {
    switch (randomNumber(random) % 3) {
    case 0: return;
    case 1: apply(node, made); return;
    default: break;
    }
    if (!made->bytes) return apply(node, made);
    for (size_t start = made->offset, end; start < made->offset + made->count; start = end) {
        end = (start / sector + 1) * sector;
        if (end > made->offset + made->count) end = made->offset + made->count;
        if (randomNumber(random) % 2)
            apply(node, &(change){.bytes = made->bytes + (start - made->offset), .count = end - start, .offset = start});
    }
}

int cfaultvfs_write_remains(cfaultvfs_disk *disk, const char *folder, uint64_t seed) {
    pthread_mutex_lock(&disk->mutex);
    int result = 0;
    for (node *known = disk->nodes; known; known = known->next) {
        if (!known->exists) continue;
        node remains = {.synced = malloc(known->length ? known->length : 1), .length = known->length};
        if (known->length) memcpy(remains.synced, known->synced, known->length);
        for (size_t index = 0; index < known->changeCount; index++) applyTorn(&remains, &known->changes[index], &seed);
        const char *slash = strrchr(known->path, '/');
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, slash ? slash + 1 : known->path);
        FILE *stream = fopen(path, "wb");
        if (!stream || fwrite(remains.synced, 1, remains.length, stream) != remains.length) result = -1;
        if (stream && fclose(stream) != 0) result = -1;
        free(remains.synced);
    }
    pthread_mutex_unlock(&disk->mutex);
    return result;
}
