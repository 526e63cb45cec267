/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy document read (docs/policy.md). The form is checked here, the meaning by core/policy; a copy is given out
 * only when both hold.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/policy/locate.h"
#include "adapters/policy/members.h"
#include "adapters/policy/policy.h"
#include "godwit/emsdp.h"

#define FORMAT 1

/* ---- words ---- */

static bool suite_word(const char *word, uint8_t *number)
{
    return godwit_suite_from_name(word, number) == GODWIT_OK;
}

static bool algorithm_word(const char *word, const char *prefix, char first, uint8_t *number)
{
    bool known = strlen(word) == 4 && strncmp(word, prefix, 3) == 0 && word[3] >= first && word[3] <= '3';
    *number = known ? (uint8_t)(word[3] - '0') : 0;
    return known;
}

static bool eea_word(const char *word, uint8_t *number)
{
    return algorithm_word(word, "eea", '0', number);
}

static bool eia_word(const char *word, uint8_t *number)
{
    return algorithm_word(word, "eia", '1', number);
}

static bool agreement_word(const char *word, uint8_t *number)
{
    godwit_agreement_t agreement;
    bool known = godwit_agreement_from_name(word, &agreement) == GODWIT_OK && agreement != GODWIT_AGREEMENT_DEVICE_RAND;
    *number = known ? (uint8_t)agreement : 0;
    return known;
}

static bool confidentiality_word(const char *word, godwit_confidentiality_t *meaning)
{
    static const char *const words[] = {"required", "by_law", "off"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            *meaning = (godwit_confidentiality_t)i;
            return true;
        }
    }
    return false;
}

/* ---- rules ---- */

static bool read_agreements(const object_t *o, godwit_policy_rules_t *r)
{
    uint8_t numbers[8], count = 0;
    if (!godwit_member_words(o, "agreements", 8, agreement_word,
                             "must be an agreement such as access-eps or separate-eps", numbers, &count)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        r->agreements = (uint8_t)(r->agreements | 1u << (numbers[i] - 1));
    }
    return true;
}

static bool read_frequency(const object_t *o, godwit_policy_rules_t *r)
{
    static const char *const names[] = {"attaches", "seconds", NULL};
    char prefix[MEMBER_PATH];
    const object_t inner = {o->m, json_object_get(o->json, "reauthenticate"), prefix};
    (void)snprintf(prefix, sizeof prefix, "%s%sreauthenticate", o->prefix, o->prefix[0] == '\0' ? "" : ".");
    if (inner.json == NULL) {
        return godwit_member_refuse(o, "reauthenticate", -1, "is missing");
    }
    return godwit_member_only(&inner, names) &&
           godwit_member_number(&inner, "attaches", 1, 65535, &r->reauthenticate_attaches) &&
           godwit_member_number(&inner, "seconds", 60, 366u * 24 * 3600, &r->reauthenticate_s);
}

static bool read_confidentiality(const object_t *o, godwit_policy_rules_t *r)
{
    char word[16] = "";
    return godwit_member_text(o, "confidentiality", true, word, sizeof word) &&
           (confidentiality_word(word, &r->confidentiality) ||
            godwit_member_refuse(o, "confidentiality", -1, "must be required, by_law or off"));
}

static bool read_sizes(const object_t *o, godwit_policy_rules_t *r)
{
    uint32_t key = 0, mac = 0;
    bool read = godwit_member_number(o, "key_bits", GODWIT_POLICY_KEY_BITS_LEAST, GODWIT_POLICY_KEY_BITS, &key) &&
                godwit_member_number(o, "mac_bits", GODWIT_POLICY_MAC_BITS_LEAST, 128, &mac) &&
                godwit_member_text(o, "below_minimum", false, r->below_minimum, sizeof r->below_minimum);
    r->key_bits = (uint16_t)key;
    r->mac_bits = (uint16_t)mac;
    return read;
}

/* named: the object has a member plmn, too. */
static bool read_rules(const object_t *o, bool named, godwit_policy_rules_t *r)
{
    static const char *const names[] = {"plmn",       "confidentiality", "law", "integrity", "key_bits",
                                        "mac_bits",   "suites",          "eea", "eia",       "reauthenticate",
                                        "agreements", "below_minimum",   NULL};
    uint8_t count = 0;
    return godwit_member_only(o, named ? names : names + 1) && read_confidentiality(o, r) &&
           godwit_member_text(o, "law", false, r->law, sizeof r->law) &&
           godwit_member_truth(o, "integrity", &r->integrity) && read_sizes(o, r) &&
           godwit_member_words(o, "suites", GODWIT_POLICY_SUITES_MAX, suite_word,
                               "must be a suite such as eea2-eia2-64", r->suites, &count) &&
           godwit_member_words(o, "eea", GODWIT_POLICY_ALGORITHMS_MAX, eea_word, "must be eea0, eea1, eea2 or eea3",
                               r->eea, &r->eea_count) &&
           godwit_member_words(o, "eia", GODWIT_POLICY_ALGORITHMS_MAX, eia_word,
                               "must be eia1, eia2 or eia3: there is no null integrity", r->eia, &r->eia_count) &&
           read_frequency(o, r) && read_agreements(o, r);
}

static bool read_plmn(const object_t *o, godwit_plmn_t *plmn)
{
    char text[16] = "";
    return godwit_member_text(o, "plmn", true, text, sizeof text) &&
           (godwit_plmn_from_text(text, plmn) == GODWIT_OK ||
            godwit_member_refuse(o, "plmn", -1, "must be a PLMN such as 001-01 or 001-001"));
}

/* ---- devices ---- */

