/* SPDX-License-Identifier: Apache-2.0
 *
 * A device with a trigger function, for the tests of this folder: the access library in EPS, the trigger library and a
 * soft card, over UDP to a MME's radio door and to a MTC-IWF's door of A3. Its application acts at once. One line on
 * standard output for everything that happens.
 *
 *   trigger_device OPTION=VALUE...   imsi usim radio home serving iwf state [a3] [roots: flagged kasme] [received=1] [network=1]
 *   on standard input: attach   idle   detach   wifi (triggers come by A3 from now on)   radio (and by the MME again)   quit
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "adapters/usim/soft.h"
#include "godwit/access.h"
#include "godwit/trigger.h"

enum { HELD_MAX = 8, DONE_MAX = 8, RETRY_MS = 50 };

static struct device {
    godwit_access_config_t access_config;
    godwit_access_t access;
    godwit_trigger_config_t trigger_config;
    godwit_trigger_t trigger;
    godwit_usim_soft_t card;
    godwit_nvm_t nvm;
    int radio, a3;
    bool on_wifi, answering, said;
    int64_t access_at, trigger_at;
    struct {
        size_t len;
        uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    } held[HELD_MAX];
    size_t held_count, done_count;
    uint32_t done[DONE_MAX];
} d;

static void carry_out_access(godwit_status_t status, const godwit_access_requests_t *list);
static void carry_out_trigger(godwit_status_t status, const godwit_trigger_requests_t *list);

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "trigger_device: %s\n", what);
    exit(1);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static godwit_trigger_now_t now(void)
{
    return (godwit_trigger_now_t){.up_ms = (uint64_t)now_ms()}; /* it has no clock */
}

static int64_t deadline(uint32_t delay_ms)
{
    return delay_ms > 0 ? now_ms() + delay_ms : -1;
}

static void tell(const char *of, const char *name, godwit_status_t reason)
{
    printf("%s %s reason=%s\n", of, name, godwit_status_name(reason));
}

/* ---- up ---- */

