// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// What Swift does not import of SQLite: the destructors that are casts of numbers.

#ifndef LAMASSU_CSQLITE_H
#define LAMASSU_CSQLITE_H

#include <sqlite3.h>
#include <stddef.h>

/// Binds text, which SQLite copies.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, size_t count) {
    return sqlite3_bind_text64(statement, index, text ? text : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds bytes, which SQLite copies; of no bytes too it makes a value that is not NULL.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

#endif
