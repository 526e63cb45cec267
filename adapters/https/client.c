/* SPDX-License-Identifier: Apache-2.0
 *
 * The client: one thread runs all its transfers on one libcurl multi handle. What the owner submits and what it gets
 * pass through two lists under a lock.
 */
#include "adapters/https/client_internal.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define TURN_MS 1000

/* ---- lists ---- */

static void append(list_t *list, transfer_t *t)
{
    t->following = NULL;
    if (list->first == NULL) {
        list->first = t;
    } else {
        list->last->following = t;
    }
    list->last = t;
}

static transfer_t *take_first(list_t *list)
{
    transfer_t *t = list->first;
    if (t != NULL) {
        list->first = t->following;
    }
    return t;
}

static void take_out(list_t *list, const transfer_t *wanted)
{
    list_t kept = {NULL, NULL};
    for (transfer_t *t = take_first(list); t != NULL; t = take_first(list)) {
        if (t != wanted) {
            append(&kept, t);
        }
    }
    *list = kept;
}

static void free_all(list_t *list)
{
    for (transfer_t *t = take_first(list); t != NULL; t = take_first(list)) {
        godwit_https_transfer_free(t);
    }
}

/* ---- the thread ---- */

static void finish(godwit_https_client_t *client, transfer_t *t, CURLcode code)
{
    const uint64_t one = 1;
    t->code = code;
    if (code == CURLE_OK) {
        (void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->http);
        godwit_https_transfer_read(t);
    } else if (t->overflow || t->error[0] == '\0') {
        (void)snprintf(t->error, sizeof t->error, "%s",
                       t->overflow ? "the answer is too large" : curl_easy_strerror(code));
    }
    (void)pthread_mutex_lock(&client->lock);
    append(&client->done, t);
    (void)pthread_mutex_unlock(&client->lock);
    (void)!write(client->filled, &one, sizeof one);
}

static void begin_submitted(godwit_https_client_t *client)
{
    (void)pthread_mutex_lock(&client->lock);
    list_t fresh = client->submitted;
    client->submitted = (list_t){NULL, NULL};
    (void)pthread_mutex_unlock(&client->lock);
    for (transfer_t *t = take_first(&fresh); t != NULL; t = take_first(&fresh)) {
        if (curl_multi_add_handle(client->multi, t->curl) == CURLM_OK) {
            append(&client->under_way, t);
        } else {
            finish(client, t, CURLE_FAILED_INIT);
        }
    }
}

static void end_finished(godwit_https_client_t *client)
{
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(client->multi, &left); m != NULL;
         m = curl_multi_info_read(client->multi, &left)) {
        void *context = NULL;
        const CURLcode code = m->data.result;
        CURL *curl = m->easy_handle;
        if (m->msg == CURLMSG_DONE && curl_easy_getinfo(curl, CURLINFO_PRIVATE, &context) == CURLE_OK) {
            (void)curl_multi_remove_handle(client->multi, curl);
            take_out(&client->under_way, context);
            finish(client, context, code);
        }
    }
}

static void *work(void *context)
{
    godwit_https_client_t *client = context;
    int running = 0;
    while (!atomic_load(&client->stopping)) {
        begin_submitted(client);
        (void)curl_multi_perform(client->multi, &running);
        end_finished(client);
        (void)curl_multi_poll(client->multi, NULL, 0, TURN_MS, NULL);
    }
    for (transfer_t *t = client->under_way.first; t != NULL; t = t->following) {
        (void)curl_multi_remove_handle(client->multi, t->curl);
    }
    return NULL;
}

/* ---- the owner ---- */

int godwit_https_client_fd(const godwit_https_client_t *client)
{
    return client->filled;
}

static bool enter(godwit_https_client_t *client, transfer_t *t)
{
    (void)pthread_mutex_lock(&client->lock);
    bool room = client->outstanding < client->config.outstanding;
    if (room) {
        client->outstanding++;
        append(&client->submitted, t);
    }
    (void)pthread_mutex_unlock(&client->lock);
    (void)curl_multi_wakeup(client->multi);
    return room;
}

godwit_status_t godwit_https_client_submit(godwit_https_client_t *client, const godwit_https_ask_t *ask, uint64_t tag)
{
    transfer_t *t = godwit_https_transfer_new(client, ask, tag);
    if (t == NULL) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (!enter(client, t)) {
        godwit_https_transfer_free(t);
        return GODWIT_NO_SPACE;
    }
    return GODWIT_OK;
}

static transfer_t *take_done(godwit_https_client_t *client)
{
    (void)pthread_mutex_lock(&client->lock);
    transfer_t *t = take_first(&client->done);
    if (t != NULL) {
        client->outstanding--;
    } else {
        uint64_t many = 0;
        (void)!read(client->filled, &many, sizeof many);
    }
    (void)pthread_mutex_unlock(&client->lock);
    return t;
}

