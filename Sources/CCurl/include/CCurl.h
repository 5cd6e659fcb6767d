// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#ifndef LAMASSU_CCURL_H
#define LAMASSU_CCURL_H

#include <curl/curl.h>

#endif
