/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' packets (RFC 9048 3, RFC 4187 8 and 9). Attribute lengths are in words of four octets.
 */
#include "core/wire/eap_aka.h"

#include <string.h>

#define HEADER 4u     /* code, identifier, length */
#define AKA_HEADER 8u /* and type, subtype, two reserved */
#define MAC_SIZE 16u
#define WORD 4u

/* RFC 4187 11, RFC 9048 6. Those from SKIPPABLE on may be passed over. */
enum {
    AT_RAND = 1,
    AT_AUTN = 2,
    AT_RES = 3,
    AT_AUTS = 4,
    AT_PERMANENT_ID_REQ = 10,
    AT_MAC = 11,
    AT_NOTIFICATION = 12,
    AT_ANY_ID_REQ = 13,
    AT_IDENTITY = 14,
    AT_FULLAUTH_ID_REQ = 17,
    AT_CLIENT_ERROR_CODE = 22,
    AT_KDF_INPUT = 23,
    AT_KDF = 24,
    SKIPPABLE = 128,
};

/* ---- writing ---- */

static void pad(godwit_writer_t *w, size_t octets)
{
    (void)godwit_put_space(w, (WORD - octets % WORD) % WORD);
}

/* An attribute whose value has 16 octets behind two that are reserved; value NULL: zeros. */
static void put_block(godwit_writer_t *w, uint8_t type, const uint8_t *value)
{
    static const uint8_t zeros[16];
    godwit_put_u8(w, type);
    godwit_put_u8(w, 5);
    godwit_put_u16(w, 0);
    godwit_put(w, value != NULL ? value : zeros, 16);
}

/* An attribute with a length of its own in front of its value; unit: 8 where that counts bits. */
static void put_counted(godwit_writer_t *w, uint8_t type, godwit_slice_t value, unsigned unit)
{
    godwit_put_u8(w, type);
    godwit_put_u8(w, (uint8_t)((WORD + value.len + WORD - 1) / WORD));
    godwit_put_u16(w, (uint16_t)(value.len * unit));
    godwit_put_slice(w, value);
    pad(w, value.len);
}

static void put_number(godwit_writer_t *w, uint8_t type, uint16_t value)
{
    godwit_put_u8(w, type);
    godwit_put_u8(w, 1);
    godwit_put_u16(w, value);
}

static void put_auts(godwit_writer_t *w, const uint8_t *auts)
{
    godwit_put_u8(w, AT_AUTS);
    godwit_put_u8(w, 4);
    godwit_put(w, auts, 14);
}

static void put_identity_requests(const godwit_eap_t *eap, godwit_writer_t *w)
{
    if (eap->any_identity) {
        put_number(w, AT_ANY_ID_REQ, 0);
    }
    if (eap->full_identity) {
        put_number(w, AT_FULLAUTH_ID_REQ, 0);
    }
    if (eap->permanent_identity) {
        put_number(w, AT_PERMANENT_ID_REQ, 0);
    }
}

static void put_vector(const godwit_eap_t *eap, godwit_writer_t *w)
{
    if (eap->rand != NULL) {
        put_block(w, AT_RAND, eap->rand);
    }
    if (eap->autn != NULL) {
        put_block(w, AT_AUTN, eap->autn);
    }
    if (eap->kdf != 0) {
        put_number(w, AT_KDF, eap->kdf);
    }
    if (eap->network.ptr != NULL) {
        put_counted(w, AT_KDF_INPUT, eap->network, 1);
    }
    if (eap->res.ptr != NULL) {
        put_counted(w, AT_RES, eap->res, 8);
    }
    if (eap->auts != NULL) {
        put_auts(w, eap->auts);
    }
}

static void put_attributes(const godwit_eap_t *eap, godwit_writer_t *w)
{
    put_identity_requests(eap, w);
    if (eap->identity.ptr != NULL) {
        put_counted(w, AT_IDENTITY, eap->identity, 1);
    }
    put_vector(eap, w);
    if (eap->notification != 0) {
        put_number(w, AT_NOTIFICATION, eap->notification);
    }
    if (eap->subtype == GODWIT_EAP_CLIENT_ERROR) {
        put_number(w, AT_CLIENT_ERROR_CODE, eap->client_error);
    }
    if (eap->has_mac) {
        put_block(w, AT_MAC, NULL);
    }
}

