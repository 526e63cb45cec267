/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy as a document. What this writes, godwit_policy_parse reads as the same policy.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/policy/policy.h"
#include "godwit/emsdp.h"

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static void set_plmn(json_t *object, godwit_plmn_t plmn)
{
    char text[8] = "";
    if (godwit_plmn_to_text(plmn, text) == GODWIT_OK) {
        set(object, "plmn", json_string(text));
    }
}

static json_t *algorithms(const char *prefix, const uint8_t *list, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(names, json_sprintf("%s%u", prefix, list[i]));
    }
    return names;
}

static json_t *suites(const godwit_policy_rules_t *r)
{
    json_t *names = json_array();
    for (size_t i = 0; i < GODWIT_POLICY_SUITES_MAX && r->suites[i] != 0; i++) {
        const godwit_suite_t *suite = godwit_suite(r->suites[i]);
        (void)json_array_append_new(names, suite == NULL ? json_null() : json_string(suite->name));
    }
    return names;
}

static json_t *agreements(uint8_t bits)
{
    json_t *names = json_array();
    for (unsigned i = 1; i <= 8; i++) {
        const char *name = (bits >> (i - 1) & 1u) != 0 ? godwit_agreement_name((godwit_agreement_t)i) : NULL;
        if (name != NULL) {
            (void)json_array_append_new(names, json_string(name));
        }
    }
    return names;
}

static json_t *solutions(uint8_t bits)
{
    json_t *numbers = json_array();
    for (unsigned i = 1; i <= 3; i++) {
        if ((bits >> (i - 1) & 1u) != 0) {
            (void)json_array_append_new(numbers, json_integer(i));
        }
    }
    return numbers;
}

static void set_rules(json_t *object, const godwit_policy_rules_t *r)
{
    static const char *const words[] = {"required", "by_law", "off"};
    set(object, "confidentiality", json_string(words[r->confidentiality]));
    if (r->law[0] != '\0') {
        set(object, "law", json_string(r->law));
    }
    set(object, "integrity", json_boolean(r->integrity));
    set(object, "key_bits", json_integer(r->key_bits));
    set(object, "mac_bits", json_integer(r->mac_bits));
    if (r->below_minimum[0] != '\0') {
        set(object, "below_minimum", json_string(r->below_minimum));
    }
    set(object, "suites", suites(r));
    set(object, "eea", algorithms("eea", r->eea, r->eea_count));
    set(object, "eia", algorithms("eia", r->eia, r->eia_count));
    set(object, "reauthenticate",
        json_pack("{s:I, s:I}", "attaches", (json_int_t)r->reauthenticate_attaches, "seconds",
                  (json_int_t)r->reauthenticate_s));
    set(object, "agreements", agreements(r->agreements));
}

static json_t *document(const godwit_policy_t *p)
{
    json_t *root = json_object(), *devices = json_array(), *standard = json_object(), *networks = json_array();
    set(root, "godwit_policy", json_integer(1));
    set(root, "version", json_integer(p->version));
    set_plmn(root, p->plmn);
    set(root, "issuer", json_string(p->issuer));
    for (size_t i = 0; i < p->class_count; i++) {
        const godwit_policy_class_t *c = &p->classes[i];
        (void)json_array_append_new(devices, json_pack("{s:s, s:o, s:o, s:b}", "class", c->name, "offered",
                                                       solutions(c->offered), "required", solutions(c->required),
                                                       "fallback", (int)c->fallback));
    }
    set(root, "devices", devices);
    set_rules(standard, &p->standard);
    set(root, "default", standard);
    for (size_t i = 0; i < p->network_count; i++) {
        json_t *entry = json_object();
        set_plmn(entry, p->networks[i].plmn);
        set_rules(entry, &p->networks[i].rules);
        (void)json_array_append_new(networks, entry);
    }
    set(root, "networks", networks);
    return root;
}

char *godwit_policy_write(const godwit_policy_t *policy, size_t *len)
{
    json_t *root = document(policy);
    char *text = json_dumps(root, JSON_INDENT(2));
    size_t size = text == NULL ? 0 : strlen(text);
    char *line = text == NULL ? NULL : realloc(text, size + 2);
    json_decref(root);
    if (line == NULL) {
        free(text);
        return NULL;
    }
    line[size] = '\n';
    line[size + 1] = '\0';
    *len = size + 1;
    return line;
}
