/* SPDX-License-Identifier: Apache-2.0
 *
 * NAS security of EPS. COUNT is the overflow counter (16) and the sequence number (8); the receiver takes the lowest
 * COUNT that is still open and has the sequence number that came (TS 24.301 4.4.3.1). So an old message is tried under
 * a COUNT it was not made with, and fails; a second try, one overflow lower, tells a replay from a forgery, for the
 * event alone.
 */
#include "core/wire/nas_security.h"

#include <string.h>

#define NAS_ENC 1 /* type distinguishers of TS 33.401 A.7 */
#define NAS_INT 2
#define ALGORITHM_MAX 3
#define KSI_MAX 6
#define ATTACH_REQUEST 0x41

#define DIRECTION_UP 0
#define DIRECTION_DOWN 1

godwit_status_t godwit_nas_security_init(godwit_nas_security_t *context, const godwit_crypto_t *crypto,
                                         const uint8_t kasme[32], uint8_t ksi, uint8_t eea, uint8_t eia, bool network)
{
    godwit_nas_security_t made;
    memset(&made, 0, sizeof made);
    if (eia == 0 || eia > ALGORITHM_MAX || eea > ALGORITHM_MAX) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (ksi > KSI_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    made.set = true;
    made.network = network;
    made.ksi = ksi;
    made.eea = eea;
    made.eia = eia;
    godwit_status_t status = godwit_eps_algorithm_key(crypto, kasme, NAS_ENC, eea, made.k_enc);
    if (status == GODWIT_OK) {
        status = godwit_eps_algorithm_key(crypto, kasme, NAS_INT, eia, made.k_int);
    }
    if (status == GODWIT_OK) {
        *context = made;
    }
    godwit_wipe(&made, sizeof made);
    return status;
}

void godwit_nas_security_wipe(godwit_nas_security_t *context)
{
    godwit_wipe(context, sizeof *context);
}

godwit_status_t godwit_nas_wrapper_parse(godwit_slice_t octets, godwit_nas_wrapper_t *wrapper)
{
    if (octets.len <= GODWIT_NAS_SECURITY_HEADER || (octets.ptr[0] & 0x0F) != GODWIT_NAS_PD_EMM) {
        return GODWIT_MALFORMED;
    }
    uint8_t type = octets.ptr[0] >> 4;
    if (type < GODWIT_NAS_INTEGRITY || type > GODWIT_NAS_PARTLY) {
        return GODWIT_MALFORMED;
    }
    wrapper->type = type;
    wrapper->sequence = octets.ptr[5];
    wrapper->message = godwit_slice(octets.ptr + GODWIT_NAS_SECURITY_HEADER, octets.len - GODWIT_NAS_SECURITY_HEADER);
    return GODWIT_OK;
}

/* Where the optional part of a message begins that may go partly ciphered: CONTROL PLANE SERVICE REQUEST, and (ours,
 * contribution 000) ATTACH
 * REQUEST: three octets, then identity, capability and ESM message container. */
static size_t optional_part(const uint8_t *message, size_t len)
{
    godwit_reader_t r = godwit_reader(godwit_slice(message, len));
    (void)godwit_get_u8(&r);
    uint8_t type = godwit_get_u8(&r);
    (void)godwit_get_u8(&r);
    if (type == ATTACH_REQUEST) {
        (void)godwit_get_slice(&r, godwit_get_u8(&r));
        (void)godwit_get_slice(&r, godwit_get_u8(&r));
        (void)godwit_get_slice(&r, godwit_get_u16(&r));
    }
    return r.failed ? len : len - r.left;
}

/* The part of a message that type 5 ciphers (TS 24.301 4.4.5): the value of the ESM or NAS message container, which
 * stands first of the optional elements. 0: none. */
static void partly(const uint8_t *message, size_t len, size_t *from, size_t *count)
{
    size_t head = optional_part(message, len), size = 0;
    if (len > head + 3 && message[head] == 0x78) {
        size = godwit_load_u16(message + head + 1);
        head += 3;
    } else if (len > head + 2 && message[head] == 0x67) {
        size = message[head + 1];
        head += 2;
    }
    *from = head;
    *count = size <= len - head ? size : 0;
}

/* Ciphers or deciphers message in place. */
static godwit_status_t cipher(const godwit_nas_security_t *context, const godwit_crypto_t *crypto, uint8_t type,
                              uint32_t count, uint8_t direction, uint8_t *message, size_t len)
{
    godwit_eps_input_t input = {.count = count, .direction = direction};
    size_t from = 0, size = len;
    if (type == GODWIT_NAS_INTEGRITY || type == GODWIT_NAS_INTEGRITY_NEW) {
        return GODWIT_OK;
    }
    if (type == GODWIT_NAS_PARTLY) {
        partly(message, len, &from, &size);
    }
    return size == 0
               ? GODWIT_OK
               : godwit_eea(crypto, context->eea, context->k_enc, input, message + from, message + from, 8 * size);
}

/* octets begin with the sequence number. */
static godwit_status_t mac_of(const godwit_nas_security_t *context, const godwit_crypto_t *crypto, uint32_t count,
                              uint8_t direction, const uint8_t *octets, size_t len, uint8_t mac[4])
{
    godwit_eps_input_t input = {.count = count, .direction = direction};
    return godwit_eia(crypto, context->eia, context->k_int, input, octets, 8 * len, mac);
}

godwit_status_t godwit_nas_security_create(godwit_nas_security_t *context, const godwit_crypto_t *crypto,
                                           godwit_nas_header_type_t type, godwit_slice_t plain, godwit_writer_t *w)
{
    uint32_t *next = context->network ? &context->next_down : &context->next_up;
    uint8_t direction = context->network ? DIRECTION_DOWN : DIRECTION_UP;
    if (!context->set) {
        return GODWIT_WRONG_STATE;
    }
    if (type < GODWIT_NAS_INTEGRITY || type > GODWIT_NAS_PARTLY || plain.len == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (plain.len > GODWIT_NAS_MAX - GODWIT_NAS_SECURITY_HEADER) {
        return GODWIT_NO_SPACE;
    }
    if (*next >= GODWIT_NAS_COUNT_END) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    uint32_t count = (*next)++;
    uint8_t *octets = godwit_put_space(w, plain.len + GODWIT_NAS_SECURITY_HEADER);
    if (octets == NULL) {
        return GODWIT_NO_SPACE;
    }
    octets[0] = (uint8_t)(type << 4 | GODWIT_NAS_PD_EMM);
    octets[5] = (uint8_t)count;
    memcpy(octets + GODWIT_NAS_SECURITY_HEADER, plain.ptr, plain.len);
    godwit_status_t status =
        cipher(context, crypto, (uint8_t)type, count, direction, octets + GODWIT_NAS_SECURITY_HEADER, plain.len);
    if (status == GODWIT_OK) {
        status = mac_of(context, crypto, count, direction, octets + 5, plain.len + 1, octets + 1);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(octets, plain.len + GODWIT_NAS_SECURITY_HEADER);
    }
    return status;
}

/* Whether the MAC that came is right for that COUNT. */
static godwit_status_t verify(const godwit_nas_security_t *context, const godwit_crypto_t *crypto, uint32_t count,
                              godwit_slice_t octets)
{
    uint8_t mac[4];
    uint8_t direction = context->network ? DIRECTION_UP : DIRECTION_DOWN;
    godwit_status_t status = mac_of(context, crypto, count, direction, octets.ptr + 5, octets.len - 5, mac);
    if (status == GODWIT_OK && !godwit_equal_secret(mac, octets.ptr + 1, sizeof mac)) {
        status = GODWIT_MAC_FAILURE;
    }
    godwit_wipe(mac, sizeof mac);
    return status;
}

static godwit_status_t find_count(const godwit_nas_security_t *context, const godwit_crypto_t *crypto,
                                  godwit_slice_t octets, uint32_t next, uint32_t *count)
{
    uint8_t sequence = octets.ptr[5];
    uint32_t estimate = next - next % 0x100 + sequence;
    if (estimate < next) {
        estimate += 0x100;
    }
    godwit_status_t status = GODWIT_COUNT_EXHAUSTED;
    if (estimate < GODWIT_NAS_COUNT_END) {
        status = verify(context, crypto, estimate, octets);
    }
    if (status != GODWIT_OK && estimate >= 0x100 && verify(context, crypto, estimate - 0x100, octets) == GODWIT_OK) {
        status = GODWIT_REPLAY;
    }
    *count = estimate;
    return status;
}

godwit_status_t godwit_nas_security_consume(godwit_nas_security_t *context, const godwit_crypto_t *crypto,
                                            godwit_slice_t octets, uint8_t buffer[GODWIT_NAS_MAX],
                                            godwit_slice_t *plain, uint8_t *type)
{
    godwit_nas_wrapper_t wrapper;
    uint32_t *next = context->network ? &context->next_up : &context->next_down;
    uint32_t count;
    if (!context->set) {
        return GODWIT_WRONG_STATE;
    }
    if (godwit_nas_wrapper_parse(octets, &wrapper) != GODWIT_OK || octets.len > GODWIT_NAS_MAX) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = find_count(context, crypto, octets, *next, &count);
    if (status != GODWIT_OK) {
        return status;
    }
    memcpy(buffer, wrapper.message.ptr, wrapper.message.len);
    status = cipher(context, crypto, wrapper.type, count, context->network ? DIRECTION_UP : DIRECTION_DOWN, buffer,
                    wrapper.message.len);
    if (status != GODWIT_OK) {
        return status;
    }
    *next = count + 1;
    *plain = godwit_slice(buffer, wrapper.message.len);
    *type = wrapper.type;
    return GODWIT_OK;
}
