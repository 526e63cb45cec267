/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HTTPS client share.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_CLIENT_INTERNAL_H
#define GODWIT_ADAPTERS_HTTPS_CLIENT_INTERNAL_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "adapters/https/client.h"

typedef struct transfer {
    struct transfer *following;
    godwit_https_client_t *client;
    uint64_t tag;
    CURL *curl;
    struct curl_slist *headers;
    uint8_t *given, *taken; /* bodies */
    size_t given_len, taken_len;
    bool overflow;
    char *wanted[GODWIT_HTTPS_HEADERS_MAX];
    char error[CURL_ERROR_SIZE];
    CURLcode code;
    long http;
} transfer_t;

typedef struct list {
    transfer_t *first, *last;
} list_t;

struct godwit_https_client {
    godwit_https_client_config_t config; /* its strings are copies, but for the names of headers */
    struct curl_slist *connect_to;
    bool renewed;
    uint64_t renewed_ms; /* when */
    CURLM *multi;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    int filled;        /* eventfd */
    transfer_t *shown; /* of the owner's thread */
    list_t under_way;  /* of the client's thread */

    pthread_mutex_t lock; /* of all that follows */
    list_t submitted, done;
    unsigned outstanding;
};

uint64_t godwit_https_now_ms(void); /* server.c */

/* NULL: no memory, or nothing that libcurl takes. */
transfer_t *godwit_https_transfer_new(godwit_https_client_t *client, const godwit_https_ask_t *ask, uint64_t tag);
void godwit_https_transfer_read(transfer_t *t); /* the headers that the owner wants, of a finished one */
void godwit_https_transfer_free(transfer_t *t); /* not while libcurl works on it. NULL is nothing */

#endif
