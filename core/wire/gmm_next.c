/* SPDX-License-Identifier: Apache-2.0
 *
 * Detach accept to the MS and GMM information (TS 24.008 9.4.6.1, 9.4.19): what is left of them here is the vector of
 * the following session (contribution 000), which is Godwit's own in both.
 */
#include "core/wire/gmm_element.h"

#include <string.h>

static godwit_status_t read_rest(godwit_reader_t *r, godwit_gmm_next_vector_t *next)
{
    static const godwit_element_rule_t rules[] = {GODWIT_GMM_RULE_RAND, GODWIT_GMM_RULE_AUTN};
    godwit_slice_t values[2];
    return !r->failed && godwit_elements_parse(r, rules, 2, values) == GODWIT_OK
               ? godwit_gmm_read_next(values[0], values[1], next)
               : GODWIT_MALFORMED;
}

godwit_status_t godwit_gmm_detach_accept_network_build(const godwit_gmm_detach_accept_network_t *message,
                                                       godwit_writer_t *w)
{
    godwit_gmm_put_head(w, GODWIT_GMM_DETACH_ACCEPT);
    godwit_put_u8(w, message->force_to_standby ? 1 : 0);
    godwit_gmm_put_next(w, &message->next);
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_detach_accept_network_parse(godwit_slice_t octets,
                                                       godwit_gmm_detach_accept_network_t *message)
{
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_DETACH_ACCEPT);
    godwit_gmm_detach_accept_network_t m;
    m.force_to_standby = (godwit_get_u8(&r) & 0x07U) == 1U;
    if (read_rest(&r, &m.next) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_information_build(const godwit_gmm_information_t *message, godwit_writer_t *w)
{
    godwit_gmm_put_head(w, GODWIT_GMM_INFORMATION);
    godwit_gmm_put_next(w, &message->next);
    return godwit_writer_status(w);
}

/* 9.4.19: 43 and 45 names, 46 time zone (TV, 1), 47 universal time (TV, 7), 48 LSA, 49 daylight saving time. */
godwit_status_t godwit_gmm_information_parse(godwit_slice_t octets, godwit_gmm_information_t *message)
{
    enum { RAND, AUTN, ZONE, TIME, RULES };
    static const godwit_element_rule_t rules[RULES] = {[RAND] = GODWIT_GMM_RULE_RAND,
                                                       [AUTN] = GODWIT_GMM_RULE_AUTN,
                                                       [ZONE] = {0x46, GODWIT_ELEMENT_TV, 1, 1},
                                                       [TIME] = {0x47, GODWIT_ELEMENT_TV, 7, 7}};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_INFORMATION);
    godwit_gmm_information_t m;
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK ||
        godwit_gmm_read_next(values[RAND], values[AUTN], &m.next) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}
