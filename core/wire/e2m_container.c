/* SPDX-License-Identifier: Apache-2.0
 *
 * The container of Solution 1 in the PCO.
 */
#include "core/wire/e2m_container.h"

#include <string.h>

static size_t selector_size(godwit_selector_kind_t kind)
{
    return kind == GODWIT_SELECTOR_RAND ? 16 : kind == GODWIT_SELECTOR_SQN ? 6 : 0;
}

static void put_head(godwit_plmn_t plmn, godwit_writer_t *w)
{
    godwit_put(w, plmn.octets, sizeof plmn.octets);
    godwit_put_u8(w, GODWIT_E2M_CONTAINER_VERSION);
}

static godwit_status_t get_head(godwit_reader_t *r, godwit_plmn_t *plmn)
{
    char text[8];
    godwit_get(r, plmn->octets, sizeof plmn->octets);
    if (godwit_get_u8(r) != GODWIT_E2M_CONTAINER_VERSION || r->failed) {
        return GODWIT_MALFORMED;
    }
    return godwit_plmn_to_text(*plmn, text);
}

godwit_status_t godwit_e2m_container_build(const godwit_e2m_container_t *container, godwit_writer_t *w)
{
    uint8_t ef[8];
    size_t size = selector_size(container->selector.kind);
    if (size == 0 || container->imsi.len < GODWIT_IMSI_DIGITS_MIN || container->imsi.len > GODWIT_IMSI_DIGITS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    put_head(container->plmn, w);
    godwit_put_u8(w, (uint8_t)container->selector.kind);
    godwit_put(w, container->selector.octets, size);
    godwit_imsi_to_ef(&container->imsi, ef);
    godwit_put(w, ef, sizeof ef);
    godwit_put_u8(w, container->agreements);
    godwit_put_u16(w, container->suites);
    godwit_put_u32(w, container->above_generation);
    return godwit_writer_status(w);
}

godwit_status_t godwit_e2m_container_parse(godwit_slice_t contents, godwit_e2m_container_t *container)
{
    godwit_reader_t r = godwit_reader(contents);
    godwit_e2m_container_t c;
    uint8_t ef[8];
    memset(&c, 0, sizeof c);
    if (get_head(&r, &c.plmn) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    uint8_t kind = godwit_get_u8(&r);
    if (kind != GODWIT_SELECTOR_RAND && kind != GODWIT_SELECTOR_SQN) {
        return GODWIT_MALFORMED;
    }
    c.selector.kind = (godwit_selector_kind_t)kind;
    godwit_get(&r, c.selector.octets, selector_size(c.selector.kind));
    godwit_get(&r, ef, sizeof ef);
    c.agreements = godwit_get_u8(&r);
    c.suites = godwit_get_u16(&r);
    c.above_generation = godwit_get_u32(&r);
    if (godwit_reader_done(&r) != GODWIT_OK || godwit_imsi_from_ef(ef, &c.imsi) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *container = c;
    return GODWIT_OK;
}

godwit_status_t godwit_e2m_answer_build(godwit_plmn_t plmn, godwit_slice_t datagram, godwit_writer_t *w)
{
    if (datagram.len == 0 || datagram.len > GODWIT_E2M_START_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    put_head(plmn, w);
    godwit_put_slice(w, datagram);
    return godwit_writer_status(w);
}

godwit_status_t godwit_e2m_answer_parse(godwit_slice_t contents, godwit_plmn_t *plmn, godwit_slice_t *datagram)
{
    godwit_reader_t r = godwit_reader(contents);
    godwit_plmn_t home;
    if (get_head(&r, &home) != GODWIT_OK || r.left == 0 || r.left > GODWIT_E2M_START_MAX) {
        return GODWIT_MALFORMED;
    }
    *plmn = home;
    *datagram = godwit_get_slice(&r, r.left);
    return GODWIT_OK;
}
