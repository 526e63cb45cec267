/* SPDX-License-Identifier: Apache-2.0
 *
 * The client, on libcurl (adapters/https); the size of an answer is bounded.
 */
#include "adapters/policy/client.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/https.h"

#define CONNECT_MS 5000L
#define WHOLE_MS 20000L

typedef struct answer {
    size_t len;
    char body[GODWIT_POLICY_DOCUMENT_MAX];
} answer_t;

static size_t take_body(char *octets, size_t one, size_t count, void *context)
{
    answer_t *answer = context;
    size_t len = one * count;
    if (len > sizeof answer->body - answer->len) {
        return 0;
    }
    memcpy(answer->body + answer->len, octets, len);
    answer->len += len;
    return len;
}

static void begin(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static CURLcode configure(CURL *curl, const char *url, const godwit_policy_credentials_t *with, answer_t *answer)
{
    const godwit_https_t https = {.url = url,
                                  .certificate = with->certificate,
                                  .key = with->key,
                                  .ca = with->ca,
                                  .connect_ms = CONNECT_MS,
                                  .whole_ms = WHOLE_MS};
    CURLcode code = godwit_https_configure(curl, &https);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

/* The reason that the server gave, when it is one line that may be shown. */
static void explain(const answer_t *answer, long code, char why[GODWIT_POLICY_WHY])
{
    json_t *json = json_loadb(answer->body, answer->len, 0, NULL);
    const char *error = json_string_value(json_object_get(json, "error"));
    (void)snprintf(why, GODWIT_POLICY_WHY, "the answer is %ld%s%.400s", code, error == NULL ? "" : ": ",
                   error == NULL ? "" : error);
    for (char *c = why; *c != '\0'; c++) {
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    }
    json_decref(json);
}

static godwit_status_t status_of(long code)
{
    switch (code) {
    case 200:
        return GODWIT_OK;
    case 400:
    case 413:
        return GODWIT_MALFORMED;
    case 403:
        return GODWIT_NOT_ENTITLED;
    case 409:
        return GODWIT_POLICY_FORBIDS;
    default:
        return GODWIT_PEER_INTERNAL;
    }
}

/* given: the body of a PUT, or NULL for a GET. */
static godwit_status_t ask(const char *url, const godwit_policy_credentials_t *with, const char *given, size_t len,
                           answer_t *answer, char why[GODWIT_POLICY_WHY])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char error[CURL_ERROR_SIZE] = "";
    long http = 0;
    (void)pthread_once(&once, begin);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURLcode code = curl == NULL || headers == NULL ? CURLE_OUT_OF_MEMORY : configure(curl, url, with, answer);
    code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    if (given != NULL && code == CURLE_OK) {
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_POSTFIELDS, given);
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT");
        code = code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    }
    code = code != CURLE_OK ? code : curl_easy_perform(curl);
    if (code == CURLE_OK) {
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
        explain(answer, http, why);
    } else {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.200s: %.200s", url,
                       error[0] != '\0' ? error : curl_easy_strerror(code));
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return code != CURLE_OK ? GODWIT_IO_FAILED : status_of(http);
}

godwit_status_t godwit_policy_fetch(const char *url, const godwit_policy_credentials_t *credentials,
                                    godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    answer_t *answer = calloc(1, sizeof *answer);
    if (answer == NULL) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = ask(url, credentials, NULL, 0, answer, why);
    if (status == GODWIT_OK) {
        status = godwit_policy_parse(answer->body, answer->len, policy, why);
    }
    free(answer);
    return status;
}

godwit_status_t godwit_policy_offer(const char *url, const godwit_policy_credentials_t *credentials,
                                    const godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    size_t len = 0;
    answer_t *answer = calloc(1, sizeof *answer);
    char *text = godwit_policy_write(policy, &len);
    godwit_status_t status = GODWIT_IO_FAILED;
    if (answer == NULL || text == NULL) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
    } else {
        status = ask(url, credentials, text, len, answer, why);
    }
    free(text);
    free(answer);
    return status;
}
