/* SPDX-License-Identifier: Apache-2.0
 *
 * The RADIUS server's clients, and what they asked lately.
 */
#include "adapters/radius/radius.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/radius/packet.h"

#define LATELY 512u        /* requests that wait, or whose answer may be asked for again */
#define REMEMBER_MS 30000u /* RFC 5080 2.2.2: an access point asks again for so long */
#define SECRET_MIN 16u

typedef struct exchange {
    bool used, answered;
    uint64_t since_ms;
    uint32_t number; /* of the route: an answer that comes late finds another one's place */
    size_t client;
    godwit_address_t from;
    radius_request_t request;
    size_t answer_len;
    uint8_t answer[RADIUS_ANSWER_MAX];
} exchange_t;

struct godwit_radius {
    size_t client_count;
    godwit_radius_client_t clients[GODWIT_RADIUS_CLIENTS_MAX];
    uint32_t next_number;
    godwit_radius_counters_t counters;
    exchange_t lately[LATELY];
};

/* ---- opening ---- */

static godwit_status_t refuse(char why[GODWIT_RADIUS_WHY], godwit_status_t status, const char *what, const char *more)
{
    (void)snprintf(why, GODWIT_RADIUS_WHY, "%s%s", what, more);
    return status;
}

/* Its first line; the rest of the buffer is zeros. */
static ssize_t read_line(int fd, char *text, size_t size)
{
    const ssize_t len = read(fd, text, size - 1);
    if (len < 0) {
        return -1;
    }
    text[len] = '\0';
    return (ssize_t)strcspn(text, "\r\n");
}

godwit_status_t godwit_radius_secret(const char *path, godwit_radius_client_t *client, char why[GODWIT_RADIUS_WHY])
{
    char text[RADIUS_SECRET_MAX + 2] = {0};
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        (void)snprintf(why, GODWIT_RADIUS_WHY, "secret file %.100s: %s", path, strerror(errno));
        return GODWIT_IO_FAILED;
    }
    const bool own = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    const ssize_t len = own ? read_line(fd, text, sizeof text) : -1;
    (void)close(fd);
    if (len < (ssize_t)SECRET_MIN || len > (ssize_t)RADIUS_SECRET_MAX) {
        (void)snprintf(why, GODWIT_RADIUS_WHY, "secret file %.100s: %s", path,
                       own ? "its first line must have 16 to 128 characters"
                           : "must be a regular file that only its owner may read (chmod 600)");
        godwit_wipe(text, sizeof text);
        return GODWIT_INVALID_ARGUMENT;
    }
    client->secret_len = (size_t)len;
    memcpy(client->secret, text, (size_t)len);
    godwit_wipe(text, sizeof text);
    return GODWIT_OK;
}

/* The address without its port, which comes last. */
static bool same_host(const godwit_address_t *a, const godwit_address_t *b)
{
    return a->len == b->len && a->len > 2 && memcmp(a->octets, b->octets, a->len - 2u) == 0;
}

godwit_status_t godwit_radius_clients_check(const godwit_radius_client_t *clients, size_t count,
                                            char why[GODWIT_RADIUS_WHY])
{
    if (count == 0 || count > GODWIT_RADIUS_CLIENTS_MAX) {
        return refuse(why, GODWIT_INVALID_ARGUMENT, "RADIUS: 1 to 32 clients", "");
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (same_host(&clients[i].address, &clients[k].address)) {
                return refuse(why, GODWIT_INVALID_ARGUMENT, "RADIUS: two clients have one address: ", clients[i].name);
            }
        }
    }
    return GODWIT_OK;
}

godwit_status_t godwit_radius_open(const godwit_radius_client_t *clients, size_t count, godwit_radius_t **radius,
                                   char why[GODWIT_RADIUS_WHY])
{
    const godwit_status_t status = godwit_radius_clients_check(clients, count, why);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_radius_t *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return refuse(why, GODWIT_IO_FAILED, "RADIUS: no memory", "");
    }
    r->client_count = count;
    memcpy(r->clients, clients, count * sizeof *clients);
    *radius = r;
    return GODWIT_OK;
}

/* Whose address that is among clients; count: nobody's. */
static size_t client_of(const godwit_radius_client_t *clients, size_t count, const godwit_address_t *address)
{
    size_t i = 0;
    while (i < count && !same_host(&clients[i].address, address)) {
        i++;
    }
    return i;
}

godwit_status_t godwit_radius_renew(godwit_radius_t *r, const godwit_radius_client_t *clients, size_t count,
                                    char why[GODWIT_RADIUS_WHY])
{
    const godwit_status_t status = godwit_radius_clients_check(clients, count, why);
    if (status != GODWIT_OK) {
        return status;
    }
    for (size_t i = 0; i < LATELY; i++) {
        exchange_t *e = &r->lately[i];
        e->client = client_of(clients, count, &e->from);
        if (e->client == count) {
            godwit_wipe(e, sizeof *e);
        }
    }
    godwit_wipe(r->clients, sizeof r->clients);
    memcpy(r->clients, clients, count * sizeof *clients);
    r->client_count = count;
    return GODWIT_OK;
}

const godwit_radius_counters_t *godwit_radius_counters(const godwit_radius_t *radius)
{
    return &radius->counters;
}

void godwit_radius_close(godwit_radius_t *radius)
{
    if (radius != NULL) {
        godwit_wipe(radius, sizeof *radius);
        free(radius);
    }
}

/* ---- requests ---- */

static godwit_slice_t secret_of(const godwit_radius_t *r, size_t client)
{
    return godwit_slice(r->clients[client].secret, r->clients[client].secret_len);
}

