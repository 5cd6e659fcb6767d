// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#ifndef LAMASSU_COPENSSL_H
#define LAMASSU_COPENSSL_H

#include <openssl/evp.h>

#endif
