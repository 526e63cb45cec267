/* SPDX-License-Identifier: Apache-2.0
 *
 * MSC and service centre under whatever comes by their doors. An input is a list of entries: door (1) length (2)
 * octets. Doors: 0 a frame of a stranger; 1 a frame from the address of a device that is registered; 2 a NAS message of
 * that, properly protected; 3 a NAS message of a stranger, in clear; 4 a timer; 5 a TPDU down; 6 the SMS-SC answers; 7
 * the home answers; 8 a NAS message under a stored vector of a following session; 9 a TPDU up at the service centre; 10
 * a datagram of the HSE there; 11 a timer there; 12 T5 down: kind, hop, container or key; 13 the home or the MTC-IWF
 * answers; 14 T4 at the service centre: action, references, container; 15 the MTC-IWF asks for a key. What is
 * unprotected must not end the registration nor move its COUNTs, a stored vector is consumed once, and no key leaves by
 * an open way.
 */
#include "fuzz/fuzz.h"
#include "roles/msc.h"
#include "roles/msc/internal.h"
#include "roles/sms_sc.h"
#include "tests/support/owner.h"

#include <stdlib.h>
#include <string.h>

#define ROWS 4
#define TMSI_STORED 0x20004001U

static godwit_msc_t msc;
static godwit_msc_ue_t ues[ROWS];
static godwit_sms_sc_t sc;
static godwit_sms_sc_device_t devices[ROWS];
static owner_t node, centre;
static godwit_radio_security_t device; /* the registered one's end */
static uint32_t transaction;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void msc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_msc_step(role, in, out);
}

static void sc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sms_sc_step(role, in, out);
}

static void frame_from(uint8_t who, godwit_slice_t octets)
{
    owner_give(&node, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                        .port = GODWIT_PORT_RADIO,
                                        .from = owner_address(who),
                                        .datagram = octets});
    for (size_t i = 0; i < node.outbox.count; i++) {
        const godwit_request_t *r = &node.requests[i];
        transaction = r->kind == GODWIT_REQUEST_MESSAGE ? r->message->transaction : transaction;
    }
}

/* ---- a device that is registered, and a vector that is stored ---- */

static void register_device(void)
{
    static const uint8_t keys[32] = "not a key";
    godwit_msc_ue_t *ue = &msc.ues[0];
    memset(ue, 0, sizeof *ue);
    ue->state = GODWIT_MSC_REGISTERED;
    ue->imsi = owner_imsi("001010123456789");
    ue->address = owner_address(1);
    ue->connected = ue->has_keys = ue->accepted = true;
    ue->tmsi = 0x20004000U;
    ue->capability = GODWIT_RADIO_CAPABILITY_DEFAULT;
    godwit_radio_security_init(&ue->security, &godwit_crypto_builtin, keys, keys + 16, true);
    godwit_radio_security_init(&device, &godwit_crypto_builtin, keys, keys + 16, false);
    godwit_radio_agree(&ue->security, GODWIT_UEA2, GODWIT_UIA2, keys);
    godwit_radio_agree(&device, GODWIT_UEA2, GODWIT_UIA2, keys);
    ue->trigger.iwf = (godwit_trigger_node_t){GODWIT_FUNCTION_MTC_IWF, "iwf.example", "example"};
    ue->trigger.kind = GODWIT_IWF_ROOT_CK_IK;
    msc.top = 1;
    godwit_msc_file(&msc, ue);
}

static void store_vector(void)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_NEXT_SESSION;
    record.u.next_session.imsi = owner_imsi("001010000000003");
    record.u.next_session.expires_ms = UINT64_MAX;
    record.u.next_session.next = (godwit_next_session_t){.domain = GODWIT_NEXT_CS,
                                                         .plmn = {{0x00, 0xF1, 0x10}},
                                                         .ksi = 2,
                                                         .eea = GODWIT_UEA2,
                                                         .eia = GODWIT_UIA2,
                                                         .tmsi = TMSI_STORED,
                                                         .area = {0x12, 0x34, 0},
                                                         .capability_len = 2,
                                                         .capability = {5, 4},
                                                         .res_len = 8,
                                                         .res = {0xA5, 0x42, 0x11, 0xD5, 0xE3, 0xBA, 0x50, 0xBF}};
    owner_put(&node, &record);
}

static void begin(void)
{
    const godwit_msc_config_t config = {.crypto = &godwit_crypto_builtin,
                                        .plmn = {{0x00, 0xF1, 0x10}},
                                        .lac = 0x1234,
                                        .sms = true,
                                        .iwf_number = "491710760001",
                                        .next_session = true};
    const godwit_sms_sc_config_t sms = {
        .number = "491710760000", .iwf_host = "iwf.example", .iwf_number = "491710760001"};
    check(godwit_msc_init(&msc, &config, ues, ROWS) == GODWIT_OK);
    check(godwit_sms_sc_init(&sc, &sms, devices, ROWS) == GODWIT_OK);
    owner_init(&node, msc_step, &msc);
    owner_init(&centre, sc_step, &sc);
    transaction = 0;
    register_device();
    store_vector();
}

