/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of AKMA, and the anchor key of one primary authentication.
 */
#include "core/agree/akma/akma.h"

#include <string.h>

#define UA_PROTOCOL_OCTETS 5u
#define A_TID_OCTETS 32u
#define ROUTING_INDICATOR_MAX 4u
#define DOMAIN_SIZE 14

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put_slice(w, godwit_slice_of_string(text));
}

static godwit_status_t put_domain(godwit_writer_t *w, const char *before, godwit_plmn_t plmn)
{
    char domain[DOMAIN_SIZE];
    godwit_status_t status = godwit_plmn_to_domain(plmn, domain);
    put_text(w, before);
    put_text(w, domain);
    put_text(w, ".3gppnetwork.org");
    return status;
}

/* Room for the terminator is kept by the caller. */
static godwit_status_t end_text(const godwit_writer_t *w, godwit_status_t status, char *text)
{
    godwit_status_t fits = godwit_writer_status(w);
    text[status == GODWIT_OK && fits == GODWIT_OK ? w->len : 0] = '\0';
    return status != GODWIT_OK ? status : fits;
}

godwit_status_t godwit_akma_serving_network(godwit_plmn_t plmn, char name[GODWIT_SERVING_NETWORK_NAME_MAX + 1])
{
    godwit_writer_t w = godwit_writer(name, GODWIT_SERVING_NETWORK_NAME_MAX);
    return end_text(&w, put_domain(&w, "5G:", plmn), name);
}

static bool is_routing_indicator(godwit_slice_t text)
{
    bool digits = text.len > 0 && text.len <= ROUTING_INDICATOR_MAX;
    for (size_t i = 0; digits && i < text.len; i++) {
        digits = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return digits;
}

godwit_status_t godwit_akma_a_kid(const uint8_t a_tid[32], const char *routing_indicator, godwit_plmn_t home,
                                  char a_kid[GODWIT_A_KID_MAX + 1])
{
    char hex[2 * A_TID_OCTETS + 1];
    godwit_writer_t w = godwit_writer(a_kid, GODWIT_A_KID_MAX);
    if (!is_routing_indicator(godwit_slice_of_string(routing_indicator))) {
        a_kid[0] = '\0';
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_hex_encode(godwit_slice(a_tid, A_TID_OCTETS), hex);
    put_text(&w, "rid");
    put_text(&w, routing_indicator);
    put_text(&w, ".atid");
    put_text(&w, hex);
    return end_text(&w, put_domain(&w, "@5gc.", home), a_kid);
}

godwit_status_t godwit_akma_a_tid_of(const char *a_kid, godwit_plmn_t home, uint8_t a_tid[32])
{
    char routing[ROUTING_INDICATOR_MAX + 1] = {0}, hex[2 * A_TID_OCTETS + 1] = {0}, same[GODWIT_A_KID_MAX + 1];
    uint8_t found[A_TID_OCTETS];
    size_t len = 0;
    const char *dot = strchr(a_kid, '.');
    size_t before = dot != NULL ? (size_t)(dot - a_kid) : 0;
    if (before <= 3 || before - 3 > ROUTING_INDICATOR_MAX ||
        strlen(dot) < sizeof ".atid" - 1 + 2 * (size_t)A_TID_OCTETS) {
        return GODWIT_UNKNOWN_KEY;
    }
    memcpy(routing, a_kid + 3, before - 3);
    memcpy(hex, dot + sizeof ".atid" - 1, 2 * (size_t)A_TID_OCTETS);
    /* Whatever differs from what is written of the same parts is no A-KID of ours. */
    if (godwit_hex_decode(hex, found, sizeof found, &len) != GODWIT_OK || len != sizeof found ||
        godwit_akma_a_kid(found, routing, home, same) != GODWIT_OK || strcmp(same, a_kid) != 0) {
        return GODWIT_UNKNOWN_KEY;
    }
    memcpy(a_tid, found, sizeof found);
    return GODWIT_OK;
}

godwit_slice_t godwit_akma_fqdn_of(godwit_slice_t af_id)
{
    godwit_slice_t fqdn = godwit_slice(NULL, 0);
    if (af_id.len > UA_PROTOCOL_OCTETS) {
        fqdn = godwit_slice(af_id.ptr, af_id.len - UA_PROTOCOL_OCTETS);
    }
    return godwit_fqdn_is_canonical(fqdn) ? fqdn : godwit_slice(NULL, 0);
}

godwit_status_t godwit_akma_anchor(const godwit_crypto_t *crypto, const uint8_t k_ausf[32], const godwit_imsi_t *imsi,
                                   uint8_t k_akma[32], uint8_t a_tid[32])
{
    const godwit_slice_t supi = godwit_slice(imsi->digits, imsi->len);
    godwit_status_t status = godwit_k_akma(crypto, k_ausf, supi, k_akma);
    if (status == GODWIT_OK) {
        status = godwit_a_tid(crypto, k_ausf, supi, a_tid);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(k_akma, 32);
    }
    return status;
}
