/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE with an end-to-end session, given anything in any order: operations, each an octet of kind, an octet of
 * length and its octets. What comes as datagrams is nobody's that has proved anything: it moves no record but for the
 * few Rejects that go to where the device was heard, takes no more room than its share, and gets a stranger no answer
 * longer than three times what he sent. What EESE and EAS say may be any nonsense. Between the operations memory and
 * store must agree.
 */
#include "fuzz/fuzz.h"
#include "roles/hse/internal.h"
#include "tests/support/hse_e2e.h"

#include <stdlib.h>
#include <string.h>

enum {
    STRANGER,
    PLACE,
    UP,
    UP_ANSWER,
    RENEW,
    DOWN,
    EESE_ANSWER,
    CONTROL,
    AGENDA,
    TIME,
    RESTART,
    COMMITS,
    QUEUE,
    OPERATIONS
};

static hse_world_t w;
static hse_device_t device;
static godwit_emsdp_key_t plane;
static bool commits_failed; /* then memory may know less than the store */

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- what must hold ---- */

static void memory_agrees_with_store(void)
{
    for (size_t i = 0; i < HSE_SESSIONS && !commits_failed; i++) {
        const godwit_session_record_t *memory = &w.sessions[i].record;
        if (!w.sessions[i].used) {
            continue;
        }
        const godwit_session_record_t *stored = hse_stored(&w, memory->session_id);
        check(stored != NULL && stored->state == memory->state && stored->end_to_end == memory->end_to_end);
        check(memcmp(&stored->e2e, &memory->e2e, sizeof stored->e2e) == 0);
        check(memcmp(&stored->e2e_next, &memory->e2e_next, sizeof stored->e2e_next) == 0);
        check(stored->current.cp_next_in == memory->current.cp_next_in);
        check(memory->current.cp_next_out <= stored->current.cp_limit_out);
        check(memory->e2e_next.age == 0 || memory->e2e_next.age > memory->e2e.age ||
              memory->e2e_next_key_set != memory->e2e_key_set);
    }
}

static void shares_are_kept(void)
{
    size_t strangers = 0, own = 0, held = 0;
    for (size_t i = 0; i < HSE_FORWARDS; i++) {
        strangers += w.forwards[i].used && w.forwards[i].stranger;
        own += w.forwards[i].used && !w.forwards[i].stranger;
    }
    for (size_t i = 0; i < HSE_HELD; i++) {
        held += w.held[i].used;
    }
    check(strangers <= 2 && own <= 8 && held <= 4);
}

static size_t octets_sent(void)
{
    size_t sent = 0;
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM); i++) {
        sent += owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, i)->octets.len;
    }
    return sent;
}

static void nothing_is_read_here(void)
{
    check(owner_count(&w.owner, GODWIT_REQUEST_DELIVER) == 0);
}

/* ---- operations ---- */

static uint8_t at(godwit_slice_t octets, size_t i)
{
    return i < octets.len ? octets.ptr[i] : 0;
}

static void stranger(godwit_slice_t octets)
{
    const godwit_address_t from = owner_address((uint8_t)(200 + at(octets, 0) % 4));
    owner_give_datagram(&w.owner, &from, octets);
    check(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT) == 0);
    check(octets_sent() <= 3 * octets.len);
}

static godwit_e2e_terms_t terms(godwit_slice_t octets)
{
    return (godwit_e2e_terms_t){.service = (godwit_service_t)(at(octets, 1) & 3),
                                .suite = at(octets, 2),
                                .key_id = at(octets, 3),
                                .age = at(octets, 4)};
}

static void from_eese(godwit_slice_t octets)
{
    const godwit_e2e_terms_t t = terms(octets);
    godwit_message_t m = hse_renewal(&device, (godwit_e2e_renewal_t)(at(octets, 0) & 3), &t);
    m.hop = (godwit_hop_t)(at(octets, 5) & 1);
    m.u.e2e_renew.key_set += at(octets, 6);
    m.u.e2e_renew.path.session_id += at(octets, 7);
    owner_give_message(&w.owner, &m);
}

static void answer(godwit_message_kind_t kind, godwit_slice_t octets)
{
    godwit_message_t m = {.kind = kind,
                          .hop = GODWIT_HOP_TLS,
                          .origin_host = HSE_EAS,
                          .transaction = w.hse.next_transaction - (at(octets, 0) & 15)};
    if (kind == GODWIT_USER_PLANE_UP_ANSWER) {
        m.u.user_plane_answer.status = (godwit_status_t)at(octets, 1);
        m.u.user_plane_answer.highest = (at(octets, 2) & 1) != 0;
    } else {
        m.u.e2e_session_answer.status = (godwit_status_t)(at(octets, 5) & 15);
        m.u.e2e_session_answer.terms = terms(octets);
    }
    owner_give_message(&w.owner, &m);
}