godwit_status_t godwit_eap_build(const godwit_eap_t *eap, godwit_writer_t *w)
{
    const size_t start = w->len;
    if (eap->identity.len > GODWIT_EAP_IDENTITY_MAX || eap->network.len > GODWIT_EAP_NETWORK_MAX ||
        (eap->res.ptr != NULL && (eap->res.len < 4 || eap->res.len > 16))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)eap->code);
    godwit_put_u8(w, eap->identifier);
    uint8_t *length = godwit_put_space(w, 2);
    if (eap->type != GODWIT_EAP_TYPE_NONE) {
        godwit_put_u8(w, (uint8_t)eap->type);
    }
    if (eap->type == GODWIT_EAP_TYPE_IDENTITY) {
        godwit_put_slice(w, eap->identity);
    } else if (eap->type == GODWIT_EAP_TYPE_NAK) {
        godwit_put_u8(w, GODWIT_EAP_TYPE_AKA_PRIME); /* what is wanted instead */
    } else if (eap->type == GODWIT_EAP_TYPE_AKA_PRIME) {
        godwit_put_u8(w, eap->subtype);
        godwit_put_u16(w, 0);
        put_attributes(eap, w);
    }
    if (length == NULL || w->overflow) {
        return GODWIT_NO_SPACE;
    }
    godwit_store_u16(length, (uint16_t)(w->len - start));
    return GODWIT_OK;
}

/* ---- reading ---- */

typedef struct attribute {
    uint8_t type;
    godwit_slice_t value; /* behind type and length */
} attribute_t;

static bool once(const void *before)
{
    return before == NULL;
}

static godwit_status_t read_block(const attribute_t *a, const uint8_t **value)
{
    if (!once(*value) || a->value.len != 18) {
        return GODWIT_MALFORMED;
    }
    *value = a->value.ptr + 2;
    return GODWIT_OK;
}

static godwit_status_t read_counted(const attribute_t *a, unsigned unit, size_t least, size_t most,
                                    godwit_slice_t *value)
{
    const size_t counted = godwit_load_u16(a->value.ptr);
    const size_t len = counted / unit;
    if (!once(value->ptr) || counted % unit != 0 || len < least || len > most || len + 2 > a->value.len ||
        a->value.len - 2 - len >= WORD) {
        return GODWIT_MALFORMED;
    }
    *value = godwit_slice(a->value.ptr + 2, len);
    return GODWIT_OK;
}

/* Of several AT_KDFs the first is what the server proposes (RFC 9048 3.2); more than one is not answered otherwise
 * here. */
static godwit_status_t read_number(const attribute_t *a, bool may_repeat, uint16_t *value)
{
    if (a->value.len != 2 || (*value != 0 && !may_repeat)) {
        return GODWIT_MALFORMED;
    }
    *value = *value != 0 ? *value : godwit_load_u16(a->value.ptr);
    return GODWIT_OK;
}

static godwit_status_t read_flag(const attribute_t *a, bool *flag)
{
    const godwit_status_t status = *flag || a->value.len != 2 ? GODWIT_MALFORMED : GODWIT_OK;
    *flag = true;
    return status;
}

static godwit_status_t read_mac(const attribute_t *a, godwit_slice_t packet, godwit_eap_t *eap)
{
    if (eap->has_mac || a->value.len != 2 + MAC_SIZE) {
        return GODWIT_MALFORMED;
    }
    eap->has_mac = true;
    eap->mac_at = (size_t)(a->value.ptr + 2 - packet.ptr);
    return GODWIT_OK;
}

static godwit_status_t read_auts(const attribute_t *a, godwit_eap_t *eap)
{
    if (!once(eap->auts) || a->value.len != 14) {
        return GODWIT_MALFORMED;
    }
    eap->auts = a->value.ptr;
    return GODWIT_OK;
}

static godwit_status_t read_attribute(const attribute_t *a, godwit_slice_t packet, godwit_eap_t *eap)
{
    switch (a->type) {
    case AT_RAND:
        return read_block(a, &eap->rand);
    case AT_AUTN:
        return read_block(a, &eap->autn);
    case AT_RES:
        return read_counted(a, 8, 4, 16, &eap->res);
    case AT_AUTS:
        return read_auts(a, eap);
    case AT_MAC:
        return read_mac(a, packet, eap);
    case AT_IDENTITY:
        return read_counted(a, 1, 1, GODWIT_EAP_IDENTITY_MAX, &eap->identity);
    case AT_KDF_INPUT:
        return read_counted(a, 1, 1, GODWIT_EAP_NETWORK_MAX, &eap->network);
    case AT_KDF:
        return read_number(a, true, &eap->kdf);
    case AT_NOTIFICATION:
        return read_number(a, false, &eap->notification);
    case AT_CLIENT_ERROR_CODE:
        return read_number(a, false, &eap->client_error);
    case AT_ANY_ID_REQ:
        return read_flag(a, &eap->any_identity);
    case AT_FULLAUTH_ID_REQ:
        return read_flag(a, &eap->full_identity);
    case AT_PERMANENT_ID_REQ:
        return read_flag(a, &eap->permanent_identity);
    default:
        return a->type >= SKIPPABLE ? GODWIT_OK : GODWIT_MALFORMED;
    }
}

