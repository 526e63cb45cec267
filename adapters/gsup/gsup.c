/* SPDX-License-Identifier: Apache-2.0
 *
 * GSUP client: the table of requests under way, and their answers. See gsup.h.
 */
#include "adapters/gsup/gsup.h"
#include "adapters/gsup/link.h"
#include "core/wire/gsup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_PORT 4222
#define DEFAULT_TIMEOUT_MS 5000

typedef enum place_state {
    FREE,
    WAITING, /* to be sent as soon as the link is ready */
    SENT,
    DONE, /* answer is to be taken by the owner */
} place_state_t;

typedef struct place {
    place_state_t state;
    uint64_t deadline_ms;
    godwit_message_t request, answer;
} place_t;

struct godwit_gsup {
    int epoll, timer;
    uint32_t timeout_ms;
    godwit_gsup_link_t link;
    place_t places[GODWIT_GSUP_OUTSTANDING_MAX];
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- life ---- */

static bool refuse(char *error, const char *what, const char *value)
{
    snprintf(error, GODWIT_GSUP_ERROR_MAX, "gsup: %s%s%s", what, value[0] ? ": " : "", value);
    return false;
}

static bool is_name(const char *name)
{
    size_t len = name != NULL ? strlen(name) : 0;
    for (size_t i = 0; i < len; i++) {
        if (name[i] <= ' ' || name[i] > '~') {
            return false;
        }
    }
    return len >= 1 && len <= 63;
}

static bool open_all(godwit_gsup_t *g, const godwit_gsup_config_t *config, char *error)
{
    struct epoll_event event = {.events = EPOLLIN};
    g->epoll = epoll_create1(EPOLL_CLOEXEC);
    g->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    event.data.fd = g->timer;
    if (g->epoll < 0 || g->timer < 0 || epoll_ctl(g->epoll, EPOLL_CTL_ADD, g->timer, &event) != 0) {
        return refuse(error, "no descriptor for epoll or timer", "");
    }
    if (!is_name(config->unit_name)) {
        return refuse(error, "unit_name must have 1 to 63 printable characters", "");
    }
    g->timeout_ms = config->timeout_ms ? config->timeout_ms : DEFAULT_TIMEOUT_MS;
    g->link.log = config->log;
    g->link.context = config->context;
    if (config->host == NULL ||
        godwit_gsup_link_init(&g->link, config->host, config->port ? config->port : DEFAULT_PORT, config->unit_name,
                              g->epoll) != GODWIT_OK) {
        return refuse(error, "host must be an IPv4 or IPv6 address", config->host != NULL ? config->host : "");
    }
    return true;
}

static void arm(godwit_gsup_t *g);

godwit_gsup_t *godwit_gsup_start(const godwit_gsup_config_t *config, char error[GODWIT_GSUP_ERROR_MAX])
{
    godwit_gsup_t *g = calloc(1, sizeof *g);
    if (g == NULL) {
        (void)refuse(error, "no memory", "");
        return NULL;
    }
    g->epoll = g->timer = g->link.socket = -1;
    if (!open_all(g, config, error)) {
        godwit_gsup_stop(g);
        return NULL;
    }
    arm(g);
    return g;
}

void godwit_gsup_stop(godwit_gsup_t *g)
{
    if (g == NULL) {
        return;
    }
    godwit_gsup_link_close(&g->link);
    if (g->timer >= 0) {
        close(g->timer);
    }
    if (g->epoll >= 0) {
        close(g->epoll);
    }
    godwit_wipe(g->places, sizeof g->places);
    free(g);
}

int godwit_gsup_fd(const godwit_gsup_t *g)
{
    return g->epoll;
}

bool godwit_gsup_ready(const godwit_gsup_t *g)
{
    return g->link.state == GODWIT_GSUP_LINK_READY;
}

/* ---- requests and answers ---- */

static place_t *place_in(godwit_gsup_t *g, place_state_t state)
{
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        if (g->places[i].state == state) {
            return &g->places[i];
        }
    }
    return NULL;
}

/* The request for that IMSI that is under way; sent_only: that the HLR has. */
static place_t *place_of(godwit_gsup_t *g, const godwit_imsi_t *imsi, bool sent_only)
{
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        place_t *p = &g->places[i];
        if ((p->state == SENT || (p->state == WAITING && !sent_only)) &&
            godwit_imsi_equal(&p->request.u.auth_info_request.imsi, imsi)) {
            return p;
        }
    }
    return NULL;
}

static void answer(place_t *p, const godwit_auth_info_answer_t *content)
{
    const godwit_message_t *request = &p->request;
    memset(&p->answer, 0, sizeof p->answer);
    p->answer.kind = GODWIT_AUTH_INFO_ANSWER;
    p->answer.from = request->to;
    p->answer.to = request->from;
    p->answer.transaction = request->transaction;
    p->answer.u.auth_info_answer = *content;
    p->state = DONE;
}

static void answer_failure(place_t *p, godwit_status_t status)
{
    const godwit_auth_info_answer_t failure = {.status = status, .kind = GODWIT_VECTOR_UTRAN};
    answer(p, &failure);
}

