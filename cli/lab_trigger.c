/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit lab run trigger: its options, and what it prints beside the others.
 */
#include <string.h>

#include "cli/lab.h"
#include "godwit/emsdp.h"

/* Which of the names stands in the option, counted from 1; 0: it is not given. False: another. */
static bool read_name(const cli_args_t *args, const char *option, const char *const *names, unsigned count,
                      unsigned *which)
{
    const char *value = cli_value(args, option);
    *which = 0;
    for (unsigned i = 0; value != NULL && i < count; i++) {
        if (strcmp(value, names[i]) == 0) {
            *which = i + 1;
            return true;
        }
    }
    if (value != NULL) {
        (void)cli_fail(args, CLI_USAGE, "--%s: %s%s%s%s%s", option, names[0], count > 2 ? ", " : " or ", names[1],
                       count > 2 ? " or " : "", count > 2 ? names[2] : "");
    }
    return value == NULL;
}

static const char *const cases[] = {"1", "2"}, *const sources[] = {"scs", "as"},
                         *const makers[] = {"hss", "mme", "iwf"}, *const roots[] = {"flagged", "kasme", "eap"},
                         *const keys[] = {"derived", "received"}, *const ways[] = {"t5", "t4", "a3"};

/* Any of its options; without the first so many, which another procedure has, too. */
static bool is_given(const cli_args_t *args, size_t first)
{
    static const char *const options[] = {"source", "roaming", "case", "key-from",
                                          "root",   "ue-key",  "via",  "nas-embedded"};
    for (size_t i = first; i < sizeof options / sizeof options[0]; i++) {
        if (cli_count(args, options[i]) > 0) {
            return true;
        }
    }
    return false;
}

bool cli_lab_read_trigger(const cli_args_t *args, godwit_lab_run_t *run)
{
    godwit_lab_trigger_t *t = &run->trigger;
    unsigned source, root, key, way;
    if (run->procedure == GODWIT_LAB_E2E && !is_given(args, 2)) {
        return true;
    }
    if (run->procedure != GODWIT_LAB_TRIGGER) {
        if (is_given(args, 0)) {
            (void)cli_fail(
                args, CLI_USAGE,
                "--case, --source, --key-from, --root, --ue-key, --via, --nas-embedded, --roaming: of trigger");
            return false;
        }
        return true;
    }
    if (!read_name(args, "case", cases, 2, &t->number) || !read_name(args, "source", sources, 2, &source) ||
        !read_name(args, "key-from", makers, 3, &t->key_from) || !read_name(args, "root", roots, 3, &root) ||
        !read_name(args, "ue-key", keys, 2, &key) || !read_name(args, "via", ways, 3, &way)) {
        return false;
    }
    t->as = source == 2;
    t->root = root == 3 ? GODWIT_IWF_ROOT_EAP : (godwit_iwf_root_t)root;
    t->ue_key_given = key != 0;
    t->ue_key_received = key == 2;
    t->via = (godwit_lab_via_t)way;
    t->embedded = cli_count(args, "nas-embedded") > 0;
    t->roaming = cli_count(args, "roaming") > 0;
    return true;
}
_Static_assert(GODWIT_IWF_KEY_FROM_HSS == 1 && GODWIT_IWF_KEY_FROM_MME == 2 && GODWIT_IWF_KEY_FROM_IWF == 3 &&
                   GODWIT_IWF_ROOT_FLAGGED == 1 && GODWIT_IWF_ROOT_KASME == 2 && GODWIT_LAB_VIA_T5 == 1,
               "read by their place in the lists of names");

const char *cli_lab_trigger_access(const godwit_lab_run_t *run)
{
    return run->trigger.circuit ? "gsm" : cli_lab_access_name(run->access);
}

static json_t *cost(const godwit_lab_cost_t *c)
{
    return json_pack("{s:i, s:i, s:i}", "octets", c->octets, "messages", c->messages, "round_trips", c->round_trips);
}

/* Where K_iwf is made, and of what; NULL in case 1. */
const char *cli_lab_trigger_key(const godwit_lab_run_t *run)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    return t->number == 1                           ? NULL
           : t->root == GODWIT_IWF_ROOT_EAP         ? "aaa, eap"
           : t->key_from == GODWIT_IWF_KEY_FROM_IWF ? t->root == GODWIT_IWF_ROOT_KASME ? "iwf, kasme" : "iwf, flagged"
                                                    : makers[t->key_from - 1];
}

const char *cli_lab_trigger_maker(const godwit_lab_run_t *run)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    return t->number == 1 ? NULL : t->root == GODWIT_IWF_ROOT_EAP ? "aaa" : makers[t->key_from - 1];
}

const char *cli_lab_trigger_root(const godwit_lab_run_t *run)
{
    return run->trigger.root == GODWIT_IWF_ROOT_NONE  ? NULL
           : run->trigger.root == GODWIT_IWF_ROOT_EAP ? roots[2]
                                                      : roots[run->trigger.root - 1];
}

void cli_lab_add_trigger(json_t *result, const godwit_lab_run_t *run, const godwit_lab_report_t *r)
{
    const godwit_lab_trigger_t *t = &run->trigger;
    const godwit_suite_t *suite = godwit_suite(r->triggered.suite);
    json_t *members = json_pack(
        "{s:i, s:s, s:s?, s:s?, s:s?, s:b, s:b, s:s?, s:o, s:o, s:s?}", "case", (int)t->number, "source",
        sources[t->as], "key_from", cli_lab_trigger_maker(run), "root", cli_lab_trigger_root(run), "ue_key",
        t->number == 1 ? NULL : keys[t->ue_key_received], "nas_embedded", (int)t->embedded, "roaming", (int)t->roaming,
        "via", t->via == GODWIT_LAB_VIA_ANY ? NULL : ways[t->via - 1], "setup", cost(&r->triggered.setup), "trigger",
        cost(&r->triggered.trigger), "suite", suite == NULL ? NULL : suite->name);
    (void)json_object_update(result, members);
    json_decref(members);
}