static godwit_status_t read_attributes(godwit_slice_t packet, godwit_eap_t *eap)
{
    godwit_reader_t r = godwit_reader(godwit_slice(packet.ptr + AKA_HEADER, packet.len - AKA_HEADER));
    godwit_status_t status = GODWIT_OK;
    while (status == GODWIT_OK && r.left > 0) {
        attribute_t a;
        a.type = godwit_get_u8(&r);
        const size_t words = godwit_get_u8(&r);
        if (words == 0) {
            return GODWIT_MALFORMED;
        }
        a.value = godwit_get_slice(&r, words * WORD - 2);
        status = godwit_reader_status(&r);
        if (status == GODWIT_OK) {
            status = read_attribute(&a, packet, eap);
        }
    }
    return status;
}

static godwit_status_t read_type(godwit_slice_t packet, godwit_eap_t *eap)
{
    eap->type = (godwit_eap_type_t)packet.ptr[HEADER];
    if (eap->type == GODWIT_EAP_TYPE_IDENTITY) {
        eap->identity = godwit_slice(packet.ptr + HEADER + 1, packet.len - HEADER - 1);
        return eap->identity.len <= GODWIT_EAP_IDENTITY_MAX ? GODWIT_OK : GODWIT_MALFORMED;
    }
    if (eap->type != GODWIT_EAP_TYPE_AKA_PRIME) {
        return GODWIT_OK;
    }
    if (packet.len < AKA_HEADER) {
        return GODWIT_MALFORMED;
    }
    eap->subtype = packet.ptr[HEADER + 1];
    return read_attributes(packet, eap);
}

godwit_status_t godwit_eap_parse(godwit_slice_t octets, godwit_eap_t *eap)
{
    godwit_eap_t parsed;
    memset(&parsed, 0, sizeof parsed);
    if (octets.len < HEADER) {
        return GODWIT_MALFORMED;
    }
    const godwit_slice_t packet = godwit_slice(octets.ptr, godwit_load_u16(octets.ptr + 2));
    parsed.code = (godwit_eap_code_t)octets.ptr[0];
    parsed.identifier = octets.ptr[1];
    const bool bare = parsed.code == GODWIT_EAP_SUCCESS || parsed.code == GODWIT_EAP_FAILURE;
    if (packet.len < HEADER || packet.len > octets.len || packet.len > GODWIT_EAP_MAX || octets.ptr[0] < 1 ||
        octets.ptr[0] > 4 || bare != (packet.len == HEADER)) {
        return GODWIT_MALFORMED;
    }
    const godwit_status_t status = bare ? GODWIT_OK : read_type(packet, &parsed);
    if (status == GODWIT_OK) {
        *eap = parsed;
    }
    return status;
}

/* ---- AT_MAC ---- */

/* Over the packet as its length says, with zeros where the MAC stands. */
static godwit_status_t mac_of(const godwit_crypto_t *crypto, const uint8_t k_aut[32], godwit_slice_t octets,
                              size_t mac_at, uint8_t mac[GODWIT_SHA256_SIZE])
{
    static const uint8_t zeros[MAC_SIZE];
    const size_t len = godwit_load_u16(octets.ptr + 2);
    const size_t end = mac_at + MAC_SIZE;
    const godwit_slice_t parts[] = {godwit_slice(octets.ptr, mac_at), godwit_slice(zeros, sizeof zeros),
                                    godwit_slice(octets.ptr + end, len - end)};
    return crypto->hmac_sha256(godwit_slice(k_aut, 32), parts, 3, mac);
}

godwit_status_t godwit_eap_sign(const godwit_crypto_t *crypto, const uint8_t k_aut[32], uint8_t *octets, size_t len)
{
    godwit_eap_t eap;
    uint8_t mac[GODWIT_SHA256_SIZE];
    godwit_status_t status = godwit_eap_parse(godwit_slice(octets, len), &eap);
    if (status != GODWIT_OK || !eap.has_mac) {
        return GODWIT_INVALID_ARGUMENT;
    }
    status = mac_of(crypto, k_aut, godwit_slice(octets, len), eap.mac_at, mac);
    if (status == GODWIT_OK) {
        memcpy(octets + eap.mac_at, mac, MAC_SIZE);
    }
    return status;
}

godwit_status_t godwit_eap_verify(const godwit_crypto_t *crypto, const uint8_t k_aut[32], const godwit_eap_t *eap,
                                  godwit_slice_t octets)
{
    uint8_t mac[GODWIT_SHA256_SIZE];
    if (!eap->has_mac) {
        return GODWIT_MAC_FAILURE;
    }
    godwit_status_t status = mac_of(crypto, k_aut, octets, eap->mac_at, mac);
    if (status == GODWIT_OK && !godwit_equal_secret(mac, octets.ptr + eap->mac_at, MAC_SIZE)) {
        status = GODWIT_MAC_FAILURE;
    }
    godwit_wipe(mac, sizeof mac);
    return status;
}
