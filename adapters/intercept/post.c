/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending on libcurl (adapters/https). The connection is kept for the next copy. What is answered is not read.
 */
#include "adapters/intercept/post.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapters/https/https.h"

#define CONNECT_MS 5000L
#define WHOLE_MS 10000L

struct post {
    CURL *curl;
    const atomic_bool *stopping;
};

static size_t drop_body(char *octets, size_t one, size_t count, void *context)
{
    (void)octets;
    (void)context;
    return one * count;
}

static int still_wanted(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const post_t *post = context;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load(post->stopping) ? 1 : 0;
}

static CURLcode configure(post_t *post, const godwit_intercept_config_t *with)
{
    CURL *curl = post->curl;
    const godwit_https_t https = {.url = with->url,
                                  .certificate = with->certificate,
                                  .key = with->key,
                                  .ca = with->ca,
                                  .connect_ms = CONNECT_MS,
                                  .whole_ms = WHOLE_MS};
    CURLcode code = godwit_https_configure(curl, &https);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, still_wanted);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post);
    return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
}

post_t *godwit_post_new(const godwit_intercept_config_t *config, const atomic_bool *stopping)
{
    post_t *post = calloc(1, sizeof *post);
    if (post == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(post);
        return NULL;
    }
    post->stopping = stopping;
    post->curl = curl_easy_init();
    if (post->curl == NULL || configure(post, config) != CURLE_OK) {
        godwit_post_free(post);
        return NULL;
    }
    return post;
}

void godwit_post_free(post_t *post)
{
    if (post != NULL) {
        curl_easy_cleanup(post->curl);
        free(post);
    }
}

bool godwit_post_send(post_t *post, uint64_t id, const char *body, size_t len)
{
    char number[64];
    long http = 0;
    (void)snprintf(number, sizeof number, "Godwit-Copy: %" PRIu64, id);
    struct curl_slist *type = curl_slist_append(NULL, "Content-Type: application/json");
    struct curl_slist *headers = type == NULL ? NULL : curl_slist_append(type, number);
    CURLcode code = headers == NULL ? CURLE_OUT_OF_MEMORY : curl_easy_setopt(post->curl, CURLOPT_HTTPHEADER, headers);
    code = code != CURLE_OK ? code : curl_easy_setopt(post->curl, CURLOPT_POSTFIELDSIZE, (long)len);
    code = code != CURLE_OK ? code : curl_easy_setopt(post->curl, CURLOPT_POSTFIELDS, body);
    code = code != CURLE_OK ? code : curl_easy_perform(post->curl);
    code = code != CURLE_OK ? code : curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &http);
    curl_slist_free_all(type);
    return code == CURLE_OK && http >= 200 && http < 300;
}