static void send_a3(godwit_slice_t octets)
{
    uint8_t room[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(room, sizeof room);
    if (d.a3 >= 0 && godwit_a3_datagram_build(&d.trigger_config.imsi, octets, &w) == GODWIT_OK) {
        (void)!send(d.a3, room, w.len, 0);
    }
}

/* False: not now. */
static bool send_nas(godwit_slice_t octets)
{
    godwit_access_requests_t list;
    godwit_status_t status = godwit_access_trigger(&d.access, octets, &list);
    if (status == GODWIT_OK) {
        carry_out_access(status, &list);
    }
    return status != GODWIT_AGAIN;
}

static void send_up(godwit_slice_t octets)
{
    d.said = true;
    if (d.on_wifi) {
        send_a3(octets);
    } else if (!send_nas(octets) && d.held_count < HELD_MAX) {
        d.held[d.held_count].len = octets.len;
        memcpy(d.held[d.held_count++].octets, octets.ptr, octets.len);
    }
}

static void send_held(void)
{
    while (d.held_count > 0 && send_nas(godwit_slice(d.held[0].octets, d.held[0].len))) {
        memmove(&d.held[0], &d.held[1], --d.held_count * sizeof d.held[0]);
    }
}

/* ---- the trigger library ---- */

static void deliver(const godwit_trigger_delivery_t *t)
{
    char source[2 * GODWIT_A3_DIGEST + 1], payload[2 * GODWIT_TRIGGER_PAYLOAD_MAX + 1];
    godwit_hex_encode(godwit_slice(t->source, sizeof t->source), source);
    godwit_hex_encode(t->payload, payload);
    printf("delivered reference=%u port=%u priority=%d repeated=%d protected=%d proved=%d source=%s payload=%s\n",
           (unsigned)t->reference, (unsigned)t->port, t->priority, t->repeated, t->protected, t->proved, source,
           payload);
    if (d.done_count < DONE_MAX) {
        d.done[d.done_count++] = t->reference;
    }
}

static void derive(uint32_t association)
{
    uint8_t k_iwf[32] = {0};
    godwit_trigger_requests_t list;
    godwit_status_t status = godwit_usim_soft_k_iwf(&d.card, d.trigger_config.iwf, association, k_iwf);
    carry_out_trigger(godwit_trigger_derived(&d.trigger, status, k_iwf, now(), &list), &list);
}

static void carry_out_trigger(godwit_status_t status, const godwit_trigger_requests_t *list)
{
    for (size_t i = 0; status == GODWIT_OK && i < list->count; i++) {
        const godwit_trigger_request_t *r = &list->item[i];
        switch (r->kind) {
        case GODWIT_TRIGGER_SEND:
            send_up(r->octets);
            break;
        case GODWIT_TRIGGER_STORE:
            if (godwit_nvm_write(&d.nvm, r->octets) != GODWIT_OK) {
                die(d.nvm.why);
            }
            break;
        case GODWIT_TRIGGER_DELIVER:
            deliver(&r->delivery);
            break;
        case GODWIT_TRIGGER_DERIVE:
            derive(r->association);
            return;
        case GODWIT_TRIGGER_TIMER:
            d.trigger_at = deadline(r->delay_ms);
            break;
        case GODWIT_TRIGGER_EVENT:
            tell("trigger", r->name, r->reason);
            break;
        }
    }
    if (status != GODWIT_OK) {
        tell("trigger", "error", status);
    }
    while (d.done_count > 0) {
        godwit_trigger_requests_t next;
        uint32_t reference = d.done[--d.done_count];
        carry_out_trigger(godwit_trigger_done(&d.trigger, reference, GODWIT_A3_DELIVERED, &next), &next);
    }
}

static void take_message(godwit_slice_t octets, godwit_trigger_via_t via, bool answers)
{
    uint8_t copy[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_trigger_requests_t list;
    if (octets.len > sizeof copy) {
        return;
    }
    memcpy(copy, octets.ptr, octets.len);
    d.said = false;
    carry_out_trigger(godwit_trigger_receive(&d.trigger, godwit_slice(copy, octets.len), via, now(), &list), &list);
    if (answers && !d.said) {
        (void)send_nas(godwit_slice(NULL, 0));
    }
}

/* ---- the access library ---- */

static void authenticate(const godwit_access_request_t *r)
{
    godwit_usim_result_t result;
    godwit_access_requests_t list;
    if (godwit_usim_soft_authenticate(&d.card, r->rand, r->autn, &result) != GODWIT_OK) {
        die(d.card.why);
    }
    carry_out_access(godwit_access_usim_result(&d.access, &result, &list), &list);
}

static void take_root(const godwit_access_request_t *r)
{
    godwit_trigger_requests_t list;
    printf("root kind=%d\n", (int)r->root_kind);
    carry_out_trigger(godwit_trigger_root(&d.trigger, r->root_kind, r->root, r->rand, &list), &list);
}

static void take_key(const godwit_iwf_key_t *key)
{
    godwit_trigger_requests_t list;
    printf("ue-key association=%u\n", (unsigned)key->association);
    carry_out_trigger(godwit_trigger_ue_key(&d.trigger, key, &list), &list);
}

static void carry_out_access(godwit_status_t status, const godwit_access_requests_t *list)
{
    for (size_t i = 0; status == GODWIT_OK && i < list->count; i++) {
        const godwit_access_request_t *r = &list->item[i];
        switch (r->kind) {
        case GODWIT_ACCESS_SEND:
            (void)!send(d.radio, r->octets.ptr, r->octets.len, 0);
            break;
        case GODWIT_ACCESS_AUTHENTICATE:
            authenticate(r);
            return;
        case GODWIT_ACCESS_TIMER:
            d.access_at = deadline(r->delay_ms);
            break;
        case GODWIT_ACCESS_ROOT:
            take_root(r);
            break;
        case GODWIT_ACCESS_TRIGGER:
            take_message(r->octets, r->by_sms ? GODWIT_TRIGGER_VIA_SMS : GODWIT_TRIGGER_VIA_NAS, r->answers);
            return;
        case GODWIT_ACCESS_UE_KEY:
            take_key(r->ue_key);
            return;
        case GODWIT_ACCESS_EVENT:
            tell("access", r->name, r->reason);
            break;
        default: /* of Solution 1 and of the next session, which are not set; N-PDUs have nobody to go to */
            break;
        }
    }
    if (status != GODWIT_OK) {
        tell("access", "error", status);
    }
}

/* ---- opening ---- */

static int connect_to(const char *where)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(where, ':');
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (colon == NULL || (size_t)(colon - where) >= sizeof host || s < 0) {
        die("not ADDRESS:PORT");
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
        connect(s, (struct sockaddr *)&address, sizeof address) != 0) {
        die("no connection");
    }
    return s;
}

static const char *option(int argc, char **argv, const char *name)
{
    size_t len = strlen(name);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=') {
            return argv[i] + len + 1;
        }
    }
    return NULL;
}

static const char *need(int argc, char **argv, const char *name)
{
    const char *value = option(argc, argv, name);
    if (value == NULL) {
        die(name);
    }
    return value;
}

static void configure(int argc, char **argv)
{
    godwit_access_config_t *a = &d.access_config;
    godwit_trigger_config_t *t = &d.trigger_config;
    const char *roots = option(argc, argv, "roots");
    if (godwit_imsi_from_text(need(argc, argv, "imsi"), &a->imsi) != GODWIT_OK ||
        godwit_plmn_from_text(need(argc, argv, "home"), &a->home) != GODWIT_OK ||
        godwit_plmn_from_text(need(argc, argv, "serving"), &a->serving_network) != GODWIT_OK) {
        die("imsi, home or serving");
    }
    a->crypto = t->crypto = &godwit_crypto_builtin;
    a->kind = GODWIT_ACCESS_EPS;
    a->trigger = true;
    a->me_derives = true;
    a->retransmit_ms = 1000;
    t->imsi = a->imsi;
    t->iwf = godwit_slice_of_string(need(argc, argv, "iwf"));
    t->roots = roots != NULL && strstr(roots, "kasme") != NULL ? 1u << (GODWIT_IWF_ROOT_KASME - 1) : 0;
    t->roots |= (uint8_t)(roots != NULL && strstr(roots, "flagged") != NULL ? 1u << (GODWIT_IWF_ROOT_FLAGGED - 1) : 0);
    t->ue_key_received = option(argc, argv, "received") != NULL;
    t->accept_network = option(argc, argv, "network") != NULL;
    t->retransmit_ms = 500;
}

