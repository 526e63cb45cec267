/* SPDX-License-Identifier: Apache-2.0
 *
 * What the NAS messages of EPS (TS 24.301) share: one table of information elements for each message, and one pair of
 * functions that builds and parses by it. Formats are those of TS 24.007 11.2.1.1.
 *
 * What is mandatory stands first and must be there. Of the optional part (TS 24.007 11.2.4, TS 24.301 7.6) an unknown
 * element is passed over by its format: IEI 80 to FF is one octet, 78 to 7F has two octets of length, any other one;
 * IEI 00 to 0F must be understood, so an unknown one is refused. Of an element that comes twice the first counts. A
 * length that the element cannot have is refused: MALFORMED. Octets are never copied: slices point into the message.
 */
#ifndef GODWIT_WIRE_NAS_H
#define GODWIT_WIRE_NAS_H

#include "godwit/bytes.h"

/* The largest NAS message that Godwit makes or takes: an N-PDU of up to 1500 octets, PCOs and headers. */
#define GODWIT_NAS_MAX 2048

/* Protocol discriminators, TS 24.007 11.2.3.1.1. */
#define GODWIT_NAS_PD_ESM 2
#define GODWIT_NAS_PD_EMM 7

/* An optional element of one octet or half an octet. Optional slices are there when ptr is not NULL. */
typedef struct godwit_nas_octet {
    bool set;
    uint8_t value;
} godwit_nas_octet_t;

typedef enum godwit_nas_format {
    GODWIT_NAS_HALVES, /* two uint8_t: bits 4 to 1, bits 8 to 5 */
    GODWIT_NAS_OCTET,  /* V of one octet: uint8_t */
    GODWIT_NAS_V,      /* V of min octets: slice */
    GODWIT_NAS_LV,     /* slice, as are those below unless they say otherwise */
    GODWIT_NAS_LVE,
    GODWIT_NAS_TV1,      /* IEI in bits 8 to 5: godwit_nas_octet_t */
    GODWIT_NAS_TV_OCTET, /* godwit_nas_octet_t */
    GODWIT_NAS_TV,       /* of min octets */
    GODWIT_NAS_TLV,
    GODWIT_NAS_TLVE,
} godwit_nas_format_t;

#define GODWIT_NAS_NOWHERE UINT16_MAX /* of an element that is read over, or a half octet that is spare */

typedef struct godwit_nas_element {
    uint8_t format; /* godwit_nas_format_t */
    uint8_t iei;
    uint16_t min, max;   /* octets of the value */
    uint16_t at, second; /* where it stands in the structure; second: the high half of HALVES */
} godwit_nas_element_t;

typedef struct godwit_nas_spec {
    uint8_t type; /* message type */
    uint8_t count;
    uint16_t size; /* of the structure */
    const godwit_nas_element_t *elements;
} godwit_nas_spec_t;

/* What every ESM message begins with; the first member of each ESM structure. */
typedef struct godwit_esm_head {
    uint8_t bearer; /* EPS bearer identity, 0 or 5 to 15 */
    uint8_t pti;    /* procedure transaction identity, 1 to 254; 0: none */
} godwit_esm_head_t;

/* The message type of a plain EMM or of an ESM message: GODWIT_MALFORMED when it is neither, too short, or security
 * protected. */
GODWIT_MUST_USE godwit_status_t godwit_emm_type(godwit_slice_t octets, uint8_t *type);
GODWIT_MUST_USE godwit_status_t godwit_esm_type(godwit_slice_t octets, godwit_esm_head_t *head, uint8_t *type);

/* For emm*.c and esm*.c. Build gives GODWIT_INVALID_ARGUMENT for a value whose length the element cannot have; parse
 * writes nothing unless it gives GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_emm_build(const godwit_nas_spec_t *spec, const void *message,
                                                 godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_emm_parse(const godwit_nas_spec_t *spec, godwit_slice_t octets, void *message);
/* Of TS 24.008, for mm.c: any discriminator, skip indicator 0; bits 8 and 7 of the type are a sequence number, which is
 * 0 when built. */
GODWIT_MUST_USE godwit_status_t godwit_mm_head(uint8_t discriminator, godwit_slice_t octets, uint8_t *type);
GODWIT_MUST_USE godwit_status_t godwit_mm_build(uint8_t discriminator, const godwit_nas_spec_t *spec,
                                                const void *message, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_mm_parse(uint8_t discriminator, const godwit_nas_spec_t *spec,
                                                godwit_slice_t octets, void *message);
GODWIT_MUST_USE godwit_status_t godwit_esm_build(const godwit_nas_spec_t *spec, const void *message,
                                                 godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_esm_parse(const godwit_nas_spec_t *spec, godwit_slice_t octets, void *message);

/* EPS mobile identity (TS 24.301 9.9.3.12): IMSI or GUTI. Identity responses have the IMSI in the same form (TS 24.008
 * 10.5.1.4). */
typedef struct godwit_guti {
    godwit_plmn_t plmn;
    uint16_t mme_group;
    uint8_t mme_code;
    uint32_t m_tmsi;
} godwit_guti_t;

typedef struct godwit_eps_identity {
    bool is_guti;
    godwit_imsi_t imsi;
    godwit_guti_t guti;
} godwit_eps_identity_t;

#define GODWIT_EPS_IDENTITY_MAX 11

bool godwit_guti_equal(const godwit_guti_t *a, const godwit_guti_t *b);
/* The value of the element, without IEI and length. */
GODWIT_MUST_USE godwit_status_t godwit_eps_identity_build(const godwit_eps_identity_t *identity, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_eps_identity_parse(godwit_slice_t value, godwit_eps_identity_t *identity);

#endif