/* ---- doors ---- */

static void protect(godwit_slice_t nas)
{
    uint8_t octets[512];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_radio_frame_t inner = {.kind = GODWIT_RADIO_NAS, .octets = nas};
    if (nas.len < 400 && godwit_radio_protected_create(&device, &inner, &w) == GODWIT_OK) {
        frame_from(1, godwit_written(&w));
    }
}

static void by_vector(godwit_slice_t nas)
{
    static const uint8_t root[32], res[4] = {0xA5, 0x42, 0x11, 0xD5};
    uint8_t octets[512];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_radio_security_t third;
    const godwit_record_key_t key = {
        .kind = GODWIT_RECORD_NEXT_SESSION, .session_id = TMSI_STORED, .agreement = GODWIT_NEXT_CS};
    bool there = owner_find(&node, &key) != NULL;
    unsigned before = node.deletions;
    check(godwit_radio_security_derive(&third, &godwit_crypto_builtin, root, false, GODWIT_UIA2, false) == GODWIT_OK);
    godwit_radio_agree(&third, GODWIT_UEA2, GODWIT_UIA2, res);
    if (nas.len < 400 && godwit_radio_initial_create(&third, GODWIT_RADIO_CAPABILITY_DEFAULT, nas, &w) == GODWIT_OK) {
        frame_from(3, godwit_written(&w));
    }
    check(node.deletions == before || (there && node.deletions == before + 1));
}

static void message(owner_t *owner, godwit_message_kind_t kind, godwit_slice_t octets)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_SMS_SC, .transaction = transaction};
    if (kind == GODWIT_AUTH_INFO_ANSWER) {
        m.u.auth_info_answer.kind = GODWIT_VECTOR_UTRAN;
        m.u.auth_info_answer.vectors = 1;
        m.u.auth_info_answer.next_session = true;
        m.u.auth_info_answer.vector[0].xres_len = octets.len > 0 ? octets.ptr[0] % 17 : 8;
    } else if (kind == GODWIT_SHORT_MESSAGE_UP_ANSWER) {
        m.u.outcome = octets.len > 0 ? (godwit_status_t)(octets.ptr[0] % 16) : GODWIT_OK;
    } else {
        m.u.short_message.imsi = owner_imsi("001010123456789");
        memcpy(m.u.short_message.sc_address, "491710760000", 13);
        m.u.short_message.tpdu_len = (uint8_t)(octets.len < GODWIT_TPDU_MAX ? octets.len : GODWIT_TPDU_MAX);
        memcpy(m.u.short_message.tpdu, octets.ptr, m.u.short_message.tpdu_len);
    }
    owner_give_message(owner, &m);
}

static void at_the_centre(uint8_t door, godwit_slice_t octets)
{
    const godwit_imsi_t imsi = owner_imsi("001010123456789");
    godwit_input_t in = {
        .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SMS, .from = {.len = 8}, .datagram = octets};
    godwit_imsi_to_ef(&imsi, in.from.octets);
    if (door == 9) {
        message(&centre, GODWIT_SHORT_MESSAGE_UP, octets);
    } else if (door == 10) {
        owner_give(&centre, &in);
    } else {
        centre.now_ms += 20000;
        owner_give_timer(&centre, octets.len > 0 ? octets.ptr[0] % ROWS : 0);
    }
}

/* ---- device triggering ---- */

static uint8_t octet(godwit_slice_t octets, size_t i)
{
    return i < octets.len ? octets.ptr[i] : 0;
}

static godwit_message_t of_iwf(godwit_message_kind_t kind, uint8_t hop)
{
    godwit_message_t m = {
        .kind = kind, .from = GODWIT_FUNCTION_MTC_IWF, .transaction = 1, .hop = (godwit_hop_t)(hop % 4)};
    memcpy(m.origin_host, "iwf.example", sizeof "iwf.example");
    return m;
}

static uint8_t container_of(godwit_slice_t octets, size_t at, uint8_t container[GODWIT_TRIGGER_CONTAINER_MAX])
{
    size_t len = octets.len > at ? octets.len - at : 0;
    memcpy(container, octets.ptr + (len > 0 ? at : 0),
           len < GODWIT_TRIGGER_CONTAINER_MAX ? len : GODWIT_TRIGGER_CONTAINER_MAX);
    return (uint8_t)(len < 255 ? len : 255); /* also more than there is room for */
}

static void t5(godwit_slice_t octets)
{
    godwit_message_t m = of_iwf(GODWIT_T5_DOWN, octet(octets, 1));
    m.u.t5_down.imsi = owner_imsi("001010123456789");
    m.u.t5_down.kind = (godwit_t5_down_kind_t)(octet(octets, 0) % 4);
    m.u.t5_down.ue_key =
        (godwit_iwf_key_t){.root = (godwit_iwf_root_t)(octet(octets, 2) % 6), .association = octet(octets, 3)};
    m.u.t5_down.container_len = container_of(octets, 2, m.u.t5_down.container);
    owner_give_message(&node, &m);
}

