/* SPDX-License-Identifier: Apache-2.0
 *
 * The TLVs of control messages (docs/emsdp-wire.md, "TLVs"), by one table of tags. Each value has one encoding: what
 * parses is built again to the same octets. Tag 01 and its coding are TS 33.163 6.2.6.1.1; the other tags are Godwit's
 * own.
 */
#include "core/emsdp/frame.h"

#include <string.h>

enum kind {
    OCTETS, /* min octets, copied */
    SLICE,  /* stays where it is */
    FQDN,   /* a slice: a canonical name, or empty */
    TEXT,   /* a slice: printable ASCII without spaces */
    IMSI,
    UE_CONFIGURATION,
    HSE_CONFIGURATION,
    KEY,
    COUNT,
    REASON,
    SERVICE_REQUEST,
    SERVICE,
};

struct tag {
    uint8_t min, max; /* octets of the value */
    uint8_t kind;
    uint8_t offset; /* of the member that takes it, for OCTETS, SLICE, FQDN and TEXT */
};

#define AT(member) ((uint8_t)offsetof(godwit_emsdp_control_t, member))
_Static_assert(offsetof(godwit_emsdp_control_t, key_reference) <= UINT8_MAX, "offsets have eight bits");

static const struct tag tags[EMSDP_TAG_LAST + 1] = {
    [GODWIT_TLV_IMSI] = {8, 8, IMSI, 0},
    [GODWIT_TLV_SUCI] = {1, 255, SLICE, AT(suci)},
    [GODWIT_TLV_UE_CONFIGURATION] = {2, 3, UE_CONFIGURATION, 0},
    [GODWIT_TLV_ENTERPRISE] = {0, GODWIT_FQDN_MAX, FQDN, AT(enterprise)},
    [GODWIT_TLV_SERVING_NETWORK] = {3, 3, OCTETS, AT(serving_network)},
    [GODWIT_TLV_RAND] = {16, 16, OCTETS, AT(rand)},
    [GODWIT_TLV_AUTN] = {16, 16, OCTETS, AT(autn)},
    [GODWIT_TLV_HSE_CONFIGURATION] = {3, 7, HSE_CONFIGURATION, 0},
    [GODWIT_TLV_RAND1] = {16, 16, OCTETS, AT(rand1)},
    [GODWIT_TLV_AUTS] = {14, 14, OCTETS, AT(auts)},
    [GODWIT_TLV_KEY] = {6, 6, KEY, 0},
    [GODWIT_TLV_COUNT] = {8, 8, COUNT, 0},
    [GODWIT_TLV_REASON] = {1, 1, REASON, 0},
    [GODWIT_TLV_ECHO] = {GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO, OCTETS, AT(echo)},
    [GODWIT_TLV_DATA] = {0, GODWIT_EMSDP_DATA_TLV_MAX, SLICE, AT(data)},
    [GODWIT_TLV_TEMPORARY_IDENTITY] = {8, 8, SLICE, AT(temporary)},
    [GODWIT_TLV_ENCRYPTED_RES] = {4, 4, OCTETS, AT(encrypted_res)},
    [GODWIT_TLV_KEY_REFERENCE] = {1, GODWIT_KEY_REFERENCE_MAX, TEXT, AT(key_reference)},
    [GODWIT_TLV_SERVICE_REQUEST] = {7, 7, SERVICE_REQUEST, 0},
    [GODWIT_TLV_SERVICE] = {15, 15, SERVICE, 0},
};

static bool hse_configuration_is_sound(const uint8_t *v, size_t len)
{
    const godwit_framing_t framing = {(uint8_t)(v[2] >> 4), (uint8_t)(v[2] & 0x0Fu)};
    return frame_is_framing(framing) && (len == 3 || (len == 7 && godwit_load_u32(v + 3) > EMSDP_GENERATION_FIRST));
}

/* The service is one that has a name: receivers keep tables by it. */
static bool service_is_sound(const uint8_t *v)
{
    return godwit_service_name((godwit_service_t)v[0]) != NULL;
}

/* service (1), suite (1), Key ID (1), age (4), ... */
static bool terms_are_sound(const uint8_t *v)
{
    return service_is_sound(v) && v[2] >= 1 && v[2] <= EMSDP_KEY_ID_MASK && godwit_load_u32(v + 3) != 0;
}

static bool is_text(godwit_slice_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] <= ' ' || value.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool is_sound(const struct tag *tag, godwit_slice_t value)
{
    const uint8_t *v = value.ptr;
    godwit_imsi_t imsi;
    if (value.len < tag->min || value.len > tag->max) {
        return false;
    }
    switch (tag->kind) {
    case FQDN:
        return value.len == 0 || godwit_fqdn_is_canonical(value);
    case TEXT:
        return is_text(value);
    case IMSI:
        return godwit_imsi_from_ef(v, &imsi) == GODWIT_OK;
    case UE_CONFIGURATION:
        return value.len == 2 || v[2] != 0;
    case HSE_CONFIGURATION:
        return hse_configuration_is_sound(v, value.len);
    case KEY:
        return godwit_load_u32(v) != 0 && v[5] >= 1 && v[5] <= EMSDP_KEY_ID_MASK;
    case REASON:
        return v[0] >= GODWIT_MALFORMED && v[0] <= GODWIT_PEER_INTERNAL;
    case SERVICE_REQUEST:
        return service_is_sound(v);
    case SERVICE:
        return terms_are_sound(v);
    default:
        return true;
    }
}

