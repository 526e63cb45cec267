/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME under whatever comes by its doors. An input is a list of entries: door (1) length (2) octets. Doors: 0 a NAS
 * message of a device that is registered, as it is; 1 the same, properly protected; 2 one of a stranger; 3 GTP-C and 4
 * GTP-U of the S-GW; 5 frames of a stranger; 6 a timer; 7 the home answers; 8 NAS of a stranger, protected under keys
 * of an attach that goes on; 9 the same under a stored vector of a following session; 10 GTP-C of another MME; 11 a
 * timer of what waits for the home; 12 device triggering, of the home and its MTC-IWF. What is unprotected must not end
 * the registration nor move its COUNTs, nor reach the MTC-IWF; a stored vector is consumed once; an open hop brings no
 * key.
 */
#include "fuzz/fuzz.h"
#include "tests/support/mme_world.h"

#include <stdlib.h>
#include <string.h>

static mme_world_t w;
static mme_device_t registered, stranger;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void give(godwit_port_t port, const godwit_address_t *from, godwit_slice_t octets)
{
    owner_give(&w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM, .port = port, .from = *from, .datagram = octets});
}

static void protect(mme_device_t *d, uint8_t first, godwit_slice_t octets)
{
    if (octets.len > 1 && octets.len < GODWIT_NAS_MAX - 16 && d->nas.set && d->nas.next_up < 0xFFFF00) {
        mme_up(&w, d, (godwit_nas_header_type_t)(first % 5 + 1), godwit_slice(octets.ptr + 1, octets.len - 1));
    }
}

static void home(void)
{
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        if (w.owner.requests[i].kind == GODWIT_REQUEST_MESSAGE &&
            w.owner.requests[i].message->kind == GODWIT_AUTH_INFO_REQUEST) {
            mme_home(&w, GODWIT_OK);
            return;
        }
    }
}

static const uint8_t res[8] = {0xA5, 0x42, 0x11, 0xD5, 0xE3, 0xBA, 0x50, 0xBF};

/* As the ATTACH REQUESTs of tests/vectors/nas.txt name it. */
static void store_vector(void)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_NEXT_SESSION;
    godwit_next_session_record_t *n = &record.u.next_session;
    n->next = (godwit_next_session_t){.domain = GODWIT_NEXT_EPS,
                                      .plmn = {{0x00, 0xF1, 0x10}},
                                      .ksi = 2,
                                      .eea = 2,
                                      .eia = 2,
                                      .tmsi = 0xC0000001,
                                      .capability_len = 2,
                                      .capability = {0xF0, 0x70},
                                      .res_len = sizeof res};
    memcpy(n->next.res, res, sizeof res);
    n->imsi = owner_imsi("001010000000003");
    memcpy(n->apn, "iot.example", sizeof "iot.example");
    n->expires_ms = UINT64_MAX;
    owner_put(&w.owner, &record);
}

static void by_vector(uint8_t first, godwit_slice_t octets)
{
    static const uint8_t kasme[32];
    mme_device_t third = mme_device("001010000000003", 3);
    check(godwit_nas_security_init(&third.nas, &godwit_crypto_builtin, kasme, 2, 2, 2, false) == GODWIT_OK);
    const godwit_record_key_t key = {
        .kind = GODWIT_RECORD_NEXT_SESSION, .session_id = 0xC0000001, .agreement = GODWIT_NEXT_EPS};
    bool there = owner_find(&w.owner, &key) != NULL;
    unsigned before = w.owner.deletions;
    protect(&third, first, octets);
    check(w.owner.deletions == before || (there && w.owner.deletions == before + 1));
}

static const godwit_message_t *said(godwit_message_kind_t kind)
{
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == kind) {
            return r->message;
        }
    }
    return NULL;
}

static void fill_down(godwit_message_t *m, godwit_slice_t octets)
{
    godwit_t5_down_t *down = &m->u.t5_down;
    down->imsi = registered.imsi;
    down->kind = octets.len % 2 == 0 ? GODWIT_T5_UE_KEY : GODWIT_T5_CONTAINER;
    down->ue_key = (godwit_iwf_key_t){.root = GODWIT_IWF_ROOT_KASME, .association = (uint32_t)octets.len};
    down->container_len = (uint8_t)(octets.len < sizeof down->container ? octets.len : sizeof down->container);
    memcpy(down->container, octets.ptr, down->container_len);
}

