/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP packets: what is read is built again and says the same; a device takes whatever comes without a key to show for
 * it; and RADIUS requests under a known secret.
 */
#include "adapters/radius/packet.h"
#include "fuzz/fuzz.h"
#include "godwit/eap.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void codec(godwit_slice_t packet)
{
    uint8_t octets[2 * GODWIT_EAP_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_eap_t eap, again;
    if (godwit_eap_parse(packet, &eap) != GODWIT_OK) {
        return;
    }
    check(!eap.has_mac || eap.mac_at + 16 <= packet.len);
    if (eap.type == GODWIT_EAP_TYPE_AKA_PRIME && godwit_eap_build(&eap, &w) == GODWIT_OK && w.len <= GODWIT_EAP_MAX) {
        check(godwit_eap_parse(godwit_written(&w), &again) == GODWIT_OK);
        check(again.subtype == eap.subtype && again.kdf == eap.kdf && again.has_mac == eap.has_mac);
        check(godwit_slice_equal(again.res, eap.res) && godwit_slice_equal(again.network, eap.network));
    }
}

/* A card that takes every vector; the server has not its keys, so no success counts. */
static void device(godwit_slice_t packet)
{
    static const godwit_usim_result_t taken = {.status = GODWIT_OK, .res_len = 8, .ck = {1}, .ik = {2}};
    godwit_eap_peer_t peer;
    godwit_eap_action_t action;
    godwit_eap_config_t config = {.crypto = &godwit_crypto_builtin, .home = {{0x00, 0xf1, 0x10}}};
    const uint8_t *rand;
    const uint8_t success[] = {3, packet.len > 1 ? packet.ptr[1] : 0, 0, 4};
    check(godwit_imsi_from_text("001010000000001", &config.imsi) == GODWIT_OK);
    check(godwit_eap_peer_init(&peer, &config) == GODWIT_OK);
    godwit_eap_peer_receive(&peer, packet, &action);
    if (action.kind == GODWIT_EAP_ACTION_AUTHENTICATE) {
        check(godwit_eap_peer_usim_result(&peer, &taken, &action) == GODWIT_OK);
        check(action.kind == GODWIT_EAP_ACTION_SEND && action.reason != GODWIT_OK);
    }
    godwit_eap_peer_receive(&peer, godwit_slice(success, sizeof success), &action);
    check(action.kind != GODWIT_EAP_ACTION_SUCCEEDED && godwit_eap_peer_root(&peer, &rand) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static radius_request_t request;
    const godwit_slice_t octets = godwit_slice(data, size);
    codec(octets);
    device(octets);
    if (godwit_radius_request_parse(octets, godwit_slice_of_string("a secret of some length"), &request) == GODWIT_OK) {
        check(request.eap_len > 0);
    }
    return 0;
}