/* value is sound. */
static void take(const struct tag *tag, godwit_slice_t value, godwit_emsdp_control_t *m)
{
    const uint8_t *v = value.ptr;
    uint8_t *member = (uint8_t *)m + tag->offset;
    switch (tag->kind) {
    case OCTETS:
        memcpy(member, v, value.len);
        break;
    case SLICE:
    case FQDN:
    case TEXT:
        memcpy(member, &value, sizeof value);
        break;
    case IMSI:
        (void)!godwit_imsi_from_ef(v, &m->imsi); /* sound: it parsed before */
        break;
    case UE_CONFIGURATION:
        m->agreements = v[0];
        m->suites = (uint16_t)(v[1] | (value.len == 3 ? v[2] << 8 : 0));
        break;
    case HSE_CONFIGURATION:
        m->agreement = v[0];
        m->suite = v[1];
        m->framing = (godwit_framing_t){(uint8_t)(v[2] >> 4), (uint8_t)(v[2] & 0x0Fu)};
        m->generation = value.len == 7 ? godwit_load_u32(v + 3) : EMSDP_GENERATION_FIRST;
        break;
    case KEY:
        m->key_generation = godwit_load_u32(v);
        m->key_suite = v[4];
        m->key_id = v[5];
        break;
    case COUNT:
        m->count = godwit_load_u32(v);
        m->user_count = godwit_load_u32(v + 4);
        break;
    case REASON:
        m->reason = (godwit_status_t)v[0];
        break;
    case SERVICE_REQUEST:
        m->service = (godwit_service_t)v[0];
        m->service_suites = godwit_load_u16(v + 1);
        m->service_age = godwit_load_u32(v + 3);
        break;
    case SERVICE:
        m->terms = (godwit_e2e_terms_t){.service = (godwit_service_t)v[0],
                                        .suite = v[1],
                                        .key_id = v[2],
                                        .age = godwit_load_u32(v + 3),
                                        .life_s = godwit_load_u32(v + 7),
                                        .messages = godwit_load_u32(v + 11)};
        break;
    default:
        break;
    }
}

static void give_terms(const godwit_e2e_terms_t *terms, godwit_writer_t *w)
{
    godwit_put_u8(w, (uint8_t)terms->service);
    godwit_put_u8(w, terms->suite);
    godwit_put_u8(w, terms->key_id);
    godwit_put_u32(w, terms->age);
    godwit_put_u32(w, terms->life_s);
    godwit_put_u32(w, terms->messages);
}

static void give(const struct tag *tag, const godwit_emsdp_control_t *m, const uint32_t counts[2], godwit_writer_t *w)
{
    const uint8_t *member = (const uint8_t *)m + tag->offset;
    godwit_slice_t slice;
    switch (tag->kind) {
    case OCTETS:
        godwit_put(w, member, tag->min);
        break;
    case SLICE:
    case FQDN:
    case TEXT:
        memcpy(&slice, member, sizeof slice);
        godwit_put_slice(w, slice);
        break;
    case IMSI: {
        uint8_t ef[8];
        godwit_imsi_to_ef(&m->imsi, ef);
        godwit_put(w, ef, sizeof ef);
        break;
    }
    case UE_CONFIGURATION:
        godwit_put_u8(w, m->agreements);
        godwit_put_u8(w, (uint8_t)m->suites);
        if (m->suites > 0xFFu) {
            godwit_put_u8(w, (uint8_t)(m->suites >> 8));
        }
        break;
    case HSE_CONFIGURATION:
        godwit_put_u8(w, m->agreement);
        godwit_put_u8(w, m->suite);
        godwit_put_u8(w, (uint8_t)(m->framing.session_octets << 4 | m->framing.counter_octets));
        if (m->generation > EMSDP_GENERATION_FIRST) {
            godwit_put_u32(w, m->generation);
        }
        break;
    case KEY:
        godwit_put_u32(w, m->key_generation);
        godwit_put_u8(w, m->key_suite);
        godwit_put_u8(w, m->key_id);
        break;
    case COUNT:
        godwit_put_u32(w, counts != NULL ? counts[0] : m->count);
        godwit_put_u32(w, counts != NULL ? counts[1] : m->user_count);
        break;
    case SERVICE_REQUEST:
        godwit_put_u8(w, (uint8_t)m->service);
        godwit_put_u16(w, m->service_suites);
        godwit_put_u32(w, m->service_age);
        break;
    case SERVICE:
        give_terms(&m->terms, w);
        break;
    default:
        godwit_put_u8(w, (uint8_t)m->reason);
        break;
    }
}

