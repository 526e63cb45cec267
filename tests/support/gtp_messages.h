/* SPDX-License-Identifier: Apache-2.0
 *
 * The peers of a gateway in tests: requests as an SGSN, an MME or an S-GW makes them, and what came out of a role, read
 * again. Include after cmocka.h.
 */
#ifndef GODWIT_TESTS_GTP_MESSAGES_H
#define GODWIT_TESTS_GTP_MESSAGES_H

#include "core/wire/e2m_container.h"
#include "core/wire/gtpu.h"
#include "core/wire/gtpv1.h"
#include "core/wire/gtpv2.h"
#include "tests/support/owner.h"

#include <string.h>

#define GTP_IMSI "001010123456789"
#define GTP_QOS "\x02\x1B\x93\x1F"

/* 10.0.0.node, that port. */
static inline godwit_address_t gtp_node(uint8_t node, uint16_t port)
{
    godwit_address_t a = {.len = 6, .octets = {10, 0, 0, node}};
    godwit_store_u16(a.octets + 4, port);
    return a;
}

static inline void gtp_give(owner_t *owner, godwit_port_t port, const godwit_address_t *from, godwit_slice_t octets)
{
    owner_give(owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM, .port = port, .from = *from, .datagram = octets});
}

static inline void gtp_give_v2(owner_t *owner, uint8_t node, const godwit_gtpv2_t *m)
{
    uint8_t octets[800];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t from = gtp_node(node, GODWIT_GTPC_PORT);
    assert_int_equal(godwit_gtpv2_build(m, &w), GODWIT_OK);
    gtp_give(owner, GODWIT_PORT_GTPC, &from, godwit_written(&w));
}

static inline void gtp_give_v1(owner_t *owner, uint8_t node, const godwit_gtpv1_t *m)
{
    uint8_t octets[800];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t from = gtp_node(node, GODWIT_GTPC_PORT);
    assert_int_equal(godwit_gtpv1_build(m, &w), GODWIT_OK);
    gtp_give(owner, GODWIT_PORT_GTPC, &from, godwit_written(&w));
}

static inline void gtp_give_pdu(owner_t *owner, uint8_t node, uint32_t teid, const char *text)
{
    uint8_t octets[200];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t from = gtp_node(node, GODWIT_GTPU_PORT);
    assert_int_equal(godwit_gtpu_put_pdu(&w, teid, godwit_slice(text, strlen(text))), GODWIT_OK);
    gtp_give(owner, GODWIT_PORT_GTPU, &from, godwit_written(&w));
}

/* The nth datagram by that door; fails the test when there is none or it goes to another node. */
static inline const godwit_request_t *gtp_sent(const owner_t *owner, godwit_port_t port, uint8_t node, size_t nth)
{
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *r = &owner->requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == port && nth-- == 0) {
            assert_int_equal(r->to.octets[3], node);
            return r;
        }
    }
    fail_msg("no datagram by that door");
    return NULL;
}

static inline godwit_gtpv2_t gtp_sent_v2(const owner_t *owner, uint8_t node, uint8_t type)
{
    godwit_gtpv2_t m;
    assert_int_equal(godwit_gtpv2_parse(gtp_sent(owner, GODWIT_PORT_GTPC, node, 0)->octets, &m), GODWIT_OK);
    assert_int_equal(m.type, type);
    return m;
}

static inline godwit_gtpv1_t gtp_sent_v1(const owner_t *owner, uint8_t node, uint8_t type)
{
    godwit_gtpv1_t m;
    assert_int_equal(godwit_gtpv1_parse(gtp_sent(owner, GODWIT_PORT_GTPC, node, 0)->octets, &m), GODWIT_OK);
    assert_int_equal(m.type, type);
    return m;
}

/* A G-PDU with that TEID and text went to that node. */
static inline void gtp_sent_pdu(const owner_t *owner, uint8_t node, uint32_t teid, const char *text)
{
    godwit_gtpu_t m;
    assert_int_equal(godwit_gtpu_parse(gtp_sent(owner, GODWIT_PORT_GTPU, node, 0)->octets, &m), GODWIT_OK);
    assert_int_equal(m.type, GODWIT_GTPU_G_PDU);
    assert_int_equal(m.teid, teid);
    assert_int_equal(m.pdu.len, strlen(text));
    assert_memory_equal(m.pdu.ptr, text, m.pdu.len);
}

static inline void gtp_sent_nothing(const owner_t *owner)
{
    assert_int_equal(owner_count(owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(owner_count(owner, GODWIT_REQUEST_MESSAGE), 0);
}

/* The PCO that a device with that IMSI sends: one container in it; octets holds GODWIT_PCO_MAX. */
static inline godwit_slice_t gtp_pco(const char *imsi, uint8_t *octets)
{
    uint8_t contents[GODWIT_E2M_CONTAINER_MAX];
    godwit_writer_t inner = godwit_writer(contents, sizeof contents), w = godwit_writer(octets, GODWIT_PCO_MAX);
    godwit_e2m_container_t c = {.selector = {.kind = GODWIT_SELECTOR_RAND}, .agreements = 1, .suites = 0x0102};
    memset(c.selector.octets, 0xA5, sizeof c.selector.octets);
    c.imsi = owner_imsi(imsi);
    c.above_generation = 3;
    assert_int_equal(godwit_plmn_from_text("001-01", &c.plmn), GODWIT_OK);
    assert_int_equal(godwit_e2m_container_build(&c, &inner), GODWIT_OK);
    godwit_pco_unit_t unit = {.id = GODWIT_E2M_CONTAINER_ID, .contents = godwit_written(&inner)};
    assert_int_equal(godwit_pco_build(&unit, 1, &w), GODWIT_OK);
    return godwit_written(&w);
}

/* The EMSDP datagram in the PCO of an answer; empty: none. */
static inline godwit_slice_t gtp_start_of(godwit_slice_t pco)
{
    godwit_slice_t contents, start;
    godwit_plmn_t plmn;
    if (pco.len == 0) {
        return pco;
    }
    assert_int_equal(godwit_pco_find(pco, GODWIT_E2M_CONTAINER_ID, &contents), GODWIT_OK);
    assert_int_equal(godwit_e2m_answer_parse(contents, &plmn, &start), GODWIT_OK);
    return start;
}

static inline godwit_fteid_t gtp_fteid(uint8_t interface, uint32_t teid, uint8_t node)
{
    return (godwit_fteid_t){.interface = interface, .teid = teid, .ipv4 = {10, 0, 0, node}};
}

#endif