static void trigger_answer(godwit_slice_t octets)
{
    godwit_message_t m = {.kind = octet(octets, 0) % 2 ? GODWIT_T5_UP_ANSWER : GODWIT_LOCATION_UPDATE_ANSWER,
                          .transaction = transaction};
    if (m.kind == GODWIT_T5_UP_ANSWER) {
        m.u.t5_up_answer.status = (godwit_status_t)(octet(octets, 1) % 16);
    } else {
        m.u.location_update_answer.status = (godwit_status_t)(octet(octets, 1) % 2);
        m.u.location_update_answer.iwf.function = octet(octets, 2) % 2 ? GODWIT_FUNCTION_MTC_IWF : GODWIT_FUNCTION_MME;
        m.u.location_update_answer.iwf.host[0] = (char)octet(octets, 3);
    }
    owner_give_message(&node, &m);
}

static void t4(godwit_slice_t octets)
{
    godwit_message_t m = of_iwf(octet(octets, 0) == 255 ? GODWIT_T4_REPORT_ANSWER : GODWIT_T4_TRIGGER, 0);
    godwit_t4_trigger_t *t = &m.u.t4_trigger;
    if (m.kind == GODWIT_T4_REPORT_ANSWER) {
        m.transaction = octet(octets, 1);
        m.u.outcome = (godwit_status_t)(octet(octets, 2) % 16);
        owner_give_message(&centre, &m);
        return;
    }
    t->imsi = owner_imsi(octet(octets, 1) % 2 ? "001010123456789" : "001010000000003");
    t->action = octet(octets, 0) % 4;
    t->reference = octet(octets, 2);
    t->old_reference = octet(octets, 3);
    t->validity_s = octet(octets, 4);
    t->priority = octet(octets, 5) % 2;
    t->port = octet(octets, 6);
    t->node.function = octet(octets, 7) % 10;
    t->node.host[0] = (char)octet(octets, 7);
    t->container_len = container_of(octets, 8, t->container);
    owner_give_message(&centre, &m);
}

static void ask_key(godwit_slice_t octets)
{
    godwit_message_t m = of_iwf(GODWIT_IWF_KEY_REQUEST, octet(octets, 0));
    m.u.iwf_key_request.imsi = owner_imsi("001010123456789");
    m.u.iwf_key_request.association = octet(octets, 1);
    memcpy(m.u.iwf_key_request.iwf, m.origin_host, sizeof "iwf.example");
    m.u.iwf_key_request.iwf[0] = octet(octets, 2) % 2 ? 'i' : 'o';
    owner_give_message(&node, &m);
    const godwit_message_t *answer = owner_message(&node, GODWIT_IWF_KEY_ANSWER, 0);
    check(answer->u.iwf_key_answer.status != GODWIT_OK || m.hop != GODWIT_HOP_OPEN);
}

static void unprotected(uint8_t who, godwit_slice_t octets)
{
    const godwit_msc_ue_t *ue = &msc.ues[0];
    bool there = ue->state == GODWIT_MSC_REGISTERED;
    uint32_t in = ue->security.next_in;
    frame_from(who, octets);
    check(!there || (ue->state == GODWIT_MSC_REGISTERED && ue->security.next_in == in));
}

static void entry(uint8_t door, godwit_slice_t octets)
{
    uint8_t plain[1 + 400] = {GODWIT_RADIO_NAS};
    size_t len = octets.len < 400 ? octets.len : 400;
    switch (door % 16) {
    case 0:
        unprotected(2, octets);
        break;
    case 1:
        unprotected(1, octets);
        break;
    case 2:
        protect(octets);
        break;
    case 3:
        memcpy(plain + 1, octets.ptr, len);
        unprotected(2, godwit_slice(plain, 1 + len));
        break;
    case 4:
        node.now_ms += 5000;
        owner_give_timer(&node, octets.len > 0 ? octets.ptr[0] % (3 * ROWS) : 0);
        break;
    case 5:
        message(&node, GODWIT_SHORT_MESSAGE_DOWN, octets);
        break;
    case 6:
        message(&node, GODWIT_SHORT_MESSAGE_UP_ANSWER, octets);
        break;
    case 7:
        message(&node, GODWIT_AUTH_INFO_ANSWER, octets);
        break;
    case 8:
        by_vector(octets);
        break;
    case 12:
        t5(octets);
        break;
    case 13:
        trigger_answer(octets);
        break;
    case 14:
        t4(octets);
        break;
    case 15:
        ask_key(octets);
        break;
    default:
        at_the_centre(door % 16, octets);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    begin();
    for (unsigned i = 0; i < 32 && r.left > 0 && !r.failed; i++) {
        uint8_t door = godwit_get_u8(&r);
        godwit_slice_t octets = godwit_get_slice(&r, godwit_get_u16(&r));
        if (!r.failed) {
            entry(door, octets);
        }
    }
    return 0;
}
