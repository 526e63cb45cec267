/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME under whatever comes by its doors. An input is a list of entries: door (1) length (2) octets. Doors: 0 a NAS message of a device
 * that is registered, as it is; 1 the same, properly protected; 2 one of a stranger; 3 GTP-C and 4 GTP-U of the S-GW; 5 frames of a stranger;
 * 6 a timer; 7 the home answers; 8 NAS of a stranger, protected under keys of an attach that goes on. What is unprotected must not end
 * the registration nor move its COUNTs.
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
        if (w.owner.requests[i].kind == GODWIT_REQUEST_MESSAGE) {
            mme_home(&w, GODWIT_OK);
            return;
        }
    }
}

static void entry(uint8_t door, godwit_slice_t octets)
{
    godwit_mme_ue_t *ue = mme_row(&w, &registered);
    uint32_t up = ue != NULL ? ue->security.next_up : 0;
    switch (door % 9) {
    case 0:
        mme_up_plain(&w, &registered, octets);
        check(ue == NULL || (ue == mme_row(&w, &registered) && ue->security.next_up == up));
        break;
    case 1:
        protect(&registered, octets.len > 0 ? octets.ptr[0] : 0, octets);
        break;
    case 2:
        mme_up_plain(&w, &stranger, octets);
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
    mme_world_restart(&w);
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
