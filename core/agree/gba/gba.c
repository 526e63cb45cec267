/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of GBA, and the AUTN of GBA_U.
 */
#include "core/agree/gba/gba.h"

#include <string.h>

#include "core/crypto/sha1.h"

#define NETWORK_DIGITS 3

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put_slice(w, godwit_slice_of_string(text));
}

/* The terminator stands where the writer has kept room for it. */
static godwit_status_t finish(godwit_writer_t *w, char *text)
{
    godwit_status_t status = godwit_writer_status(w);
    text[status == GODWIT_OK ? w->len : 0] = '\0';
    return status;
}

/* "mnc001.mcc001" of "001-01". */
static godwit_status_t put_network(godwit_writer_t *w, godwit_plmn_t plmn)
{
    char domain[14];
    godwit_status_t status = godwit_plmn_to_domain(plmn, domain);
    put_text(w, domain);
    return status;
}

static godwit_status_t put_ims_domain(godwit_writer_t *w, godwit_plmn_t home)
{
    put_text(w, "@ims.");
    godwit_status_t status = put_network(w, home);
    put_text(w, ".3gppnetwork.org");
    return status;
}

godwit_status_t godwit_gba_impi(const godwit_imsi_t *imsi, godwit_plmn_t home, char impi[GODWIT_IMPI_MAX + 1])
{
    godwit_writer_t w = godwit_writer(impi, GODWIT_IMPI_MAX);
    put_text(&w, imsi->digits);
    godwit_status_t status = put_ims_domain(&w, home);
    godwit_status_t fits = finish(&w, impi);
    return status != GODWIT_OK ? status : fits;
}

/* MCC and MNC begin the IMSI (TS 23.003 2.2). */
static bool is_of(const godwit_imsi_t *imsi, godwit_plmn_t home)
{
    char text[8];
    if (godwit_plmn_to_text(home, text) != GODWIT_OK) {
        return false;
    }
    const char *mnc = text + NETWORK_DIGITS + 1;
    size_t mnc_len = strlen(mnc);
    return imsi->len > NETWORK_DIGITS + mnc_len && memcmp(imsi->digits, text, NETWORK_DIGITS) == 0 &&
           memcmp(imsi->digits + NETWORK_DIGITS, mnc, mnc_len) == 0;
}

godwit_status_t godwit_gba_imsi(const char *impi, godwit_plmn_t home, godwit_imsi_t *imsi)
{
    char same[GODWIT_IMPI_MAX + 1];
    godwit_imsi_t found;
    if (godwit_impi_to_imsi(impi, &found) != GODWIT_OK || !is_of(&found, home) ||
        godwit_gba_impi(&found, home, same) != GODWIT_OK || strcmp(same, impi) != 0) {
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    *imsi = found;
    return GODWIT_OK;
}

godwit_status_t godwit_gba_bsf_name(godwit_plmn_t home, char name[GODWIT_FQDN_MAX + 1])
{
    godwit_writer_t w = godwit_writer(name, GODWIT_FQDN_MAX);
    put_text(&w, "bsf.");
    godwit_status_t status = put_network(&w, home);
    put_text(&w, ".pub.3gppnetwork.org");
    godwit_status_t fits = finish(&w, name);
    return status != GODWIT_OK ? status : fits;
}

godwit_status_t godwit_gba_b_tid(const uint8_t rand[16], const char *bsf, char b_tid[GODWIT_B_TID_MAX + 1])
{
    godwit_writer_t w = godwit_writer(b_tid, GODWIT_B_TID_MAX);
    godwit_put_base64(&w, godwit_slice(rand, 16));
    put_text(&w, "@");
    put_text(&w, bsf);
    return finish(&w, b_tid);
}

godwit_status_t godwit_gba_b_tid_parse(const char *b_tid, uint8_t rand[16], const char **bsf)
{
    uint8_t octets[16];
    size_t len = 0;
    const char *at = strchr(b_tid, '@');
    if (at == NULL ||
        godwit_base64_decode(godwit_slice(b_tid, (size_t)(at - b_tid)), octets, sizeof octets, &len) != GODWIT_OK ||
        len != sizeof octets || !godwit_fqdn_is_canonical(godwit_slice_of_string(at + 1))) {
        return GODWIT_MALFORMED;
    }
    memcpy(rand, octets, sizeof octets);
    *bsf = at + 1;
    return GODWIT_OK;
}

godwit_status_t godwit_gba_naf_id(godwit_slice_t fqdn, const uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS],
                                  uint8_t naf_id[GODWIT_NAF_ID_MAX], uint16_t *len)
{
    if (!godwit_fqdn_is_canonical(fqdn)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(naf_id, fqdn.ptr, fqdn.len);
    memcpy(naf_id + fqdn.len, ua, GODWIT_UA_PROTOCOL_OCTETS);
    *len = (uint16_t)(fqdn.len + GODWIT_UA_PROTOCOL_OCTETS);
    return GODWIT_OK;
}

godwit_status_t godwit_gba_u_mask(const uint8_t ik[16], uint8_t autn[16])
{
    uint8_t digest[GODWIT_SHA1_SIZE];
    const godwit_slice_t whole = godwit_slice(ik, 16);
    godwit_sha1(&whole, 1, digest);
    for (size_t i = 0; i < 8; i++) {
        autn[8 + i] ^= digest[i];
    }
    godwit_wipe(digest, sizeof digest);
    return GODWIT_OK;
}
