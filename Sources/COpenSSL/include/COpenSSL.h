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
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// EVP_PKEY_Q_keygen is variadic, which Swift does not import.

static inline EVP_PKEY *copenssl_generate_rsa_key(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

static inline EVP_PKEY *copenssl_generate_ec_key(const char *curve) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

// The functions of stacks are macros.

static inline void copenssl_extensions_free(STACK_OF(X509_EXTENSION) *extensions) {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static inline STACK_OF(X509_EXTENSION) *copenssl_extensions_of(X509_EXTENSION *extension) {
    STACK_OF(X509_EXTENSION) *extensions = NULL;
    return X509v3_add_ext(&extensions, extension, -1);
}

static inline int copenssl_general_names_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

static inline GENERAL_NAME *copenssl_general_names_get(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

static inline STACK_OF(X509) *copenssl_certificates_new(void) {
    return sk_X509_new_null();
}

static inline int copenssl_certificates_add(STACK_OF(X509) *certificates, X509 *certificate) {
    return X509_add_cert(certificates, certificate, X509_ADD_FLAG_UP_REF);
}

static inline int copenssl_certificates_count(const STACK_OF(X509) *certificates) {
    return sk_X509_num(certificates);
}

static inline X509 *copenssl_certificates_get(const STACK_OF(X509) *certificates, int index) {
    return sk_X509_value(certificates, index);
}

static inline void copenssl_certificates_free(STACK_OF(X509) *certificates) {
    sk_X509_pop_free(certificates, X509_free);
}

// Engines are deprecated in OpenSSL 3 and left out of later ones; without them there is none to load.

#if !defined(OPENSSL_NO_ENGINE) && __has_include(<openssl/engine.h>)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#include <openssl/engine.h>

static inline void *copenssl_engine_load(const char *name) {
    OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, NULL);
    ENGINE *engine = ENGINE_by_id(name);
    if (engine != NULL && ENGINE_init(engine) != 1) {
        ENGINE_free(engine);
        return NULL;
    }
    return engine;
}

static inline EVP_PKEY *copenssl_engine_private_key(void *engine, const char *uri, UI_METHOD *interface) {
    return ENGINE_load_private_key((ENGINE *)engine, uri, interface, NULL);
}

#pragma clang diagnostic pop
#else
static inline void *copenssl_engine_load(const char *name) {
    (void)name;
    return NULL;
}

static inline EVP_PKEY *copenssl_engine_private_key(void *engine, const char *uri, UI_METHOD *interface) {
    (void)engine, (void)uri, (void)interface;
    return NULL;
}
#endif

// OPENSSL_free is a macro.

static inline void copenssl_free(void *pointer) {
    OPENSSL_free(pointer);
}

#endif
