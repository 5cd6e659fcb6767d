// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// The least memory that a program with libcurl has: it links and initialises it, makes one handle, and prints the JSON line of a
// peer with nothing in it but the peak of its resident memory.

#include <curl/curl.h>
#include <stdio.h>
#include <sys/resource.h>

int main(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return 1;
    CURL *handle = curl_easy_init();
    if (handle == NULL) return 1;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"peer\":\"libcurl\",\"scenario\":\"floor\",\"max_rss_kib\":%ld}\n", usage.ru_maxrss);
    curl_easy_cleanup(handle);
    curl_global_cleanup();
    return 0;
}
