// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Swift does not import variadic functions, so each kind of argument of libcurl's setters and getters has a typed function here.

#ifndef LAMASSU_CCURL_H
#define LAMASSU_CCURL_H

#include <curl/curl.h>

#ifdef __linux__
#include <sys/eventfd.h>

/// An event counter at zero, which Swift's Glibc module leaves out.
static inline int ccurl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
#endif

static inline CURLcode ccurl_easy_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_easy_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// Sets a string, which libcurl copies (not so CURLOPT_POSTFIELDS), or with NULL the option's default.
static inline CURLcode ccurl_easy_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Sets a pointer that libcurl keeps as it is.
static inline CURLcode ccurl_easy_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Sets bytes, which libcurl copies.
static inline CURLcode ccurl_easy_setopt_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

/// Sets a function that takes bytes: CURLOPT_WRITEFUNCTION or CURLOPT_HEADERFUNCTION.
static inline CURLcode ccurl_easy_setopt_write(CURL *handle, CURLoption option, curl_write_callback function) {
    return curl_easy_setopt(handle, option, function);
}

/// Sets the function that is called with each new socket: CURLOPT_SOCKOPTFUNCTION.
static inline CURLcode ccurl_easy_setopt_socket(CURL *handle, CURLoption option, curl_sockopt_callback function) {
    return curl_easy_setopt(handle, option, function);
}

/// Sets the function that gives a body's bytes: CURLOPT_READFUNCTION.
static inline CURLcode ccurl_easy_setopt_read(CURL *handle, CURLoption option, curl_read_callback function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode ccurl_easy_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_easy_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ccurl_easy_getinfo_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// Gets the pointer that was set by CURLOPT_PRIVATE.
static inline CURLcode ccurl_easy_getinfo_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}

static inline curl_version_info_data *ccurl_version_info(void) { return curl_version_info(CURLVERSION_NOW); }

static inline CURLMcode ccurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// Sets the function that is told which sockets to wait for, with the pointer that it is given; NULL for none.
static inline CURLMcode ccurl_multi_setopt_socket(CURLM *multi, curl_socket_callback function, void *context) {
    CURLMcode result = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    return result == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function) : result;
}

/// Sets the function that is told how long to wait, with the pointer that it is given; NULL for none.
static inline CURLMcode ccurl_multi_setopt_timer(CURLM *multi, curl_multi_timer_callback function, void *context) {
    CURLMcode result = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return result == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function) : result;
}

#endif
