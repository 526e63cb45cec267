/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: requests to the caller, and what goes into messages of both systems: PCO, APN, reasons. It never
 * shows a key but in KEY_SET.
 */
#include <string.h>

#include "device/access/trigger.h"

#define SHIFT_MAX 8u /* doublings of the wait, so that it stays a number */
#define LABEL_MAX 63u

/* ---- requests ---- */

void godwit_access_begin(godwit_access_t *access, godwit_access_requests_t *requests)
{
    requests->count = 0;
    godwit_wipe(access->key_set, sizeof access->key_set);
    godwit_wipe(access->next.record, sizeof access->next.record);
    godwit_access_trigger_hide(access);
    access->out = godwit_writer(access->sends, sizeof access->sends);
}

godwit_access_request_t *godwit_access_ask_for(godwit_access_requests_t *requests, godwit_access_request_kind_t kind)
{
    size_t at = requests->count < GODWIT_ACCESS_REQUESTS_MAX ? requests->count++ : GODWIT_ACCESS_REQUESTS_MAX - 1u;
    memset(&requests->item[at], 0, sizeof requests->item[at]);
    requests->item[at].kind = kind;
    return &requests->item[at];
}

void godwit_access_event(godwit_access_requests_t *requests, const char *name, godwit_status_t reason)
{
    godwit_access_request_t *event = godwit_access_ask_for(requests, GODWIT_ACCESS_EVENT);
    event->name = name;
    event->reason = reason;
}

void godwit_access_timer_set(godwit_access_t *access, godwit_access_requests_t *requests)
{
    access->sms.ticks = false;
    unsigned doublings = access->exchange.sendings > 0 ? access->exchange.sendings - 1u : 0u;
    uint32_t first = access->config.retransmit_ms;
    godwit_access_ask_for(requests, GODWIT_ACCESS_TIMER)->delay_ms = first
                                                                     << (doublings < SHIFT_MAX ? doublings : SHIFT_MAX);
}

/* What comes the other way meanwhile does not put off the tick: what was lost would never be said again. */
void godwit_access_timer_cancel(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const bool busy = godwit_sms_link_busy(&access->sms.link);
    if (!busy || !access->sms.ticks) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_TIMER)->delay_ms = busy ? GODWIT_SMS_TICK_MS : 0;
    }
    access->sms.ticks = busy;
}

static void keep_answer(godwit_access_t *access, godwit_slice_t frame)
{
    access->answer_len = 0;
    if (frame.len <= sizeof access->answer) {
        memcpy(access->answer, frame.ptr, frame.len);
        memcpy(access->answered, access->incoming, sizeof access->answered);
        access->answer_len = (uint16_t)frame.len;
        access->repeats = 0;
    }
}

void godwit_access_send_from(godwit_access_t *access, size_t from, bool answers, godwit_access_requests_t *requests)
{
    godwit_slice_t frame = godwit_slice(access->sends + from, access->out.len - from);
    godwit_access_ask_for(requests, GODWIT_ACCESS_SEND)->octets = frame;
    if (answers) {
        keep_answer(access, frame);
    }
}

/* In UMTS the device says what it can with its first message of a connection, so that the security mode can repeat
 * it. */
godwit_radio_capability_t godwit_access_radio_capability(const godwit_access_t *access)
{
    const godwit_access_config_t *c = &access->config;
    unsigned geran = c->kind == GODWIT_ACCESS_GERAN ? GODWIT_RADIO_GERAN : 0;
    unsigned uea = (c->eea & 0x80u ? 1u << GODWIT_UEA0 : 0) | (c->eea & 0x40u ? 1u << GODWIT_UEA2 : 0);
    unsigned uia = (c->eia & 0x80u ? 1u << GODWIT_UIA0 : 0) | (c->eia & 0x40u ? 1u << GODWIT_UIA2 : 0);
    return (godwit_radio_capability_t){(uint8_t)(geran | uea), (uint8_t)uia};
}

godwit_status_t godwit_access_send_frame(godwit_access_t *access, godwit_radio_kind_t kind, godwit_slice_t octets,
                                         bool answers, godwit_access_requests_t *requests)
{
    size_t from = access->out.len;
    godwit_radio_frame_t frame = {
        .kind = kind, .octets = octets, .nsapi = access->bearer, .capability = godwit_access_radio_capability(access)};
    godwit_status_t status = access->secured ? godwit_radio_protected_create(&access->radio, &frame, &access->out)
                                             : godwit_radio_build(&frame, &access->out);
    if (status == GODWIT_OK) {
        godwit_access_send_from(access, from, answers, requests);
    }
    return status;
}

