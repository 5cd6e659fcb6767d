// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Stands before the getaddrinfo of the system, as the program's own function of that name does for every library in it.

#define _GNU_SOURCE
#include "CResolverConditions.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static const char suffix[] = ".slow.invalid";
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    char name[64];
    int count;
} asked[16];

static int is_slow(const char *name) {
    size_t length = name ? strlen(name) : 0;
    return length >= sizeof suffix && length < sizeof asked[0].name && strcmp(name + length - sizeof suffix + 1, suffix) == 0;
}

static int add(const char *name, int count) {
    int result = 0;
    pthread_mutex_lock(&lock);
    for (size_t index = 0; index < sizeof asked / sizeof asked[0]; index++) {
        if (asked[index].name[0] && strcmp(asked[index].name, name) != 0) continue;
        strcpy(asked[index].name, name);
        result = asked[index].count += count;
        break;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int cresolver_waiting(const char *name) { return is_slow(name) ? add(name, 0) : 0; }

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (is_slow(name)) {
        add(name, 1);
        // Longer than any test takes; the thread is libcurl's, and ends with the process.
        for (;;) pause();
    }
    pthread_mutex_lock(&lock);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    pthread_mutex_unlock(&lock);
    return next ? next(name, service, hints, result) : EAI_FAIL;
}
