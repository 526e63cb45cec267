/* SPDX-License-Identifier: Apache-2.0
 *
 * Carrying out what access and trigger library ask. A list lives until the next call of its library: what must call it
 * again stands last, or waits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/device_host.h"
#include "cli/listen.h"

static godwit_trigger_now_t now(void)
{
    return (godwit_trigger_now_t){
        .up_ms = (uint64_t)cli_now_ms()}; /* as a device without a clock: what it is told is enough */
}

static int64_t deadline(uint32_t delay_ms)
{
    return delay_ms > 0 ? cli_now_ms() + delay_ms : -1;
}

/* One line, as the log of godwitd has them: these come one after the other for as long as the device lives. */
static void print_line(const json_t *members)
{
    const char *name = NULL, *before = "";
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)members, name, value)
    {
        const char *text = json_string_value(value);
        const bool plain = text != NULL && strpbrk(text, " ") == NULL;
        char *dumped = plain ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        printf("%s%s=%s", before, name, plain ? text : dumped != NULL ? dumped : "");
        free(dumped);
        before = " ";
    }
    putchar('\n');
}

void listen_tell(const listen_t *l, json_t *members)
{
    if (l->args->json) {
        (void)cli_print(l->args, members);
    } else {
        print_line(members);
        json_decref(members);
    }
    (void)fflush(stdout);
}

static void tell_event(const listen_t *l, const char *of, const char *name, godwit_status_t reason)
{
    json_t *members = json_pack("{s:s, s:s}", "event", name, "of", of);
    if (reason != GODWIT_OK) {
        (void)json_object_set_new(members, "reason", json_string(godwit_status_name(reason)));
    }
    listen_tell(l, members);
}

/* ---- up ---- */

