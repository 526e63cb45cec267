/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may have which vectors. KASME binds the serving network (TS 33.401 A.2): whoever gets it for a PLMN is that
 * PLMN's, so the realm that asks must be of the PLMN that it names; and KASME for the BEST PLMN, root of agreement 03,
 * goes to configured home nodes only.
 */
#include <string.h>

#include "roles/hss/internal.h"

/* TS 23.003 19.2: epc.mncNNN.mccNNN.3gppnetwork.org, an MNC of two digits with a zero before it. */
static bool is_realm_of(const char *realm, godwit_plmn_t plmn)
{
    char domain[14], name[] = "epc.mnc000.mcc000.3gppnetwork.org";
    if (godwit_plmn_to_domain(plmn, domain) != GODWIT_OK) {
        return false;
    }
    memcpy(name + 4, domain, sizeof domain - 1);
    return godwit_equal_names(realm, name);
}

static const godwit_hss_node_t *node_of(const godwit_hss_t *hss, const char *host)
{
    for (size_t i = 0; i < hss->node_count && i < GODWIT_HSS_NODES_MAX; i++) {
        if (godwit_equal_names(hss->nodes[i].host, host)) {
            return &hss->nodes[i];
        }
    }
    return NULL;
}

bool godwit_hss_is_home(const godwit_hss_t *hss, const char *host)
{
    const godwit_hss_node_t *node = node_of(hss, host);
    return node != NULL && node->home;
}

bool godwit_hss_is_of(const godwit_hss_t *hss, const godwit_message_t *message, godwit_plmn_t plmn)
{
    if (godwit_plmn_equal(plmn, hss->best_plmn)) {
        return godwit_hss_is_home(hss, message->origin_host);
    }
    for (size_t i = 0; i < hss->network_count && i < GODWIT_HSS_NETWORKS_MAX; i++) {
        if (godwit_plmn_equal(hss->networks[i].plmn, plmn) &&
            godwit_equal_names(hss->networks[i].realm, message->origin_realm)) {
            return true;
        }
    }
    return is_realm_of(message->origin_realm, plmn);
}

static bool is_taken(const godwit_hss_t *hss, unsigned ind)
{
    for (size_t i = 0; i < hss->node_count && i < GODWIT_HSS_NODES_MAX; i++) {
        if (hss->nodes[i].ind == ind) {
            return true;
        }
    }
    return false;
}

unsigned godwit_hss_ind(const godwit_hss_t *hss, const char *host, const uint8_t requester[8], unsigned ind_bits)
{
    const unsigned mask = (1u << (ind_bits <= GODWIT_IND_BITS_MAX ? ind_bits : GODWIT_IND_BITS_MAX)) - 1u;
    const godwit_hss_node_t *node = node_of(hss, host);
    if (node != NULL) {
        return node->ind & mask;
    }
    for (unsigned i = 0; i <= mask; i++) {
        unsigned ind = (requester[0] + i) & mask;
        if (!is_taken(hss, ind)) {
            return ind;
        }
    }
    return requester[0] & mask;
}

bool godwit_hss_is_listed(const char (*hosts)[GODWIT_NODE_NAME_MAX], size_t count, const char *host)
{
    for (size_t i = 0; i < count; i++) {
        if (godwit_equal_names(hosts[i], host)) {
            return true;
        }
    }
    return false;
}