static bool is_old(const exchange_t *e, uint64_t now_ms)
{
    return !e->used || now_ms < e->since_ms || now_ms - e->since_ms > REMEMBER_MS;
}

/* The exchange of that very request, where it is remembered. */
static exchange_t *find(godwit_radius_t *r, const godwit_address_t *from, const radius_request_t *request,
                        uint64_t now_ms)
{
    for (size_t i = 0; i < LATELY; i++) {
        exchange_t *e = &r->lately[i];
        if (!is_old(e, now_ms) && e->request.identifier == request->identifier &&
            memcmp(e->request.authenticator, request->authenticator, RADIUS_AUTHENTICATOR) == 0 &&
            godwit_address_equal(&e->from, from)) {
            return e;
        }
    }
    return NULL;
}

/* A place that is free or old; else of those answered the oldest. NULL: all wait. */
static exchange_t *place(godwit_radius_t *r, uint64_t now_ms)
{
    exchange_t *best = NULL;
    for (size_t i = 0; i < LATELY; i++) {
        exchange_t *e = &r->lately[i];
        if (is_old(e, now_ms)) {
            return e;
        }
        if (e->answered && (best == NULL || e->since_ms < best->since_ms)) {
            best = e;
        }
    }
    return best;
}

static void fill_message(const godwit_radius_t *r, const exchange_t *e, godwit_message_t *m)
{
    godwit_eap_request_t *eap = &m->u.eap_request;
    memset(m, 0, sizeof *m);
    m->kind = GODWIT_EAP_PACKET;
    m->from = GODWIT_FUNCTION_DEVICE;
    m->to = GODWIT_FUNCTION_AAA;
    m->transaction = e->number;
    m->route = (uint64_t)(size_t)(e - r->lately);
    memcpy(m->origin_host, r->clients[e->client].name, sizeof m->origin_host);
    eap->has_state = e->request.state_len == sizeof eap->state;
    if (eap->has_state) {
        memcpy(eap->state, e->request.state, sizeof eap->state);
    }
    eap->packet_len = (uint16_t)e->request.eap_len;
    memcpy(eap->packet, e->request.eap, e->request.eap_len);
}

/* Whose it is, and that it is genuine; false: counted and dropped. */
static bool read_request(godwit_radius_t *r, const godwit_address_t *from, godwit_slice_t octets, size_t *client,
                         radius_request_t *request)
{
    const size_t i = client_of(r->clients, r->client_count, from);
    if (i == r->client_count) {
        r->counters.strangers++;
        return false;
    }
    *client = i;
    const godwit_status_t status = godwit_radius_request_parse(octets, secret_of(r, i), request);
    if (status == GODWIT_OK && request->eap_len <= GODWIT_EAP_MAX) {
        return true;
    }
    if (status == GODWIT_MAC_FAILURE) {
        r->counters.unauthenticated++;
    } else {
        r->counters.malformed++;
    }
    return false;
}

bool godwit_radius_take(godwit_radius_t *r, uint64_t now_ms, const godwit_address_t *from, godwit_slice_t octets,
                        godwit_message_t *message, godwit_slice_t *again)
{
    radius_request_t request;
    size_t client;
    *again = godwit_slice(NULL, 0);
    if (!read_request(r, from, octets, &client, &request)) {
        return false;
    }
    exchange_t *e = find(r, from, &request, now_ms);
    if (e != NULL) {
        r->counters.repeated++;
        *again = e->answered ? godwit_slice(e->answer, e->answer_len) : *again;
        return false;
    }
    e = place(r, now_ms);
    if (e == NULL) {
        r->counters.overload++;
        return false;
    }
    *e = (exchange_t){.used = true, .since_ms = now_ms, .number = ++r->next_number, .client = client, .from = *from};
    e->request = request;
    r->counters.requests++;
    fill_message(r, e, message);
    return true;
}

/* ---- answers ---- */

static radius_code_t code_of(godwit_eap_verdict_t verdict)
{
    switch (verdict) {
    case GODWIT_EAP_GOES_ON:
        return RADIUS_ACCESS_CHALLENGE;
    case GODWIT_EAP_ACCEPTED:
        return RADIUS_ACCESS_ACCEPT;
    default:
        return RADIUS_ACCESS_REJECT;
    }
}

godwit_slice_t godwit_radius_answer(godwit_radius_t *radius, uint64_t now_ms, const godwit_message_t *answer,
                                    godwit_address_t *to)
{
    exchange_t *e = answer->route < LATELY ? &radius->lately[answer->route] : NULL;
    if (e == NULL || !e->used || e->answered || e->number != answer->transaction) {
        return godwit_slice(NULL, 0);
    }
    const godwit_eap_answer_t *said = &answer->u.eap_answer;
    radius_answer_t built = {.code = code_of(said->verdict),
                             .state = godwit_slice(said->state, sizeof said->state),
                             .eap = godwit_slice(said->packet, said->packet_len),
                             .msk = said->verdict == GODWIT_EAP_ACCEPTED ? said->msk : NULL};
    godwit_writer_t w = godwit_writer(e->answer, sizeof e->answer);
    const bool salted = getrandom(built.salt, sizeof built.salt, 0) == (ssize_t)sizeof built.salt;
    if (!salted || godwit_radius_answer_build(&built, &e->request, secret_of(radius, e->client), &w) != GODWIT_OK) {
        e->used = false; /* asked again, the run has moved on: the device begins anew */
        return godwit_slice(NULL, 0);
    }
    e->answered = true;
    e->since_ms = now_ms;
    e->answer_len = w.len;
    radius->counters.answers++;
    *to = e->from;
    return godwit_slice(e->answer, e->answer_len);
}
