/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF's associations given anything in any order: operations, each an octet of kind, an octet of length and its
 * octets. What nobody proved commits nothing and moves no address; association numbers and COUNTs only rise, over
 * restarts and failed commits; no acknowledgement counts twice, and none that the device did not say; nobody is sent
 * more octets than came in his name.
 */
#include "fuzz/fuzz.h"
#include "tests/support/iwf_world.h"

#include <stdlib.h>
#include <string.h>

enum {
    DATAGRAM,
    T5,
    T4,
    REGISTERED,
    SECURING,
    HOME,
    KEY,
    COMPLETE,
    POLL,
    ACK,
    REJECT,
    SUBMIT,
    BEGIN,
    AKA,
    TIME,
    COMMITS,
    RESTART,
    OPERATIONS
};

static const godwit_address_t wifi = {.len = 6, .octets = {192, 0, 2, 1, 1, 1}};
static const godwit_address_t stranger = {.len = 6, .octets = {203, 0, 113, 1, 1, 1}};

static unsigned said; /* acknowledgements of the device */
static unsigned taken, failures;
static godwit_message_t question;
static bool was_asked;
static bool commanded; /* the device has an association */
static godwit_association_record_t before;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- what must hold ---- */

static void counts_rise(const godwit_association_t *old, const godwit_association_t *new)
{
    if (old->number != 0 && old->number == new->number) {
        check(new->next_down >= old->next_down &&new->up_highest >= old->up_highest);
        check(memcmp(old->k_iwf, new->k_iwf, sizeof old->k_iwf) == 0);
    }
}

static bool is_same(const godwit_association_t *a, const godwit_association_t *b)
{
    return a->number == b->number && a->confirmed == b->confirmed && a->next_down == b->next_down &&
           a->up_highest == b->up_highest && a->up_seen == b->up_seen && a->suite == b->suite;
}

static bool has_not_moved(const godwit_association_record_t *now)
{
    return now->last_number == before.last_number && now->command_len == before.command_len &&
           is_same(&now->current, &before.current) && is_same(&now->next, &before.next);
}

static void look(bool proved)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    const godwit_association_record_t *now = iwf_record();
    const godwit_address_t at = godwit_iwf_a3_address(&iw.keys, &imsi, iw.owner.now_ms);
    check(at.len == 0 || godwit_address_equal(&at, &wifi));
    if (iw.owner.commit_failures > failures) { /* what was not durable was not taken */
        iw.acknowledged = taken;
    }
    taken = iw.acknowledged;
    failures = iw.owner.commit_failures;
    check(taken <= said);
    if (now != NULL) {
        check(now->last_number >= before.last_number && now->current.number >= before.current.number);
        check(proved || has_not_moved(now));
        check(now->next.number == 0 || now->next.number == now->last_number);
        counts_rise(&before.current, &now->current);
        counts_rise(&before.next, &now->current);
        before = *now;
    }
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE &&
            (r->message->kind == GODWIT_SUBSCRIBER_INFO_REQUEST || r->message->kind == GODWIT_IWF_KEY_REQUEST)) {
            question = *r->message;
            was_asked = true;
        } else if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_T5_DOWN) {
            check(r->message->u.t5_down.kind == GODWIT_T5_CONTAINER); /* this device derives */
        }
    }
}

/* The Command of the record, as the device takes it where it is of its own run. */
static bool take_command(void)
{
    const godwit_association_record_t *r = iwf_record();
    if (r == NULL || r->command_len == 0 || r->next.root != iw.kind ||
        memcmp(r->next.root_name, iw.root_name, sizeof iw.root_name) != 0) {
        return false;
    }
    uint8_t expected[32];
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    check(godwit_k_iwf(&godwit_crypto_builtin, iw.root, godwit_slice_of_string(IWF_HOST), &imsi, r->next.number,
                       expected) == GODWIT_OK);
    if (memcmp(expected, r->next.k_iwf, sizeof expected) != 0) {
        return false; /* a HSS that lied */
    }
    iwf_open_command(godwit_slice(r->command, r->command_len));
    commanded = true;
    return true;
}

/* ---- operations ---- */

static void container_of(godwit_slice_t octets, godwit_iwf_container_t *c)
{
    c->len = (uint8_t)(octets.len < sizeof c->octets ? octets.len : sizeof c->octets);
    if (c->len > 0) {
        memcpy(c->octets, octets.ptr, c->len);
    }
}

static void raw(unsigned kind, godwit_slice_t octets)
{
    godwit_iwf_container_t c = {0};
    container_of(octets, &c);
    if (kind == DATAGRAM) {
        owner_give_datagram(&iw.owner, &stranger, octets);
        check(iwf_datagrams_down() <= octets.len); /* whoever is named there gets no more than came */
    } else if (kind == T5) {
        iwf_from_device(&c);
    } else {
        godwit_message_t m = {.kind = GODWIT_T4_REPORT, .from = GODWIT_FUNCTION_SMS_SC};
        m.u.t4_report.imsi = owner_imsi(IWF_IMSI);
        m.u.t4_report.container_len = c.len;
        memcpy(m.u.t4_report.container, c.octets, c.len);
        owner_give_message(&iw.owner, &m);
    }
    said += kind != DATAGRAM && iw.up.unprotected && iw.up.kind == GODWIT_IWF_UP_ACKNOWLEDGED; /* the network's word */
    look(false);
}

