/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that delivers copies: from memory into the queue, from the queue to the destination, each step in the
 * audit file before the next.
 * A copy leaves the queue only when the destination has it; should power go just then, it is sent again under the same
 * number.
 */
#include "adapters/intercept/intercept.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/intercept/audit.h"
#include "adapters/intercept/post.h"
#include "adapters/intercept/spool.h"

#define RETRY_MOST_MS 60000u
#define DIGEST 65

typedef struct copy {
    godwit_imsi_t imsi;
    char reference[GODWIT_INTERCEPT_REFERENCE_MAX + 1];
    bool down;
    uint32_t session_id, count;
    uint64_t time_ms;
    size_t len;
    uint8_t payload[GODWIT_INTERCEPT_PAYLOAD_MAX];
} copy_t;

struct godwit_intercept {
    char node[GODWIT_NODE_NAME_MAX];
    uint32_t retry_first_ms;
    atomic_bool stopping;
    pthread_t thread;
    bool running;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    size_t first, waiting; /* copies in memory */
    uint64_t lost;         /* for which there was no room */
    copy_t ring[GODWIT_INTERCEPT_WAITING_MAX];

    /* Of the thread alone. */
    spool_t spool;
    godwit_audit_t audit;
    bool audit_open, spool_open;
    post_t *post;
    uint32_t retry_ms;    /* the wait after the next failure */
    uint64_t retry_at_ms; /* monotonic */
    bool failing;
    uint64_t posted; /* the destination has it, but the audit file does not say so yet; 0: none */
    copy_t work;
};

