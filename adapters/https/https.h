/* SPDX-License-Identifier: Apache-2.0
 *
 * What every HTTPS client here asks of libcurl: HTTPS only (unless plain HTTP is asked for), TLS 1.2 or later, the
 * server named by its certificate and the client by one when it has one, no redirects, no proxies, bounded time.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_HTTPS_H
#define GODWIT_ADAPTERS_HTTPS_HTTPS_H

#include <curl/curl.h>
#include <stdbool.h>

typedef struct godwit_https {
    const char *url;
    const char *certificate, *key, *ca; /* files; certificate and key may be NULL: none; ca NULL: the system's */
    const char *crl;                    /* file of what ca has revoked, or NULL: then none is */
    bool plain;                         /* http:// too */
    long connect_ms, whole_ms;
} godwit_https_t;

/* CURLE_OK, or what libcurl refused first. The strings are copied. */
CURLcode godwit_https_configure(CURL *curl, const godwit_https_t *with);

#endif
