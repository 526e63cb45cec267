/* SPDX-License-Identifier: Apache-2.0
 *
 * NAS as its sender meant it: for ladders and captures the lab takes off what ciphers it, with the sender's keys, which
 * stand in the sender's memory. The security header stays, and says "integrity protected" instead of "and ciphered".
 * What cannot be read stays as it is.
 */
#include <string.h>

#include "lab/internal.h"
#include "lab/trace.h"

#define PARTLY_HEAD 3 /* of a CONTROL PLANE SERVICE REQUEST before its container */

static const godwit_mme_ue_t *mme_row(const godwit_world_t *w, const godwit_address_t *address)
{
    for (size_t i = 0; w->tables[GODWIT_WORLD_MME] != NULL && i < LAB_ROWS; i++) {
        const godwit_mme_ue_t *ue = &w->mme.ues[i];
        if (ue->state != GODWIT_MME_FREE && ue->security.set && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

static const godwit_sgsn_ue_t *sgsn_row(const godwit_world_t *w, const godwit_address_t *address)
{
    for (size_t i = 0; w->tables[GODWIT_WORLD_SGSN] != NULL && i < LAB_ROWS; i++) {
        const godwit_sgsn_ue_t *ue = &w->sgsn.ues[i];
        if (ue->state != GODWIT_SGSN_FREE && ue->security.commanded && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

static const godwit_msc_ue_t *msc_row(const godwit_world_t *w, const godwit_address_t *address)
{
    for (size_t i = 0; w->tables[GODWIT_WORLD_MSC] != NULL && i < LAB_ROWS; i++) {
        const godwit_msc_ue_t *ue = &w->msc.ues[i];
        if (ue->state != GODWIT_MSC_FREE && ue->security.commanded && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

/* The octets of a protected message that are ciphered. */
static void ciphered_part(const uint8_t *nas, size_t len, size_t *from, size_t *count)
{
    uint8_t type = nas[0] >> 4;
    const uint8_t *m = nas + GODWIT_NAS_SECURITY_HEADER;
    size_t size = len - GODWIT_NAS_SECURITY_HEADER;
    *from = GODWIT_NAS_SECURITY_HEADER;
    *count = type == GODWIT_NAS_CIPHERED || type == GODWIT_NAS_CIPHERED_NEW ? size : 0;
    if (type == GODWIT_NAS_PARTLY && size > PARTLY_HEAD + 3 && m[PARTLY_HEAD] == 0x78) {
        *from += PARTLY_HEAD + 3;
        *count = size - PARTLY_HEAD - 3;
    } else if (type == GODWIT_NAS_PARTLY && size > PARTLY_HEAD + 2 && m[PARTLY_HEAD] == 0x67) {
        *from += PARTLY_HEAD + 2;
        *count = size - PARTLY_HEAD - 2;
    }
}

/* COUNT of a message that has just been sent: the last one before next with that sequence number. */
static uint32_t count_before(uint32_t next, uint8_t sequence)
{
    uint32_t last = next > 0 ? next - 1 : 0;
    uint32_t count = (last & ~UINT32_C(0xFF)) | sequence;
    return count > last && count >= 0x100 ? count - 0x100 : count;
}

static bool plain_eps(const godwit_world_t *w, const godwit_world_packet_t *p, uint8_t *nas, size_t len)
{
    bool up = p->to == GODWIT_WORLD_MME;
    const godwit_mme_ue_t *ue = up ? NULL : mme_row(w, &p->destination);
    const godwit_nas_security_t *s = up           ? &w->devices[lab_device_of(p->from)].access.nas
                                     : ue != NULL ? &ue->security
                                                  : NULL;
    size_t from, count;
    if (len <= GODWIT_NAS_SECURITY_HEADER || (nas[0] & 0x0F) != GODWIT_NAS_PD_EMM || nas[0] >> 4 == 0 ||
        nas[0] >> 4 > GODWIT_NAS_PARTLY || s == NULL || !s->set) {
        return false;
    }
    ciphered_part(nas, len, &from, &count);
    const godwit_eps_input_t input = {.count = count_before(up ? s->next_up : s->next_down, nas[5]),
                                      .direction = up ? 0 : 1};
    if (count > 0 &&
        godwit_eea(&godwit_crypto_builtin, s->eea, s->k_enc, input, nas + from, nas + from, 8 * count) != GODWIT_OK) {
        return false;
    }
    nas[0] = (uint8_t)(GODWIT_NAS_INTEGRITY << 4 | GODWIT_NAS_PD_EMM);
    uint8_t pd = nas[GODWIT_NAS_SECURITY_HEADER] & 0x0F;
    return pd == GODWIT_NAS_PD_EMM || pd == GODWIT_NAS_PD_ESM;
}

static size_t plain_umts(const godwit_world_t *w, const godwit_world_packet_t *p, uint8_t *frame, size_t cap)
{
    bool up = lab_is_function(p->to);
    const godwit_sgsn_ue_t *ue = up ? NULL : sgsn_row(w, &p->destination);
    const godwit_msc_ue_t *circuit = up ? NULL : msc_row(w, &p->destination);
    uint8_t buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_writer_t out = godwit_writer(frame, cap);
    godwit_radio_security_t keys = {0};
    if (up) {
        keys = w->devices[lab_device_of(p->from)].access.radio;
    } else if (ue != NULL || circuit != NULL) {
        keys = ue != NULL ? ue->security : circuit->security;
    }
    keys.network = up; /* as the receiver */
    keys.next_in = 0;
    keys.seen_in = 0;
    if (!keys.commanded ||
        godwit_radio_protected_consume(&keys, godwit_slice(p->octets, p->len), buffer, &inner) != GODWIT_OK ||
        godwit_radio_build(&inner, &out) != GODWIT_OK) {
        return 0;
    }
    godwit_wipe(&keys, sizeof keys);
    return out.len;
}

size_t lab_plain_frame(const godwit_world_t *w, const godwit_world_packet_t *p, uint8_t *frame, size_t cap)
{
    bool eps = p->from == GODWIT_WORLD_MME || p->to == GODWIT_WORLD_MME;
    if (p->len == 0 || p->len > cap) {
        return 0;
    }
    if (!eps) {
        return p->octets[0] == GODWIT_RADIO_PROTECTED ? plain_umts(w, p, frame, cap) : 0;
    }
    memcpy(frame, p->octets, p->len);
    return frame[0] == GODWIT_RADIO_NAS && plain_eps(w, p, frame + 1, p->len - 1) ? p->len : 0;
}