/* honest: the key is that of the root. Else octets stand in its place, and in its head. */
static void answer(bool honest, godwit_slice_t octets)
{
    if (!was_asked) {
        return;
    }
    const bool hss = question.kind == GODWIT_SUBSCRIBER_INFO_REQUEST;
    godwit_message_t m = {.kind = hss ? GODWIT_SUBSCRIBER_INFO_ANSWER : GODWIT_IWF_KEY_ANSWER, .hop = GODWIT_HOP_TLS};
    m.transaction = question.transaction;
    if (hss && question.u.subscriber_info_request.key == GODWIT_IWF_KEY_NOT_WANTED) { /* where the device is */
        m.hop = honest ? GODWIT_HOP_TLS : (godwit_hop_t)(octets.len % 4);
        m.u.subscriber_info_answer.nodes = (uint8_t)(honest ? iw.named_count : octets.len);
        memcpy(m.u.subscriber_info_answer.node, iw.named, sizeof iw.named);
        was_asked = false;
        iwf_give(&m);
        look(true);
        return;
    }
    godwit_iwf_key_t *key = hss ? &m.u.subscriber_info_answer.key : &m.u.iwf_key_answer.key;
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    key->root = iw.kind;
    key->association = question.u.subscriber_info_request.association_above + 1;
    memcpy(key->root_name, iw.root_name, sizeof key->root_name);
    check(godwit_k_iwf(&godwit_crypto_builtin, iw.root, godwit_slice_of_string(IWF_HOST), &imsi, key->association,
                       key->key) == GODWIT_OK);
    if (!honest && octets.len >= 8) {
        key->root = (godwit_iwf_root_t)(octets.ptr[0] % 6);
        key->is_root = (octets.ptr[1] & 1) != 0;
        m.hop = (godwit_hop_t)(octets.ptr[2] % 4);
        key->association = godwit_load_u32(octets.ptr + 3);
        key->key[0] ^= octets.ptr[7];
        m.u.subscriber_info_answer.status = (octets.ptr[1] & 2) != 0 ? GODWIT_UNKNOWN_KEY : GODWIT_OK;
    }
    was_asked = false;
    iwf_give(&m);
    check(m.hop != GODWIT_HOP_OPEN || owner_count(&iw.owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
    look(true);
}

static void send_up(godwit_iwf_container_t c, godwit_slice_t how)
{
    const bool a3 = how.len > 0 && (how.ptr[0] & 1) != 0;
    if (how.len > 1) {
        c.octets[how.ptr[1] % c.len] ^= how.ptr[0] & 0xfe;
    }
    if (a3) {
        iwf_datagram(&wifi, &c);
    } else {
        iwf_from_device(&c);
    }
    look(true);
    if (how.len == 0) { /* the network says it twice */
        iwf_from_device(&c);
        look(true);
    }
}

static void device(unsigned kind, godwit_slice_t how)
{
    godwit_a3_message_t m = {.type = kind == POLL ? GODWIT_A3_POLL : GODWIT_A3_ACKNOWLEDGEMENT};
    m.acknowledgement.outcome = GODWIT_A3_DELIVERED;
    if (kind == POLL) {
        m.poll.next_down = 0;
    }
    if (kind == COMPLETE && take_command()) {
        send_up(iwf_complete(iw.suite, 0x0005), how);
    } else if (kind == REJECT) {
        send_up(iwf_hint(how.len > 0 ? (godwit_a3_reason_t)(1 + how.ptr[0] % GODWIT_A3_REASON_LAST)
                                     : GODWIT_A3_NO_ASSOCIATION),
                how);
    } else if (kind != COMPLETE && commanded) {
        said += kind == ACK;
        send_up(iwf_say(&m), how);
    }
}

static void others(unsigned kind, godwit_slice_t octets)
{
    godwit_message_t m = iwf_t5_up(kind == SECURING ? GODWIT_T5_SECURING : GODWIT_T5_REGISTERED);
    const uint8_t first = octets.len > 0 ? octets.ptr[0] : 0;
    switch (kind) {
    case REGISTERED:
    case SECURING:
        m.hop = (godwit_hop_t)(first % 4);
        owner_give_message(&iw.owner, &m);
        look(true);
        if ((first & 4) == 0 && iwf_located()) { /* else another operation says where it is, if anybody does */
            break;
        }
        return;
    case SUBMIT:
        if (octets.len <= GODWIT_TRIGGER_PAYLOAD_MAX) {
            owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = octets});
        }
        break;
    case BEGIN:
        owner_give_timer(&iw.owner, 0);
        break;
    case AKA:
        iwf_world_aka(first, GODWIT_IWF_ROOT_FLAGGED);
        return;
    case TIME:
        iw.owner.now_ms += UINT64_C(1000) * first;
        owner_give_timer(&iw.owner, GODWIT_IWF_VISIT_TIMERS + first % 4);
        break;
    case COMMITS:
        iw.owner.fail_commits = (first & 1) != 0;
        return;
    default:
        iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_HSS});
        return;
    }
    look(true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    iwf_world_setup(NULL);
    memset(&before, 0, sizeof before);
    said = taken = failures = 0;
    was_asked = commanded = false;
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    while (r.left >= 2) {
        const unsigned kind = godwit_get_u8(&r) % OPERATIONS;
        const size_t len = godwit_get_u8(&r);
        const godwit_slice_t octets = godwit_get_slice(&r, len < r.left ? len : r.left);
        if (kind <= T4) {
            raw(kind, octets);
        } else if (kind == HOME || kind == KEY) {
            answer(kind == HOME, octets);
        } else if (kind >= COMPLETE && kind <= REJECT) {
            device(kind, octets);
        } else {
            others(kind, octets);
        }
    }
    return 0;
}
