/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements of TS 24.007 11.2.1.1 as gmm.c and sm.c need them: what every message begins with, and the optional ones at
 * its end.
 */
#ifndef GODWIT_WIRE_GMM_ELEMENT_H
#define GODWIT_WIRE_GMM_ELEMENT_H

#include "core/wire/gmm.h"

typedef enum godwit_element_format {
    GODWIT_ELEMENT_TV1, /* IEI and value share one octet; the IEI's low nibble is 0 */
    GODWIT_ELEMENT_TV,  /* no length: min octets */
    GODWIT_ELEMENT_TLV, /* min to max octets */
} godwit_element_format_t;

typedef struct godwit_element_rule {
    uint8_t iei;
    godwit_element_format_t format;
    uint8_t min, max;
} godwit_element_rule_t;

/* Reads optional elements to the end. value[i] is that of rule[i], with ptr NULL where there is none; of TV1 it is the
 * whole octet. Unknown elements are skipped (TS 24.007 11.2.4: one octet when bit 8 of the IEI is set, else TLV), but
 * for those to be comprehended. */
GODWIT_MUST_USE godwit_status_t godwit_elements_parse(godwit_reader_t *r, const godwit_element_rule_t *rule,
                                                      size_t count, godwit_slice_t *value);
void godwit_put_tlv(godwit_writer_t *w, uint8_t iei, godwit_slice_t value);

/* Discriminator and type. A reader that has found others has failed. */
void godwit_gmm_put_head(godwit_writer_t *w, godwit_gmm_type_t type);
godwit_reader_t godwit_gmm_open(godwit_slice_t octets, godwit_gmm_type_t type);

/* The vector of the following session: two rules that stand together, and their values; nothing is put when none is
 * set. */
#define GODWIT_GMM_IE_RAND 0x21
#define GODWIT_GMM_IE_AUTN 0x28
#define GODWIT_GMM_RULE_RAND                                                                                           \
    {                                                                                                                  \
        GODWIT_GMM_IE_RAND, GODWIT_ELEMENT_TV, 16, 16                                                                  \
    }
#define GODWIT_GMM_RULE_AUTN                                                                                           \
    {                                                                                                                  \
        GODWIT_GMM_IE_AUTN, GODWIT_ELEMENT_TLV, 16, 16                                                                 \
    }
void godwit_gmm_put_next(godwit_writer_t *w, const godwit_gmm_next_vector_t *next);
GODWIT_MUST_USE godwit_status_t godwit_gmm_read_next(godwit_slice_t rand, godwit_slice_t autn,
                                                     godwit_gmm_next_vector_t *next);

/* Contents of a mobile identity, without IEI, with its length. put is GODWIT_INVALID_ARGUMENT for what cannot be
 * built. */
GODWIT_MUST_USE godwit_status_t godwit_gmm_put_identity(godwit_writer_t *w, const godwit_gmm_identity_t *identity);
GODWIT_MUST_USE godwit_status_t godwit_gmm_read_identity(godwit_slice_t value, godwit_gmm_identity_t *identity);
void godwit_gmm_put_p_tmsi(godwit_writer_t *w, uint32_t p_tmsi);
GODWIT_MUST_USE godwit_status_t godwit_gmm_read_p_tmsi(godwit_slice_t value, uint32_t *p_tmsi);

#endif