static void take_answer(godwit_gsup_t *g, godwit_slice_t message)
{
    godwit_imsi_t imsi;
    godwit_auth_info_answer_t content;
    if (godwit_gsup_answer_parse(message, &imsi, &content) != GODWIT_OK) {
        return; /* something else that an HLR may say, or nonsense: the request times out */
    }
    place_t *p = place_of(g, &imsi, true);
    if (p != NULL) {
        const godwit_auth_info_request_t *request = &p->request.u.auth_info_request;
        if (content.vectors > request->vectors) {
            godwit_wipe(&content.vector[request->vectors],
                        (size_t)(content.vectors - request->vectors) * sizeof content.vector[0]);
            content.vectors = request->vectors;
        }
        if (request->resync && content.status == GODWIT_UNKNOWN_SUBSCRIBER) {
            content.status = GODWIT_AUTH_MAC_FAILURE; /* OsmoHLR says cause 2 to an AUTS whose MAC-S is wrong */
        }
        answer(p, &content);
    }
    godwit_wipe(&content, sizeof content);
}

/* Sends what waits as far as the link takes it. */
static void send_waiting(godwit_gsup_t *g)
{
    uint8_t octets[128];
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX && godwit_gsup_ready(g); i++) {
        place_t *p = &g->places[i];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        if (p->state != WAITING) {
            continue;
        }
        if (godwit_gsup_request_build(&p->request.u.auth_info_request, &w) != GODWIT_OK) {
            answer_failure(p, GODWIT_PEER_INTERNAL);
        } else if (godwit_gsup_link_put(&g->link, godwit_written(&w))) {
            p->state = SENT;
        } else {
            return;
        }
    }
}

/* What the HLR had, on a connection that is no more, is asked again on the next. */
static void unsend(godwit_gsup_t *g)
{
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        if (g->places[i].state == SENT) {
            g->places[i].state = WAITING;
        }
    }
}

static void expire(godwit_gsup_t *g, uint64_t now)
{
    bool late = false;
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        place_t *p = &g->places[i];
        if ((p->state == WAITING || p->state == SENT) && now >= p->deadline_ms) {
            late |= p->state == SENT;
            answer_failure(p, GODWIT_PEER_INTERNAL);
        }
    }
    if (late) {
        godwit_gsup_link_drop(&g->link, now, "an answer did not come");
        unsend(g);
    }
}

/* The timer goes off at once when an answer waits for the owner, else when the first thing is due. */
static void arm(godwit_gsup_t *g)
{
    uint64_t due = godwit_gsup_link_due(&g->link), now = now_ms();
    for (size_t i = 0; i < GODWIT_GSUP_OUTSTANDING_MAX; i++) {
        const place_t *p = &g->places[i];
        if (p->state == DONE) {
            due = 0;
        } else if (p->state != FREE && p->deadline_ms < due) {
            due = p->deadline_ms;
        }
    }
    uint64_t wait = due > now ? due - now : 0;
    struct itimerspec at = {.it_value = {(time_t)(wait / 1000), (long)(wait % 1000) * 1000000 + (wait == 0)}};
    if (due == UINT64_MAX) {
        at = (struct itimerspec){0};
    }
    (void)timerfd_settime(g->timer, 0, &at, NULL);
}

static void run(godwit_gsup_t *g)
{
    uint64_t now = now_ms();
    godwit_slice_t message;
    expire(g, now);
    godwit_gsup_link_step(&g->link, now);
    while (g->link.state >= GODWIT_GSUP_LINK_GREETING && godwit_gsup_link_next(&g->link, now, &message)) {
        take_answer(g, message);
    }
    if (g->link.state != GODWIT_GSUP_LINK_READY) {
        unsend(g);
    }
    send_waiting(g);
    if (g->link.out_len > 0) {
        godwit_gsup_link_step(&g->link, now);
    }
}

godwit_status_t godwit_gsup_receive(godwit_gsup_t *g, godwit_message_t *message)
{
    run(g);
    place_t *p = place_in(g, DONE);
    if (p != NULL) {
        *message = p->answer;
        godwit_wipe(p, sizeof *p);
    }
    arm(g);
    return p != NULL ? GODWIT_OK : GODWIT_AGAIN;
}

godwit_status_t godwit_gsup_send(godwit_gsup_t *g, const godwit_message_t *message)
{
    const godwit_auth_info_request_t *request = &message->u.auth_info_request;
    if (message->kind != GODWIT_AUTH_INFO_REQUEST || request->kind != GODWIT_VECTOR_UTRAN || request->vectors == 0 ||
        request->vectors > GODWIT_VECTORS_MAX || request->imsi.len < GODWIT_IMSI_DIGITS_MIN) {
        return GODWIT_INVALID_ARGUMENT;
    }
    bool under_way = place_of(g, &request->imsi, false) != NULL;
    place_t *p = place_in(g, FREE);
    if (p == NULL) {
        return GODWIT_NO_SPACE;
    }
    p->request = *message;
    p->deadline_ms = now_ms() + g->timeout_ms;
    p->state = WAITING;
    if (under_way) {
        answer_failure(p, GODWIT_OVERLOAD);
    }
    run(g);
    arm(g);
    return GODWIT_OK;
}