bool godwit_https_client_next(godwit_https_client_t *client, godwit_https_answer_t *answer)
{
    godwit_https_transfer_free(client->shown);
    transfer_t *t = client->shown = take_done(client);
    if (t == NULL) {
        return false;
    }
    *answer = (godwit_https_answer_t){.tag = t->tag,
                                      .status = t->code == CURLE_OK ? GODWIT_OK : GODWIT_IO_FAILED,
                                      .code = (unsigned)t->http,
                                      .body = godwit_slice(t->taken, t->taken_len)};
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX; i++) {
        answer->headers[i] = t->wanted[i];
    }
    (void)snprintf(answer->why, sizeof answer->why, "%s", t->error);
    return true;
}

void godwit_https_client_wait(godwit_https_client_t *client, const godwit_https_ask_t *ask,
                              godwit_https_answer_t *answer)
{
    godwit_status_t status = godwit_https_client_submit(client, ask, 0);
    if (status != GODWIT_OK) {
        *answer = (godwit_https_answer_t){.status = GODWIT_IO_FAILED};
        (void)snprintf(answer->why, sizeof answer->why, "the request cannot be made: %s", godwit_status_name(status));
        return;
    }
    struct pollfd wait = {.fd = client->filled, .events = POLLIN};
    while (!godwit_https_client_next(client, answer)) { /* libcurl bounds the time */
        (void)poll(&wait, 1, TURN_MS);
    }
}

/* ---- start and stop ---- */

static void init_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool copy_text(const char **text)
{
    if (*text == NULL) {
        return true;
    }
    *text = strdup(*text);
    return *text != NULL;
}

static bool copy_config(godwit_https_client_t *c, const godwit_https_client_config_t *config)
{
    c->config = *config;
    c->config.body_max = config->body_max == 0 ? 65536 : config->body_max;
    c->config.connect_ms = config->connect_ms == 0 ? 5000 : config->connect_ms;
    c->config.whole_ms = config->whole_ms == 0 ? 20000 : config->whole_ms;
    c->config.outstanding = config->outstanding == 0 ? 256 : config->outstanding;
    c->config.connect_to = NULL;
    c->connect_to = config->connect_to == NULL ? NULL : curl_slist_append(NULL, config->connect_to);
    bool good = copy_text(&c->config.certificate);
    good = copy_text(&c->config.key) && good;
    good = copy_text(&c->config.crl) && good;
    return copy_text(&c->config.ca) && good && (config->connect_to == NULL || c->connect_to != NULL);
}

static bool start(godwit_https_client_t *c)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, init_curl);
    c->multi = curl_multi_init();
    c->filled = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    c->running = c->multi != NULL && c->filled >= 0 && pthread_create(&c->thread, NULL, work, c) == 0;
    return c->running;
}

godwit_status_t godwit_https_client_start(const godwit_https_client_config_t *config, godwit_https_client_t **client,
                                          char why[GODWIT_HTTPS_WHY])
{
    godwit_https_client_t *c = calloc(1, sizeof *c);
    *client = NULL;
    if (c == NULL || pthread_mutex_init(&c->lock, NULL) != 0) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        free(c);
        return GODWIT_IO_FAILED;
    }
    c->filled = -1;
    if (!copy_config(c, config) || !start(c)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory, or no thread, for the HTTPS client");
        godwit_https_client_stop(c);
        return GODWIT_IO_FAILED;
    }
    *client = c;
    return GODWIT_OK;
}

void godwit_https_client_renew(godwit_https_client_t *client)
{
    client->renewed = true;
    client->renewed_ms = godwit_https_now_ms();
}

void godwit_https_client_stop(godwit_https_client_t *client)
{
    if (client == NULL) {
        return;
    }
    if (client->running) {
        atomic_store(&client->stopping, true);
        (void)curl_multi_wakeup(client->multi);
        (void)pthread_join(client->thread, NULL);
    }
    free_all(&client->under_way);
    free_all(&client->submitted);
    free_all(&client->done);
    godwit_https_transfer_free(client->shown);
    if (client->multi != NULL) {
        (void)curl_multi_cleanup(client->multi);
    }
    if (client->filled >= 0) {
        close(client->filled);
    }
    curl_slist_free_all(client->connect_to);
    free((char *)(uintptr_t)client->config.certificate);
    free((char *)(uintptr_t)client->config.key);
    free((char *)(uintptr_t)client->config.ca);
    free((char *)(uintptr_t)client->config.crl);
    (void)pthread_mutex_destroy(&client->lock);
    free(client);
}
