/* SPDX-License-Identifier: Apache-2.0
 *
 * Single values of the configuration: names, addresses, numbers.
 */
#include "daemons/godwitd/config_check.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define MULTICAST 224 /* first octet of the addresses that are not of one host, from there on */

bool config_refuse(config_t *c, const char *where, unsigned index, const char *what, const char *value)
{
    char place[96];
    const char *bracket = strstr(where, "[]");
    int head = bracket == NULL ? (int)strlen(where) : (int)(bracket - where);
    if (bracket == NULL) {
        (void)snprintf(place, sizeof place, "%s", where);
    } else {
        (void)snprintf(place, sizeof place, "%.*s[%u]%s", head, where, index, bracket + 2);
    }
    (void)snprintf(c->error, sizeof c->error, "%s: %s: %s%s%.160s%s", c->file, place, what,
                   value == NULL ? "" : ", not '", value == NULL ? "" : value, value == NULL ? "" : "'");
    return false;
}

bool config_name(config_t *c, const char *where, unsigned index, const char *text, char name[GODWIT_NODE_NAME_MAX])
{
    if (text == NULL) {
        return config_refuse(c, where, index, "is missing: a domain name", NULL);
    }
    if (strlen(text) >= GODWIT_NODE_NAME_MAX || !godwit_fqdn_is_canonical(godwit_slice_of_string(text))) {
        return config_refuse(c, where, index, "must be a domain name in lower case, of at most 127 characters", text);
    }
    (void)snprintf(name, GODWIT_NODE_NAME_MAX, "%s", text);
    return true;
}

bool config_plmn(config_t *c, const char *where, unsigned index, const char *text, godwit_plmn_t *plmn)
{
    if (text == NULL) {
        return config_refuse(c, where, index, "is missing: a PLMN such as 001-01", NULL);
    }
    return godwit_plmn_from_text(text, plmn) == GODWIT_OK ||
           config_refuse(c, where, index, "must be a PLMN such as 001-01 or 001-001", text);
}

bool config_address(config_t *c, const char *where, unsigned index, const char *text, godwit_address_t *address)
{
    if (text == NULL) {
        return config_refuse(c, where, index, "is missing: an address such as 127.0.0.1:3868", NULL);
    }
    return godwit_udp_address_from_text(text, address) == GODWIT_OK ||
           config_refuse(c, where, index, "must be an address and a port such as 127.0.0.1:3868 or [::1]:3868", text);
}

bool config_host_port(config_t *c, const char *where, unsigned index, const char *text, char host[64], uint16_t *port)
{
    godwit_address_t address;
    if (!config_address(c, where, index, text, &address)) {
        return false;
    }
    if (inet_ntop(address.len == 6 ? AF_INET : AF_INET6, address.octets, host, 64) == NULL) {
        return config_refuse(c, where, index, "cannot be written as text", text);
    }
    *port = godwit_load_u16(address.octets + address.len - 2);
    return true;
}

bool config_ipv4(config_t *c, const char *where, unsigned index, const char *text, uint8_t ipv4[4])
{
    if (text == NULL) {
        return config_refuse(c, where, index, "is missing: an IPv4 address such as 127.0.1.1", NULL);
    }
    if (inet_pton(AF_INET, text, ipv4) != 1) {
        return config_refuse(c, where, index, "must be an IPv4 address such as 127.0.1.1, without a port", text);
    }
    return (ipv4[0] != 0 && ipv4[0] < MULTICAST) || /* peers are told it, and answer there */
           config_refuse(c, where, index, "must be the address of one node", text);
}

bool config_range(config_t *c, const char *where, uint32_t value, uint32_t least, uint32_t most)
{
    char what[64], text[16];
    if (value == 0 || (value >= least && value <= most)) {
        return true;
    }
    (void)snprintf(what, sizeof what, "must be from %u to %u", (unsigned)least, (unsigned)most);
    (void)snprintf(text, sizeof text, "%u", (unsigned)value);
    return config_refuse(c, where, 0, what, text);
}

static bool is_separate(godwit_agreement_t agreement)
{
    return agreement == GODWIT_AGREEMENT_SEPARATE_EPS || agreement == GODWIT_AGREEMENT_SEPARATE_UMTS;
}

static bool is_access(godwit_agreement_t agreement)
{
    return agreement == GODWIT_AGREEMENT_ACCESS_EPS || agreement == GODWIT_AGREEMENT_ACCESS_UMTS;
}

bool config_agreements(config_t *c, const char *where, char **names, unsigned count, bool access, uint8_t *bits)
{
    *bits = count == 0 ? 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1) : 0;
    for (unsigned i = 0; i < count; i++) {
        godwit_agreement_t agreement;
        if (godwit_agreement_from_name(names[i], &agreement) != GODWIT_OK ||
            (!is_separate(agreement) && !godwit_agreement_has_reference((uint8_t)agreement) &&
             !(access && is_access(agreement)))) {
            return config_refuse(c, where, i,
                                 access ? "must be separate-eps, separate-umts, gba, akma, access-eps or access-umts"
                                        : "must be separate-eps, separate-umts, gba or akma",
                                 names[i]);
        }
        *bits = (uint8_t)(*bits | 1u << (agreement - 1));
    }
    return true;
}

bool config_remote(config_t *c, const char *where, const raw_remote_t *raw, char host[GODWIT_NODE_NAME_MAX],
                   char realm[GODWIT_NODE_NAME_MAX])
{
    char place[64];
    c->diameter.used = true;
    if (raw == NULL) {
        return config_refuse(c, where, 0, "is missing: host and realm, for it is in another process", NULL);
    }
    (void)snprintf(place, sizeof place, "%s.host", where);
    if (raw->host != NULL && !config_name(c, place, 0, raw->host, host)) {
        return false;
    }
    (void)snprintf(place, sizeof place, "%s.realm", where);
    return config_name(c, place, 0, raw->realm, realm);
}
