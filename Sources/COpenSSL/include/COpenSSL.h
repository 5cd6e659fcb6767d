// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#ifndef LAMASSU_COPENSSL_H
#define LAMASSU_COPENSSL_H

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// EVP_PKEY_Q_keygen is variadic, which Swift does not import.

static inline EVP_PKEY *copenssl_generate_rsa_key(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

static inline EVP_PKEY *copenssl_generate_ec_key(const char *curve) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

// OPENSSL_free is a macro.

static inline void copenssl_free(void *pointer) {
    OPENSSL_free(pointer);
}

#endif
