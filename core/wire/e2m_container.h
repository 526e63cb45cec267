/* SPDX-License-Identifier: Apache-2.0
 *
 * The operator-specific PCO container of Solution 1 (contribution 003, steps 5 and 6): it tells the home which key set
 * of which access AKA run shall protect this bearer. Identifier FF00, contents Godwit's own but for the PLMN that they
 * begin with:
 *   up    PLMN of the home (3) || version 01 || selector kind (1) || RAND (16) or SQN (6) || IMSI (8, EF_IMSI octets 2 to 9) ||
 *         agreements (1, bit i-1 = agreement i) || suites (2) || above_generation (4)
 *   down  PLMN (3) || version 01 || EMSDP datagram: Session Start, or an unkeyed Message Reject
 * Nothing in it is secret. Whoever reads it must not believe its IMSI: the gateway compares it with its own.
 */
#ifndef GODWIT_WIRE_E2M_CONTAINER_H
#define GODWIT_WIRE_E2M_CONTAINER_H

#include "core/wire/payload.h"
#include "core/wire/pco.h"

#define GODWIT_E2M_CONTAINER_ID GODWIT_PCO_OPERATOR
#define GODWIT_E2M_CONTAINER_VERSION 1
#define GODWIT_E2M_ANSWER_MAX (4 + GODWIT_E2M_START_MAX)

typedef struct godwit_e2m_container {
    godwit_plmn_t plmn; /* of the home */
    godwit_selector_t selector;
    godwit_imsi_t imsi;
    uint8_t agreements; /* bit i-1 = agreement i */
    uint16_t suites;
    uint32_t above_generation; /* what the device has taken last of that key set; 0: nothing */
} godwit_e2m_container_t;

/* Contents of the unit. GODWIT_MALFORMED: another version too, because what it means is not known. */
GODWIT_MUST_USE godwit_status_t godwit_e2m_container_build(const godwit_e2m_container_t *container, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_e2m_container_parse(godwit_slice_t contents, godwit_e2m_container_t *container);

GODWIT_MUST_USE godwit_status_t godwit_e2m_answer_build(godwit_plmn_t plmn, godwit_slice_t datagram,
                                                        godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_e2m_answer_parse(godwit_slice_t contents, godwit_plmn_t *plmn,
                                                        godwit_slice_t *datagram);

#endif