static void control(godwit_slice_t octets)
{
    static const uint8_t commands[] = {GODWIT_MANAGE_KEYS_RESPONSE, GODWIT_MANAGE_KEYS_REQUEST, GODWIT_MESSAGE_REJECT,
                                       GODWIT_SESSION_TERMINATE_REQUEST};
    uint8_t command = commands[at(octets, 0) & 3];
    godwit_emsdp_control_t m = {.command = command};
    uint8_t inner[64];
    if (command == GODWIT_MANAGE_KEYS_REQUEST && (at(octets, 5) & 1) != 0) { /* to be acknowledged */
        hse_seal_plane(&device, &plane, "keep me");
        size_t len = device.sent_len < sizeof inner ? device.sent_len : sizeof inner;
        memcpy(inner, device.sent, len);
        m.present = 1u << GODWIT_TLV_DATA;
        m.data = godwit_slice(inner, len - (at(octets, 6) & 7));
    } else if (command == GODWIT_MANAGE_KEYS_REQUEST) {
        m.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST;
        m.enterprise = hse_slice((at(octets, 1) & 7) == 7 ? "other.example" : HSE_EAS);
        m.service = (godwit_service_t)(1 + at(octets, 2) % 3);
        m.service_suites = (uint16_t)(1u | at(octets, 3));
        m.service_age = at(octets, 4);
    } else if (command == GODWIT_MESSAGE_REJECT) {
        const godwit_session_record_t *record = hse_stored(&w, device.key.hot.session_id);
        m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
        m.reason = GODWIT_POLICY_FORBIDS;
        if (record != NULL && record->pending_len >= sizeof m.echo) {
            memcpy(m.echo, record->pending + record->pending_len - sizeof m.echo, sizeof m.echo);
        }
    }
    hse_seal_control(&device, command, &m);
    hse_give(&w, &device);
}

static void operate(uint8_t kind, godwit_slice_t octets)
{
    switch (kind % OPERATIONS) {
    case STRANGER:
        stranger(octets);
        break;
    case PLACE:
        owner_give_datagram(&w.owner, &device.from, octets);
        check(octets_sent() <= 64);
        break;
    case UP:
        if (plane.hot.up_next_out < 1000) {
            hse_seal_plane(&device, &plane, "reading");
            hse_give(&w, &device);
        }
        break;
    case UP_ANSWER:
        answer(GODWIT_USER_PLANE_UP_ANSWER, octets);
        break;
    case RENEW:
        from_eese(octets);
        break;
    case DOWN:
        hse_give_down(&w, &device, (at(octets, 0) & 3) == 3 ? "other.example" : HSE_EAS,
                      (godwit_hop_t)(at(octets, 0) >> 2 & 1), octets);
        check(hse_messages(&w, GODWIT_USER_PLANE_DOWN_ANSWER) == 1);
        break;
    case EESE_ANSWER:
        answer(GODWIT_E2E_SESSION_ANSWER, octets);
        break;
    case CONTROL:
        control(octets);
        break;
    case AGENDA:
        owner_give_timer(&w.owner, (at(octets, 0) & 1) != 0 ? device.key.hot.session_id : GODWIT_HSE_TIMER_AGENDA);
        break;
    case RESTART:
        hse_world_restart(&w);
        break;
    case COMMITS:
        w.owner.fail_commits = !w.owner.fail_commits;
        commits_failed = true;
        break;
    case QUEUE:
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                               .imsi = device.imsi,
                                               .datagram = octets,
                                               .queue = true,
                                               .submit_id = {at(octets, 0)}});
        break;
    default:
        w.owner.now_ms += octets.len > 1 ? (uint64_t)octets.ptr[0] << (octets.ptr[1] & 31) : 1000;
        break;
    }
    nothing_is_read_here();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hse_e2e_init(&w, &device);
    w.config.downlink_per_device = 2;
    hse_world_restart(&w);
    commits_failed = false;
    hse_e2e_set_up(&w, &device);
    plane = hse_plane(&w, &device, 1, 1);
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    while (r.left > 0) {
        uint8_t kind = godwit_get_u8(&r), len = godwit_get_u8(&r);
        size_t taken = len < r.left ? len : r.left;
        operate(kind, godwit_get_slice(&r, taken));
        memory_agrees_with_store();
        shares_are_kept();
    }
    return 0;
}