static uint64_t clock_ms(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the caller's side ---- */

static void fill(copy_t *copy, const godwit_reading_t *reading, bool down, const char *reference)
{
    copy->imsi = reading->imsi;
    copy->down = down;
    copy->session_id = reading->session_id;
    copy->count = reading->count;
    copy->time_ms = reading->time_ms;
    copy->len = reading->payload.len;
    if (copy->len > 0) {
        memcpy(copy->payload, reading->payload.ptr, copy->len);
    }
    (void)snprintf(copy->reference, sizeof copy->reference, "%s", reference == NULL ? "" : reference);
}

void godwit_intercept_copy(godwit_intercept_t *intercept, const godwit_reading_t *reading, bool down,
                           const char *reference)
{
    (void)pthread_mutex_lock(&intercept->lock);
    if (intercept->waiting == GODWIT_INTERCEPT_WAITING_MAX || reading->payload.len > GODWIT_INTERCEPT_PAYLOAD_MAX) {
        intercept->lost++;
    } else {
        size_t place = (intercept->first + intercept->waiting++) % GODWIT_INTERCEPT_WAITING_MAX;
        fill(&intercept->ring[place], reading, down, reference);
    }
    (void)pthread_cond_signal(&intercept->wake);
    (void)pthread_mutex_unlock(&intercept->lock);
}

/* ---- memory to queue ---- */

static size_t body_of(const godwit_intercept_t *x, const copy_t *c, uint64_t id, char body[SPOOL_BODY_MAX])
{
    char hex[2 * GODWIT_INTERCEPT_PAYLOAD_MAX + 1];
    godwit_hex_encode(godwit_slice(c->payload, c->len), hex);
    int len = snprintf(body, SPOOL_BODY_MAX,
                       "{\"id\":%" PRIu64
                       ",\"node\":\"%s\",\"imsi\":\"%s\",\"reference\":\"%s\",\"direction\":\"%s\",\"session\":%" PRIu32
                       ",\"count\":%" PRIu32 ",\"time_ms\":%" PRIu64 ",\"payload_hex\":\"%s\"}\n",
                       id, x->node, c->imsi.digits, c->reference, c->down ? "down" : "up", c->session_id, c->count,
                       c->time_ms, hex);
    godwit_wipe(hex, sizeof hex);
    return len > 0 && len < SPOOL_BODY_MAX ? (size_t)len : 0;
}

static bool digest_of(const char *body, size_t len, char digest[DIGEST])
{
    uint8_t octets[GODWIT_SHA256_SIZE];
    const godwit_slice_t part = godwit_slice(body, len);
    bool good = godwit_crypto_builtin.sha256(&part, 1, octets) == GODWIT_OK;
    godwit_hex_encode(godwit_slice(octets, sizeof octets), digest);
    return good;
}

static bool record(godwit_intercept_t *x, const copy_t *c, const char *event, uint64_t id, const char *digest)
{
    const godwit_audit_entry_t entry = {.event = event,
                                        .time_ms = clock_ms(CLOCK_REALTIME),
                                        .id = id,
                                        .imsi = c->imsi.digits,
                                        .reference = c->reference,
                                        .direction = c->down ? "down" : "up",
                                        .digest = digest,
                                        .octets = c->len};
    return godwit_audit_add(&x->audit, &entry) == GODWIT_OK;
}

static bool note(godwit_intercept_t *x, const char *event, uint64_t id, uint64_t count)
{
    const godwit_audit_entry_t entry = {.event = event, .time_ms = clock_ms(CLOCK_REALTIME), .id = id, .count = count};
    return godwit_audit_add(&x->audit, &entry) == GODWIT_OK;
}

/* True when it needs no more care: it is in the queue, or lost and said to be. */
static bool enqueue(godwit_intercept_t *x, const copy_t *c)
{
    char body[SPOOL_BODY_MAX], digest[DIGEST];
    uint64_t id = (x->audit.last_id > x->spool.last ? x->audit.last_id : x->spool.last) + 1;
    size_t len = body_of(x, c, id, body);
    if (len == 0 || !digest_of(body, len, digest)) {
        return record(x, c, "lost", 0, NULL);
    }
    godwit_status_t status = godwit_spool_put(&x->spool, id, body, len);
    if (status == GODWIT_NO_SPACE) {
        return record(x, c, "lost", 0, NULL);
    }
    bool good = status == GODWIT_OK && record(x, c, "queued", id, digest);
    if (!good && status == GODWIT_OK) {
        (void)!godwit_spool_remove(&x->spool, id); /* nothing leaves that the audit file does not know */
    }
    godwit_wipe(body, sizeof body);
    return good;
}

/* False when the disk does not take it now. */
static bool drain(godwit_intercept_t *x)
{
    bool good = true;
    (void)pthread_mutex_lock(&x->lock);
    while ((x->waiting > 0 || x->lost > 0) && good) {
        bool has = x->waiting > 0;
        uint64_t lost = x->lost;
        if (has) {
            x->work = x->ring[x->first];
        }
        (void)pthread_mutex_unlock(&x->lock);
        good = has ? enqueue(x, &x->work) : note(x, "lost", 0, lost);
        (void)pthread_mutex_lock(&x->lock);
        if (good && has) {
            godwit_wipe(&x->ring[x->first], sizeof x->ring[0]);
            x->first = (x->first + 1) % GODWIT_INTERCEPT_WAITING_MAX;
            x->waiting--;
        } else if (good) {
            x->lost -= lost;
        }
    }
    (void)pthread_mutex_unlock(&x->lock);
    godwit_wipe(&x->work, sizeof x->work);
    return good;
}

/* ---- queue to destination ---- */

static void wait_longer(godwit_intercept_t *x)
{
    x->retry_at_ms = clock_ms(CLOCK_MONOTONIC) + x->retry_ms;
    x->retry_ms = x->retry_ms < RETRY_MOST_MS / 2 ? 2 * x->retry_ms : RETRY_MOST_MS;
}

/* One copy. False when nothing waits or it must be tried later. */
static bool send_oldest(godwit_intercept_t *x)
{
    char body[SPOOL_BODY_MAX];
    uint64_t id = 0;
    size_t len = 0;
    if (clock_ms(CLOCK_MONOTONIC) < x->retry_at_ms || atomic_load(&x->stopping) ||
        godwit_spool_oldest(&x->spool, &id, body, &len) != GODWIT_OK) {
        return false;
    }
    /* Power went between the queue and the audit file: it is told before it goes. */
    bool known = id <= x->audit.last_id || note(x, "found", id, 0);
    if (known && x->posted != id && godwit_post_send(x->post, id, body, len)) {
        x->posted = id;
    }
    godwit_wipe(body, sizeof body);
    if (x->posted == id && note(x, "delivered", id, 0) && godwit_spool_remove(&x->spool, id) == GODWIT_OK) {
        x->posted = 0;
        x->failing = false;
        x->retry_ms = x->retry_first_ms;
        return true;
    }
    if (x->posted != id && !x->failing && !atomic_load(&x->stopping)) {
        x->failing = note(x, "unreachable", id, 0); /* once for each time that it is away */
    }
    wait_longer(x);
    return false;
}

/* ---- the thread ---- */

static void sleep_until_needed(godwit_intercept_t *x)
{
    uint64_t now = clock_ms(CLOCK_MONOTONIC);
    uint64_t wait = x->spool.count == 0 ? RETRY_MOST_MS : x->retry_at_ms > now ? x->retry_at_ms - now : 1;
    struct timespec until;
    godwit_audit_seal(&x->audit);
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(wait / 1000);
    until.tv_nsec += (long)(wait % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&x->lock);
    int code = 0;
    while (x->waiting == 0 && x->lost == 0 && !atomic_load(&x->stopping) && code == 0) {
        code = pthread_cond_timedwait(&x->wake, &x->lock, &until);
    }
    (void)pthread_mutex_unlock(&x->lock);
}

static void *deliver(void *context)
{
    godwit_intercept_t *x = context;
    const struct timespec pause = {.tv_nsec = 200000000};
    while (!atomic_load(&x->stopping)) {
        if (!drain(x)) {
            (void)nanosleep(&pause, NULL); /* the disk is full: copies wait in memory */
        }
        while (send_oldest(x)) {
            if (!drain(x)) {
                break;
            }
        }
        sleep_until_needed(x);
    }
    (void)drain(x);
    return NULL;
}

/* ---- start and end ---- */

static bool open_all(godwit_intercept_t *x, const godwit_intercept_config_t *config, char why[GODWIT_INTERCEPT_WHY])
{
    uint32_t most = config->queue_max == 0 ? GODWIT_INTERCEPT_QUEUE_DEFAULT : config->queue_max;
    x->audit_open = godwit_audit_open(config->audit, &x->audit, why) == GODWIT_OK;
    x->spool_open = x->audit_open && godwit_spool_open(config->queue, most, &x->spool, why) == GODWIT_OK;
    if (!x->spool_open) {
        return false;
    }
    x->post = godwit_post_new(config, &x->stopping);
    (void)snprintf(why, GODWIT_INTERCEPT_WHY, "the destination cannot be used: is it an https:// URL?");
    if (x->post == NULL || strncmp(config->url, "https://", 8) != 0) {
        return false;
    }
    (void)snprintf(why, GODWIT_INTERCEPT_WHY, "%.300s: cannot be written", config->audit);
    return note(x, "started", 0, 0);
}

godwit_status_t godwit_intercept_start(const godwit_intercept_config_t *config, godwit_intercept_t **intercept,
                                       char why[GODWIT_INTERCEPT_WHY])
{
    pthread_condattr_t monotonic;
    godwit_intercept_t *x = calloc(1, sizeof *x);
    *intercept = NULL;
    (void)snprintf(why, GODWIT_INTERCEPT_WHY, "no memory");
    if (x == NULL) {
        return GODWIT_IO_FAILED;
    }
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&x->lock, NULL);
    (void)pthread_cond_init(&x->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)snprintf(x->node, sizeof x->node, "%s", config->node);
    x->retry_first_ms = config->retry_ms == 0 ? 1000 : config->retry_ms;
    x->retry_ms = x->retry_first_ms;
    x->running = open_all(x, config, why) && pthread_create(&x->thread, NULL, deliver, x) == 0;
    if (!x->running) {
        godwit_intercept_stop(x);
        return GODWIT_IO_FAILED;
    }
    *intercept = x;
    return GODWIT_OK;
}

void godwit_intercept_stop(godwit_intercept_t *intercept)
{
    if (intercept == NULL) {
        return;
    }
    if (intercept->running) {
        (void)pthread_mutex_lock(&intercept->lock);
        atomic_store(&intercept->stopping, true);
        (void)pthread_cond_signal(&intercept->wake);
        (void)pthread_mutex_unlock(&intercept->lock);
        (void)pthread_join(intercept->thread, NULL);
    }
    godwit_post_free(intercept->post);
    if (intercept->spool_open) {
        godwit_spool_close(&intercept->spool);
    }
    if (intercept->audit_open) {
        godwit_audit_close(&intercept->audit);
    }
    (void)pthread_cond_destroy(&intercept->wake);
    (void)pthread_mutex_destroy(&intercept->lock);
    godwit_wipe(intercept, sizeof *intercept);
    free(intercept);
}