static bool read_solutions(const object_t *o, const char *name, uint8_t *bits)
{
    const json_t *list = godwit_member_list(o, name, 3);
    size_t size = list == NULL ? 0 : json_array_size(list);
    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);
        json_int_t n = json_integer_value(entry);
        if (!json_is_integer(entry) || n < 1 || n > 3) {
            return godwit_member_refuse(o, name, (int)i, "must be 1, 2 or 3: a Solution of TR 33.863");
        }
        if ((*bits >> (n - 1) & 1) != 0) {
            return godwit_member_refuse(o, name, (int)i, "is named twice");
        }
        *bits = (uint8_t)(*bits | 1u << (n - 1));
    }
    return list != NULL;
}

static bool read_class(const object_t *o, godwit_policy_class_t *c)
{
    static const char *const names[] = {"class", "offered", "required", "fallback", NULL};
    return godwit_member_only(o, names) && godwit_member_text(o, "class", true, c->name, sizeof c->name) &&
           read_solutions(o, "offered", &c->offered) && read_solutions(o, "required", &c->required) &&
           godwit_member_truth(o, "fallback", &c->fallback);
}

static bool read_classes(const object_t *o, godwit_policy_t *p)
{
    const json_t *list = godwit_member_list(o, "devices", GODWIT_POLICY_CLASSES_MAX);
    size_t size = list == NULL ? 0 : json_array_size(list);
    p->class_count = (uint8_t)size;
    for (size_t i = 0; i < size; i++) {
        char prefix[32];
        const object_t entry = {o->m, json_array_get(list, i), prefix};
        (void)snprintf(prefix, sizeof prefix, "devices[%zu]", i);
        if (!read_class(&entry, &p->classes[i])) {
            return false;
        }
    }
    return list != NULL;
}

static bool read_networks(const object_t *o, godwit_policy_t *p)
{
    const json_t *list = godwit_member_list(o, "networks", GODWIT_POLICY_NETWORKS_MAX);
    size_t size = list == NULL ? 0 : json_array_size(list);
    p->network_count = (uint8_t)size;
    for (size_t i = 0; i < size; i++) {
        char prefix[32];
        const object_t entry = {o->m, json_array_get(list, i), prefix};
        (void)snprintf(prefix, sizeof prefix, "networks[%zu]", i);
        if (!read_rules(&entry, true, &p->networks[i].rules) || !read_plmn(&entry, &p->networks[i].plmn)) {
            return false;
        }
    }
    return list != NULL;
}

/* ---- the document ---- */

static bool read_document(const object_t *o, godwit_policy_t *p)
{
    static const char *const names[] = {"godwit_policy", "version", "plmn",     "issuer",
                                        "devices",       "default", "networks", NULL};
    uint32_t format = 0;
    const object_t standard = {o->m, json_object_get(o->json, "default"), "default"};
    return godwit_member_only(o, names) && godwit_member_number(o, "godwit_policy", FORMAT, FORMAT, &format) &&
           godwit_member_number(o, "version", 1, UINT32_MAX, &p->version) && read_plmn(o, &p->plmn) &&
           godwit_member_text(o, "issuer", true, p->issuer, sizeof p->issuer) && read_classes(o, p) &&
           (standard.json != NULL || godwit_member_refuse(o, "default", -1, "is missing")) &&
           read_rules(&standard, false, &p->standard) && read_networks(o, p);
}

static void tell(const char *text, size_t len, const char *path, const char *what, char why[GODWIT_POLICY_WHY])
{
    (void)snprintf(why, GODWIT_POLICY_WHY, "line %u: %s%s%s", godwit_policy_line_of(text, len, path), path,
                   path[0] == '\0' ? "" : ": ", what);
}

godwit_status_t godwit_policy_parse(const char *text, size_t len, godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    json_error_t error;
    members_t members = {.path = ""};
    godwit_policy_fault_t fault;
    godwit_policy_t p;
    why[0] = '\0';
    memset(&p, 0, sizeof p);
    json_t *root = len > GODWIT_POLICY_DOCUMENT_MAX ? NULL : json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        if (len > GODWIT_POLICY_DOCUMENT_MAX) {
            (void)snprintf(why, GODWIT_POLICY_WHY, "the document is longer than 65536 octets");
        } else {
            (void)snprintf(why, GODWIT_POLICY_WHY, "line %d: no JSON: %s", error.line, error.text);
        }
        return GODWIT_MALFORMED;
    }
    const object_t document = {&members, root, ""};
    bool read = read_document(&document, &p);
    json_decref(root);
    if (!read) {
        tell(text, len, members.path, members.what, why);
        return GODWIT_MALFORMED;
    }
    if (godwit_policy_check(&p, &fault) != GODWIT_OK) {
        tell(text, len, fault.path, fault.what, why);
        return GODWIT_POLICY_FORBIDS;
    }
    *policy = p;
    return GODWIT_OK;
}

godwit_status_t godwit_policy_load(const char *path, godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    char reason[GODWIT_POLICY_WHY];
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : malloc(GODWIT_POLICY_DOCUMENT_MAX + 1);
    size_t len = text == NULL ? 0 : fread(text, 1, GODWIT_POLICY_DOCUMENT_MAX + 1, file);
    godwit_status_t status = GODWIT_IO_FAILED;
    if (text == NULL || ferror(file) != 0) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.200s: cannot be read: %s", path, strerror(errno));
    } else {
        status = godwit_policy_parse(text, len, policy, reason);
        if (status != GODWIT_OK) {
            (void)snprintf(why, GODWIT_POLICY_WHY, "%.200s: %.300s", path, reason);
        }
    }
    free(text);
    if (file != NULL) {
        (void)fclose(file);
    }
    return status;
}
