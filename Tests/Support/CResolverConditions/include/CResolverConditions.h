// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// A resolver that never answers for names that end in ".slow.invalid", for the whole process that this is linked into.

#ifndef LAMASSU_CRESOLVERCONDITIONS_H
#define LAMASSU_CRESOLVERCONDITIONS_H

/// How often the address of such a name has been asked for.
int cresolver_waiting(const char *name);

#endif