static void send_a3(const listen_t *l, godwit_slice_t octets)
{
    uint8_t room[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(room, sizeof room);
    if (l->a3 >= 0 && godwit_a3_datagram_build(&l->trigger_config.imsi, octets, &w) == GODWIT_OK) {
        (void)send(l->a3, room, w.len, 0); /* lost, as any datagram may be: it is said again */
    }
}

/* False: not now. */
static bool send_by_access(listen_t *l, godwit_slice_t octets)
{
    godwit_access_requests_t list;
    const godwit_status_t status = godwit_access_trigger(&l->access, octets, &list);
    if (status == GODWIT_OK) {
        listen_settle_access(l, status, &list);
    }
    return status != GODWIT_AGAIN;
}

static void send_up(listen_t *l, godwit_slice_t octets, godwit_trigger_via_t via)
{
    l->said = true;
    if (l->radio < 0 || via == GODWIT_TRIGGER_VIA_A3) {
        send_a3(l, octets);
    } else if (!send_by_access(l, octets) && l->held_count < LISTEN_HELD_MAX) {
        l->held[l->held_count].len = octets.len;
        memcpy(l->held[l->held_count++].octets, octets.ptr, octets.len);
    }
}

void listen_send_held(listen_t *l)
{
    while (l->held_count > 0 && send_by_access(l, godwit_slice(l->held[0].octets, l->held[0].len))) {
        l->held_count--;
        memmove(&l->held[0], &l->held[1], l->held_count * sizeof l->held[0]);
    }
}

/* ---- the trigger library ---- */

static void store(listen_t *l, godwit_slice_t record)
{
    if (godwit_nvm_write(&l->nvm, record) != GODWIT_OK) {
        l->code = cli_fail(l->args, CLI_FILE, "%s", l->nvm.why);
    }
}

/* The library gives no more at a time than the queue takes. */
static void queue(listen_t *l, const godwit_trigger_delivery_t *delivery)
{
    if (l->queued < LISTEN_QUEUE_MAX && delivery->payload.len <= GODWIT_TRIGGER_PAYLOAD_MAX) {
        listen_trigger_t *t = &l->queue[l->queued++];
        t->delivery = *delivery;
        memcpy(t->payload, delivery->payload.ptr, delivery->payload.len);
        t->delivery.payload.ptr = t->payload;
    }
}

static void derive(listen_t *l, uint32_t association)
{
    uint8_t k_iwf[32] = {0};
    godwit_trigger_requests_t list;
    const godwit_status_t status = godwit_usim_soft_k_iwf(&l->card, l->trigger_config.iwf, association, k_iwf);
    listen_settle_trigger(l, godwit_trigger_derived(&l->trigger, status, k_iwf, now(), &list), &list);
    godwit_wipe(k_iwf, sizeof k_iwf);
}

/* False: the rest of the list is not carried out. */
static bool carry_out_trigger(listen_t *l, const godwit_trigger_request_t *r)
{
    switch (r->kind) {
    case GODWIT_TRIGGER_SEND:
        send_up(l, r->octets, r->via);
        break;
    case GODWIT_TRIGGER_STORE:
        store(l, r->octets);
        break;
    case GODWIT_TRIGGER_DELIVER:
        queue(l, &r->delivery);
        break;
    case GODWIT_TRIGGER_DERIVE:
        derive(l, r->association);
        return false;
    case GODWIT_TRIGGER_TIMER:
        l->trigger_at = deadline(r->delay_ms);
        break;
    case GODWIT_TRIGGER_EVENT:
        tell_event(l, "trigger", r->name, r->reason);
        break;
    }
    return l->code == CLI_OK;
}

void listen_settle_trigger(listen_t *l, godwit_status_t status, const godwit_trigger_requests_t *list)
{
    bool on = status == GODWIT_OK;
    for (size_t i = 0; on && i < list->count; i++) {
        on = carry_out_trigger(l, &list->item[i]);
    }
    if (status != GODWIT_OK) {
        tell_event(l, "trigger", "error", status);
    }
}

void listen_take(listen_t *l, godwit_slice_t octets, godwit_trigger_via_t via, bool answers)
{
    uint8_t copy[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_trigger_requests_t list;
    if (octets.len > sizeof copy) {
        return;
    }
    if (octets.len > 0) {
        memcpy(copy, octets.ptr, octets.len); /* the access library may be called before this is over */
    }
    l->said = false;
    listen_settle_trigger(l, godwit_trigger_receive(&l->trigger, godwit_slice(copy, octets.len), via, now(), &list),
                          &list);
    if (answers && !l->said) {
        (void)send_by_access(l, godwit_slice(NULL, 0));
    }
}

/* ---- the access library ---- */

static void authenticate(listen_t *l, const godwit_access_request_t *r)
{
    godwit_usim_result_t result;
    godwit_access_requests_t list;
    if (godwit_usim_soft_authenticate(&l->card, r->rand, r->autn, &result) != GODWIT_OK) {
        l->code = cli_fail(l->args, CLI_FILE, "%s", l->card.why);
        return;
    }
    listen_settle_access(l, godwit_access_usim_result(&l->access, &result, &list), &list);
    godwit_wipe(&result, sizeof result);
}

static void take_root(listen_t *l, const godwit_access_request_t *r)
{
    godwit_trigger_requests_t list;
    listen_settle_trigger(l, godwit_trigger_root(&l->trigger, r->root_kind, r->root, r->rand, &list), &list);
}

static void take_key(listen_t *l, const godwit_iwf_key_t *key)
{
    godwit_trigger_requests_t list;
    listen_settle_trigger(l, godwit_trigger_ue_key(&l->trigger, key, &list), &list);
}

static void note(listen_t *l, const godwit_access_request_t *r)
{
    l->attached = l->attached || strcmp(r->name, "attached") == 0;
    if (r->reason != GODWIT_OK && l->refusal != GODWIT_AUTH_MAC_FAILURE && l->refusal != GODWIT_MAC_FAILURE) {
        l->refusal = r->reason; /* what the network says to what the device itself has found says less */
    }
    tell_event(l, "access", r->name, r->reason);
}

/* False: the rest of the list is not carried out. */
static bool carry_out_access(listen_t *l, const godwit_access_request_t *r)
{
    switch (r->kind) {
    case GODWIT_ACCESS_SEND:
        (void)send(l->radio, r->octets.ptr, r->octets.len, 0); /* lost, as on any radio */
        break;
    case GODWIT_ACCESS_AUTHENTICATE:
        authenticate(l, r);
        return false;
    case GODWIT_ACCESS_TIMER:
        l->access_at = deadline(r->delay_ms);
        break;
    case GODWIT_ACCESS_ROOT:
        take_root(l, r);
        break;
    case GODWIT_ACCESS_TRIGGER:
        listen_take(l, r->octets, r->by_sms ? GODWIT_TRIGGER_VIA_SMS : GODWIT_TRIGGER_VIA_NAS, r->answers);
        return false;
    case GODWIT_ACCESS_UE_KEY:
        take_key(l, r->ue_key);
        return false;
    case GODWIT_ACCESS_EVENT:
        note(l, r);
        break;
    default: /* of Solution 1 and of the next session, which are not asked for; readings have nobody here */
        break;
    }
    return l->code == CLI_OK;
}

void listen_settle_access(listen_t *l, godwit_status_t status, const godwit_access_requests_t *list)
{
    bool on = status == GODWIT_OK;
    for (size_t i = 0; on && i < list->count; i++) {
        on = carry_out_access(l, &list->item[i]);
    }
    if (status != GODWIT_OK) {
        tell_event(l, "access", "error", status);
    }
}
