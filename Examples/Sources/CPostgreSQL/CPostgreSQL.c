// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#include "CPostgreSQL.h"
