/* SPDX-License-Identifier: Apache-2.0
 *
 * One request of the client and its answer, as libcurl has them. Bodies may hold keys: they are wiped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/client_internal.h"
#include "adapters/https/https.h"

static void wipe_and_free(uint8_t *octets, size_t len)
{
    if (octets != NULL) {
        godwit_wipe(octets, len);
        free(octets);
    }
}

void godwit_https_transfer_free(transfer_t *t)
{
    if (t == NULL) {
        return;
    }
    curl_easy_cleanup(t->curl);
    curl_slist_free_all(t->headers);
    wipe_and_free(t->given, t->given_len);
    wipe_and_free(t->taken, t->taken_len);
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX; i++) {
        free(t->wanted[i]);
    }
    free(t);
}

static size_t take_body(char *octets, size_t one, size_t count, void *context)
{
    transfer_t *t = context;
    const size_t len = one * count, most = t->client->config.body_max;
    if (t->taken == NULL) {
        t->taken = malloc(most);
    }
    if (t->taken == NULL || len > most - t->taken_len) {
        t->overflow = true;
        return 0;
    }
    memcpy(t->taken + t->taken_len, octets, len);
    t->taken_len += len;
    return len;
}

void godwit_https_transfer_read(transfer_t *t)
{
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX && t->client->config.headers[i] != NULL; i++) {
        struct curl_header *header = NULL;
        if (curl_easy_header(t->curl, t->client->config.headers[i], 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
            t->wanted[i] = strdup(header->value);
        }
    }
}

static bool add_header(transfer_t *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);
    t->headers = longer == NULL ? t->headers : longer;
    return longer != NULL;
}

static bool add_headers(transfer_t *t, const godwit_https_ask_t *ask)
{
    bool good = add_header(t, "Expect:"); /* a second round for a hundred octets is nothing that we want */
    for (size_t i = 0; good && i < GODWIT_HTTPS_HEADERS_MAX && ask->headers[i].name != NULL; i++) {
        char line[2048];
        int len = snprintf(line, sizeof line, "%s: %s", ask->headers[i].name, ask->headers[i].value);
        good = len > 0 && (size_t)len < sizeof line && strpbrk(line, "\r\n") == NULL && add_header(t, line);
    }
    return good;
}

static CURLcode set_body(transfer_t *t, const godwit_https_ask_t *ask)
{
    const bool gives = ask->body.len > 0 || strcmp(ask->method, "POST") == 0 || strcmp(ask->method, "PUT") == 0;
    CURLcode code = CURLE_OK;
    if (gives) {
        t->given = malloc(ask->body.len + 1);
        if (t->given == NULL) {
            return CURLE_OUT_OF_MEMORY;
        }
        if (ask->body.len > 0) {
            memcpy(t->given, ask->body.ptr, ask->body.len);
        }
        t->given_len = ask->body.len;
        code = curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE, (long)t->given_len);
        code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, t->given);
    } else if (strcmp(ask->method, "HEAD") == 0) {
        return curl_easy_setopt(t->curl, CURLOPT_NOBODY, 1L);
    }
    return code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, ask->method);
}

/* libcurl counts in seconds: within the first two, each request has a connection of its own. */
static CURLcode renew(const transfer_t *t)
{
    const uint64_t since = (godwit_https_now_ms() - t->client->renewed_ms) / 1000;
    if (!t->client->renewed) {
        return CURLE_OK;
    }
    return since < 2 ? curl_easy_setopt(t->curl, CURLOPT_FRESH_CONNECT, 1L)
                     : curl_easy_setopt(t->curl, CURLOPT_MAXLIFETIME_CONN, (long)(since - 1));
}

static CURLcode configure(transfer_t *t, const godwit_https_ask_t *ask)
{
    const godwit_https_client_config_t *with = &t->client->config;
    const godwit_https_t https = {.url = ask->url,
                                  .certificate = with->certificate,
                                  .key = with->key,
                                  .ca = with->ca,
                                  .crl = with->crl,
                                  .plain = with->plain,
                                  .connect_ms = (long)with->connect_ms,
                                  .whole_ms = (long)with->whole_ms};
    CURLcode code = godwit_https_configure(t->curl, &https);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code = code != CURLE_OK ? code : renew(t);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_CONNECT_TO, t->client->connect_to);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->error);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_body);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
    code = code != CURLE_OK ? code : curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
    return code != CURLE_OK ? code : set_body(t, ask);
}

transfer_t *godwit_https_transfer_new(godwit_https_client_t *client, const godwit_https_ask_t *ask, uint64_t tag)
{
    transfer_t *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->client = client;
    t->tag = tag;
    t->curl = curl_easy_init();
    if (t->curl == NULL || !add_headers(t, ask) || configure(t, ask) != CURLE_OK) {
        godwit_https_transfer_free(t);
        return NULL;
    }
    return t;
}
