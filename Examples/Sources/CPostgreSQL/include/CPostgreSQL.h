// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Swift does not import macros of characters, and sets no callback that does nothing.

#ifndef LAMASSU_CPOSTGRESQL_H
#define LAMASSU_CPOSTGRESQL_H

#include <postgresql/libpq-fe.h>

static inline void cpostgresql_ignore_notice(void *argument, const PGresult *result) {}

/// Keeps the server's notices off the standard error stream.
static inline void cpostgresql_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, cpostgresql_ignore_notice, NULL);
}

/// The five characters that say what went wrong (SQLSTATE); NULL where the server said nothing.
static inline const char *cpostgresql_sqlstate(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }

/// What went wrong, without the detail, which quotes values.
static inline const char *cpostgresql_message(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY); }

#endif
