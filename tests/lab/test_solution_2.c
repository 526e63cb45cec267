/* SPDX-License-Identifier: Apache-2.0
 *
 * Solution 2 needs nothing of the access: every octet that MME, SGSN, S-GW, P-GW and GGSN send while a device of
 * Solution 2 attaches equals what they send in a network without Godwit. That network's HSS happens to have the same
 * bit in the AMF of its subscriber, so that even AUTN is the same. Over UMTS the keys of the radio are CK', IK', so
 * what they protect is compared without its ciphering.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"
#include "lab/trace.h"

static bool record(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    bool of_network = p->from == GODWIT_WORLD_MME || p->from == GODWIT_WORLD_SGSN || p->from == GODWIT_WORLD_SGW ||
                      p->from == GODWIT_WORLD_PGW;
    if (of_network) {
        godwit_lab_trace_add(context, w, p);
    }
    return true;
}

static void attach(godwit_world_access_t access, bool with_godwit, godwit_lab_trace_t *trace)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = access;
    config.solution = with_godwit ? 2 : 0;
    config.delivery = with_godwit ? 'D' : 0;
    config.me_derives = with_godwit;
    config.mme_unaware = true;
    config.nodes = (1u << GODWIT_WORLD_STRANGER) - 1; /* as many, so that the same is drawn for each */
    config.wire = record;
    config.context = trace;
    godwit_world_t *w = godwit_world_new(&config);
    if (!with_godwit) {
        godwit_record_t *records[2] = {w->functions[GODWIT_WORLD_HSS].store.shown,
                                       w->functions[GODWIT_WORLD_HSS].store.durable};
        records[0]->u.subscriber.amf[1] = records[1]->u.subscriber.amf[1] = GODWIT_AMF_E2M_DEFAULT;
    }
    godwit_world_run(w, 20000);
    assert_int_equal(godwit_access_state(&w->devices[0].access), GODWIT_ACCESS_ACTIVE);
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
}

/* Its MAC-I is another one, under another IK; PROTECTED is shown without. */
static bool is_command(const godwit_lab_line_t *line)
{
    return line->leg == GODWIT_WORLD_LEG_RADIO && line->shown[0] == GODWIT_RADIO_INTEGRITY;
}

static void compare(godwit_world_access_t access)
{
    godwit_lab_trace_t with = {0}, without = {0};
    attach(access, true, &with);
    attach(access, false, &without);
    assert_true(with.count >= 6);
    assert_int_equal(with.count, without.count);
    for (size_t i = 0; i < with.count; i++) {
        const godwit_lab_line_t *a = &with.lines[i], *b = &without.lines[i];
        assert_int_equal(a->from, b->from);
        assert_int_equal(a->to, b->to);
        assert_int_equal(a->len, b->len);
        assert_int_equal(a->shown_len, b->shown_len);
        if (!is_command(a)) {
            assert_memory_equal(a->shown, b->shown, a->shown_len);
        }
    }
    godwit_lab_trace_free(&with);
    godwit_lab_trace_free(&without);
}

static void eps_is_the_same_octet_by_octet(void **state)
{
    (void)state;
    compare(GODWIT_WORLD_EPS);
}

static void umts_is_the_same_octet_by_octet(void **state)
{
    (void)state;
    compare(GODWIT_WORLD_UMTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eps_is_the_same_octet_by_octet),
        cmocka_unit_test(umts_is_the_same_octet_by_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