godwit_status_t godwit_emsdp_tlvs_build(const godwit_emsdp_control_t *m, unsigned situation, const uint32_t counts[2],
                                        godwit_writer_t *w)
{
    if (!godwit_emsdp_tlvs_fit(m->command, situation, m->present) || !godwit_emsdp_tlvs_agree(m)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    for (unsigned t = 1; t <= EMSDP_TAG_LAST; t++) {
        if (!godwit_emsdp_has(m, t)) {
            continue;
        }
        godwit_put_u8(w, (uint8_t)t);
        uint8_t *len = godwit_put_space(w, 1);
        const size_t start = w->len;
        give(&tags[t], m, counts, w);
        if (w->overflow) {
            return GODWIT_NO_SPACE;
        }
        const godwit_slice_t value = godwit_slice(w->buf + start, w->len - start);
        if (!is_sound(&tags[t], value)) {
            return GODWIT_INVALID_ARGUMENT;
        }
        *len = (uint8_t)value.len;
    }
    return GODWIT_OK;
}

/* Reads TLVs until one has a tag of at least stop. */
static bool read_tlvs(godwit_reader_t *r, unsigned stop, godwit_emsdp_control_t *m)
{
    unsigned before = 0;
    while (r->left > 0 && before < stop) {
        const unsigned t = godwit_get_u8(r);
        const godwit_slice_t value = godwit_get_slice(r, godwit_get_u8(r));
        if (r->failed || t <= before) {
            return false;
        }
        before = t;
        if (t >= EMSDP_TAG_PASSED_OVER) {
            continue;
        }
        if (t > EMSDP_TAG_LAST || !is_sound(&tags[t], value)) {
            return false;
        }
        take(&tags[t], value, m);
        m->present |= 1u << t;
    }
    return true;
}

godwit_status_t godwit_emsdp_tlvs_parse(uint8_t command, unsigned situation, godwit_slice_t tlvs,
                                        godwit_emsdp_control_t *m)
{
    godwit_reader_t r = godwit_reader(tlvs);
    memset(m, 0, sizeof *m);
    m->command = command;
    const bool right =
        read_tlvs(&r, UINT8_MAX, m) && r.left == 0 && godwit_emsdp_tlvs_fit(command, situation, m->present);
    return right && godwit_emsdp_tlvs_agree(m) ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_slice_t godwit_emsdp_tlv_find(godwit_slice_t tlvs, unsigned tag)
{
    godwit_reader_t r = godwit_reader(tlvs);
    unsigned t = 0;
    while (r.left > 0 && t < tag) {
        t = godwit_get_u8(&r);
        const godwit_slice_t value = godwit_get_slice(&r, godwit_get_u8(&r));
        if (t == tag && !r.failed) {
            return value;
        }
    }
    return godwit_slice(NULL, 0);
}

bool godwit_emsdp_claimed_count(godwit_slice_t tlvs, uint32_t *count)
{
    const godwit_slice_t value = godwit_emsdp_tlv_find(tlvs, GODWIT_TLV_COUNT);
    if (value.len != tags[GODWIT_TLV_COUNT].min) {
        return false;
    }
    *count = godwit_load_u32(value.ptr);
    return true;
}

godwit_status_t godwit_emsdp_control_build(const godwit_emsdp_control_t *m, godwit_writer_t *w)
{
    godwit_writer_t copy = *w;
    godwit_status_t status = godwit_emsdp_tlvs_build(m, FRAME_ANY, NULL, &copy);
    if (status == GODWIT_OK) {
        *w = copy;
    }
    return status;
}

godwit_status_t godwit_emsdp_control_parse(uint8_t command, bool keyed, godwit_slice_t tlvs, godwit_emsdp_control_t *m)
{
    godwit_emsdp_control_t parsed;
    const unsigned situation = (keyed ? FRAME_KEYED : FRAME_UNKEYED) | FRAME_UP | FRAME_DOWN;
    godwit_status_t status = godwit_emsdp_tlvs_parse(command, situation, tlvs, &parsed);
    if (status == GODWIT_OK) {
        *m = parsed;
    }
    return status;
}

/* RAND, AUTN and HSE configuration are the lowest tags that a Start has, so reading stops there. What follows, and the
 * MAC, is not looked at: M is known only from here on. */
godwit_status_t godwit_emsdp_start_peek(godwit_slice_t datagram, godwit_framing_t framing, godwit_emsdp_control_t *m)
{
    godwit_emsdp_header_t header;
    godwit_status_t status = godwit_emsdp_peek(datagram, framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    const size_t skip = frame_header_len(framing) + 1;
    godwit_reader_t r = godwit_reader(godwit_slice(datagram.ptr + skip, datagram.len - skip));
    godwit_emsdp_control_t parsed = {.command = header.command};
    if (header.user_plane || header.command != GODWIT_SESSION_START ||
        !read_tlvs(&r, GODWIT_TLV_HSE_CONFIGURATION, &parsed) ||
        !godwit_emsdp_tlvs_fit(header.command, FRAME_KEYED | FRAME_DOWN, parsed.present) ||
        !godwit_emsdp_tlvs_agree(&parsed) || parsed.framing.session_octets != framing.session_octets ||
        parsed.framing.counter_octets != framing.counter_octets) {
        return GODWIT_MALFORMED;
    }
    *m = parsed;
    return GODWIT_OK;
}