static void open_all(int argc, char **argv)
{
    uint8_t record[GODWIT_TRIGGER_RECORD];
    size_t len = 0;
    godwit_trigger_requests_t list = {.count = 0};
    if (godwit_usim_soft_open(&d.card, need(argc, argv, "usim"), &godwit_crypto_builtin, NULL) != GODWIT_OK) {
        die(d.card.why);
    }
    if (godwit_access_init(&d.access, &d.access_config) != GODWIT_OK ||
        godwit_trigger_init(&d.trigger, &d.trigger_config) != GODWIT_OK) {
        die("these options cannot be");
    }
    if (godwit_nvm_open(&d.nvm, need(argc, argv, "state"), NULL) != GODWIT_OK) {
        die(d.nvm.why);
    }
    d.access_at = d.trigger_at = -1;
    d.radio = connect_to(need(argc, argv, "radio"));
    d.a3 = option(argc, argv, "a3") != NULL ? connect_to(option(argc, argv, "a3")) : -1;
    if (godwit_nvm_read(&d.nvm, record, sizeof record, &len) == GODWIT_OK) {
        tell("trigger", "restored", godwit_trigger_restore(&d.trigger, godwit_slice(record, len)));
        godwit_trigger_resume(&d.trigger, &list);
        carry_out_trigger(GODWIT_OK, &list);
    }
}

/* ---- running ---- */

static bool obey(const char *line)
{
    godwit_access_requests_t access;
    godwit_trigger_requests_t trigger;
    if (strcmp(line, "attach") == 0) {
        carry_out_access(godwit_access_attach(&d.access, &access), &access);
    } else if (strcmp(line, "idle") == 0) {
        carry_out_access(godwit_access_idle(&d.access, &access), &access);
    } else if (strcmp(line, "detach") == 0) {
        carry_out_access(godwit_access_detach(&d.access, &access), &access);
    } else if (strcmp(line, "wifi") == 0) {
        d.on_wifi = true;
        static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {7};
        carry_out_trigger(godwit_trigger_poll(&d.trigger, drawn, &trigger), &trigger);
    } else if (strcmp(line, "radio") == 0) {
        d.on_wifi = false;
    } else if (strcmp(line, "quit") == 0) {
        return false;
    }
    return true;
}

static void receive(int s, bool a3)
{
    uint8_t octets[GODWIT_ACCESS_FRAME_MAX + 1];
    ssize_t n = recv(s, octets, sizeof octets, MSG_DONTWAIT);
    if (n < 0 || (size_t)n > GODWIT_ACCESS_FRAME_MAX) {
        return;
    }
    if (a3) {
        take_message(godwit_slice(octets, (size_t)n), GODWIT_TRIGGER_VIA_A3, false);
    } else {
        godwit_access_requests_t list;
        carry_out_access(godwit_access_receive(&d.access, godwit_slice(octets, (size_t)n), &list), &list);
    }
}

static void run_timers(void)
{
    godwit_access_requests_t access;
    godwit_trigger_requests_t trigger;
    if (d.access_at >= 0 && now_ms() >= d.access_at) {
        d.access_at = -1;
        carry_out_access(godwit_access_timer(&d.access, &access), &access);
    }
    if (d.trigger_at >= 0 && now_ms() >= d.trigger_at) {
        d.trigger_at = -1;
        carry_out_trigger(godwit_trigger_timer(&d.trigger, &trigger), &trigger);
    }
    send_held();
}

int main(int argc, char **argv)
{
    char line[64];
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);
    configure(argc, argv);
    open_all(argc, argv);
    printf("ready\n");
    for (;;) {
        struct pollfd polled[3] = {{0, POLLIN, 0}, {d.radio, POLLIN, 0}, {d.a3, POLLIN, 0}};
        (void)poll(polled, 3, RETRY_MS);
        if (polled[0].revents != 0) {
            if (fgets(line, sizeof line, stdin) == NULL) {
                break;
            }
            line[strcspn(line, "\n")] = '\0';
            if (!obey(line)) {
                break;
            }
        }
        receive(d.radio, false);
        if (d.a3 >= 0) {
            receive(d.a3, true);
        }
        run_timers();
    }
    godwit_usim_soft_close(&d.card);
    godwit_nvm_close(&d.nvm);
    return 0;
}