/* octets: which, hop, what else. */
static void trigger(godwit_slice_t octets)
{
    static godwit_message_t m;
    godwit_mme_ue_t *ue = mme_row(&w, &registered);
    if (octets.len < 3 || ue == NULL) {
        return;
    }
    memset(&m, 0, sizeof m);
    m.hop = (godwit_hop_t)(octets.ptr[1] % 4);
    strcpy(m.origin_host, octets.ptr[2] % 8 == 7 ? "other.home.example" : "iwf.home.example");
    switch (octets.ptr[0] % 4) {
    case 0:
        m.kind = GODWIT_LOCATION_UPDATE_ANSWER;
        m.transaction = ue->trigger.at.asked;
        m.u.location_update_answer.status = octets.ptr[2] % 4 == 3 ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_OK;
        m.u.location_update_answer.iwf.function = GODWIT_FUNCTION_MTC_IWF;
        strcpy(m.u.location_update_answer.iwf.host, "iwf.home.example");
        break;
    case 1:
        m.kind = GODWIT_T5_DOWN;
        fill_down(&m, octets);
        break;
    case 2:
        m.kind = GODWIT_IWF_KEY_REQUEST;
        m.u.iwf_key_request.imsi = registered.imsi;
        m.u.iwf_key_request.association = octets.ptr[2];
        strcpy(m.u.iwf_key_request.iwf, "iwf.home.example");
        break;
    default:
        m.kind = GODWIT_T5_UP_ANSWER;
        ue = mme_row(&w, &stranger);
        m.transaction = ue != NULL ? ue->trigger.securing : 0;
        m.u.t5_up_answer.container_len = octets.ptr[2];
        break;
    }
    owner_give_message(&w.owner, &m);
    const godwit_message_t *key = said(GODWIT_IWF_KEY_ANSWER);
    check(key == NULL || key->u.iwf_key_answer.status != GODWIT_OK || m.hop != GODWIT_HOP_OPEN);
}

static void entry(uint8_t door, godwit_slice_t octets)
{
    godwit_mme_ue_t *ue = mme_row(&w, &registered);
    uint32_t up = ue != NULL ? ue->security.next_up : 0;
    switch (door % 13) {
    case 0:
        mme_up_plain(&w, &registered, octets);
        check(said(GODWIT_T5_UP) == NULL);
        check(ue == NULL || (ue == mme_row(&w, &registered) && ue->security.next_up == up));
        break;
    case 1:
        protect(&registered, octets.len > 0 ? octets.ptr[0] : 0, octets);
        break;
    case 2:
        mme_up_plain(&w, &stranger, octets);
        check(said(GODWIT_T5_UP) == NULL || said(GODWIT_T5_UP)->u.t5_up.kind == GODWIT_T5_SECURING); /* RES was right */
        check(ue == NULL || (ue == mme_row(&w, &registered) && ue->security.next_up == up));
        break;
    case 3:
        give(GODWIT_PORT_GTPC, &w.sgw, octets);
        break;
    case 4:
        give(GODWIT_PORT_GTPU, &w.sgw, octets);
        break;
    case 5:
        give(GODWIT_PORT_RADIO, &stranger.address, octets);
        break;
    case 6:
        w.owner.now_ms += 1000;
        owner_give_timer(&w.owner, octets.len > 0 ? octets.ptr[0] : 0);
        break;
    case 7:
        home();
        break;
    case 9:
        by_vector(octets.len > 0 ? octets.ptr[0] : 0, octets);
        break;
    case 10: {
        const godwit_address_t other = godwit_gtp_address(w.config.other[0].ipv4, GODWIT_GTPC_PORT);
        give(GODWIT_PORT_GTPC, &other, octets);
        break;
    }
    case 11:
        w.owner.now_ms += 2000;
        owner_give_timer(&w.owner, 0x30000000U + (octets.len > 0 ? octets.ptr[0] % MME_ROWS : 0));
        break;
    case 12:
        trigger(octets);
        break;
    default:
        protect(&stranger, octets.len > 0 ? octets.ptr[0] : 0, octets);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    mme_world_init(&w);
    w.config.idle_ms = 10000;
    w.config.reauthenticate_attaches = 3;
    w.config.next_session = true;
    w.config.trigger = true;
    w.config.others = 1;
    w.config.other[0] = (godwit_mme_other_t){.mme_group = 0x8001, .mme_code = 2, .ipv4 = {10, 0, 0, 9}};
    mme_world_restart(&w);
    store_vector();
    registered = mme_device("001010123456789", 1);
    stranger = mme_device("001010000000002", 2);
    mme_attach(&w, &registered);
    mme_step_request(&w, &stranger);
    mme_step_vector(&w, &stranger);
    mme_step_response(&w, &stranger);
    for (unsigned n = 0; n < 64 && r.left > 0; n++) {
        uint8_t door = godwit_get_u8(&r);
        uint16_t len = godwit_get_u16(&r);
        entry(door, godwit_get_slice(&r, len < r.left ? len : r.left));
    }
    return 0;
}