void godwit_access_give_container(const godwit_access_t *access, godwit_slice_t pco, godwit_access_requests_t *requests)
{
    godwit_slice_t contents = godwit_slice(NULL, 0);
    if (!access->config.e2m) {
        return;
    }
    if (!access->container_sent || pco.ptr == NULL ||
        godwit_pco_find(pco, GODWIT_PCO_OPERATOR, &contents) != GODWIT_OK) {
        contents = godwit_slice(NULL, 0);
    }
    godwit_access_ask_for(requests, GODWIT_ACCESS_CONTAINER)->octets = contents;
}

/* ---- contents ---- */

godwit_status_t godwit_access_pco(godwit_access_t *access, godwit_writer_t *w)
{
    godwit_pco_unit_t unit = {GODWIT_PCO_OPERATOR, godwit_slice(access->container, access->container_len)};
    return access->container_len > 0 ? godwit_pco_build(&unit, 1, w) : GODWIT_OK;
}

void godwit_access_apn(const godwit_access_t *access, godwit_writer_t *w)
{
    godwit_slice_t text = access->config.apn;
    size_t start = 0;
    for (size_t at = 0; text.len > 0 && at <= text.len; at++) {
        if (at == text.len || text.ptr[at] == '.') {
            size_t len = at - start; /* at most LABEL_MAX: the name is canonical */
            godwit_put_u8(w, (uint8_t)(len & LABEL_MAX));
            godwit_put(w, text.ptr + start, len);
            start = at + 1;
        }
    }
}

/* ---- reasons ---- */

typedef struct reason {
    uint8_t cause;
    uint8_t status;
} reason_t;

static godwit_status_t look_up(const reason_t *table, size_t count, uint8_t cause)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].cause == cause) {
            return (godwit_status_t)table[i].status;
        }
    }
    return cause >= 95 ? GODWIT_MALFORMED : GODWIT_PEER_INTERNAL; /* 95 to 111 are protocol errors, in all four lists */
}

/* TS 24.301 9.9.3.9 and TS 24.008 10.5.5.14 share their numbers up to 22. */
godwit_status_t godwit_access_mobility_reason(uint8_t cause)
{
    static const reason_t table[] = {
        {2, GODWIT_UNKNOWN_SUBSCRIBER}, {3, GODWIT_NOT_ENTITLED},    {7, GODWIT_NOT_ENTITLED},
        {8, GODWIT_NOT_ENTITLED},       {9, GODWIT_UNKNOWN_SESSION}, {10, GODWIT_UNKNOWN_SESSION},
        {11, GODWIT_NOT_ENTITLED},      {14, GODWIT_NOT_ENTITLED},   {15, GODWIT_NOT_ENTITLED},
        {20, GODWIT_AUTH_MAC_FAILURE},  {21, GODWIT_AUTH_RESYNC},    {22, GODWIT_OVERLOAD},
        {23, GODWIT_POLICY_FORBIDS},    {24, GODWIT_POLICY_FORBIDS}, {26, GODWIT_POLICY_FORBIDS},
        {40, GODWIT_UNKNOWN_SESSION},
    };
    return look_up(table, sizeof table / sizeof table[0], cause);
}

/* TS 24.301 9.9.4.4 and TS 24.008 10.5.6.6. 30: the gateway refuses, as it does a container with another's IMSI. */
godwit_status_t godwit_access_session_reason(uint8_t cause)
{
    static const reason_t table[] = {
        {8, GODWIT_NOT_ENTITLED},  {26, GODWIT_OVERLOAD},        {27, GODWIT_NOT_ENTITLED},
        {29, GODWIT_NOT_ENTITLED}, {30, GODWIT_NOT_ENTITLED},    {31, GODWIT_POLICY_FORBIDS},
        {33, GODWIT_NOT_ENTITLED}, {43, GODWIT_UNKNOWN_SESSION}, {36, GODWIT_OK},
        {39, GODWIT_OK},
    };
    return look_up(table, sizeof table / sizeof table[0], cause);
}
