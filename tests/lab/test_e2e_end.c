/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a world end to end: a key that is on its way to its EAS when all is over, or whose push is said again
 * later, is waited for; one that never arrives is a violation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lab/e2e_run.h"
#include "lab/internal.h"

static const char push_line[] = "POST /push/v1/sessions";

typedef struct pushes {
    unsigned seen,
        lost_first; /* until more were seen, nothing arrives from the EESE that the EAS could have the key by */
} pushes_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    pushes_t *pushes = context;
    (void)w;
    if (p->leg != GODWIT_WORLD_LEG_HTTP || (p->from != GODWIT_WORLD_EESE && p->to != GODWIT_WORLD_EESE)) {
        return true;
    }
    pushes->seen += p->from == GODWIT_WORLD_EESE && p->len >= sizeof push_line - 1 &&
                    memcmp(p->octets, push_line, sizeof push_line - 1) == 0;
    return pushes->seen == 0 || pushes->seen > pushes->lost_first;
}

/* Until the first push has left the EESE, and is not there yet. */
static godwit_world_t *until_pushed(pushes_t *pushes)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.solution = 3;
    config.e2e =
        (godwit_world_e2e_t){.on = true, .service = GODWIT_SERVICE_CONFIDENTIALITY, .life_s = 86400, .overlap_s = 600};
    config.wire = on_wire;
    config.context = pushes;
    godwit_world_t *w = godwit_world_new(&config);
    (void)godwit_world_submit(w, 0);
    for (unsigned i = 0; i < 10000 && pushes->seen == 0; i++) {
        godwit_world_run(w, 1);
    }
    assert_int_equal(pushes->seen, 1);
    return w;
}

static void expect_given(pushes_t *pushes)
{
    godwit_world_t *w = until_pushed(pushes);
    godwit_eas_device_t at_eas;
    assert_false(lab_e2e_at_eas(w, 0, &at_eas));
    lab_check_e2e_end(w);
    assert_string_equal(godwit_world_violation(w) == NULL ? "" : godwit_world_violation(w), "");
    assert_true(lab_e2e_at_eas(w, 0, &at_eas));
    godwit_eas_wipe(&at_eas);
    godwit_world_free(w);
}

static void a_push_under_way_is_waited_for(void **state)
{
    (void)state;
    pushes_t pushes = {0};
    expect_given(&pushes);
}

static void a_push_that_is_said_again_is_waited_for(void **state)
{
    (void)state;
    pushes_t pushes = {.lost_first = 3};
    expect_given(&pushes);
    assert_true(pushes.seen > 3);
}

static void a_key_that_never_arrives_is_a_violation(void **state)
{
    (void)state;
    pushes_t pushes = {.lost_first = UINT32_MAX};
    godwit_world_t *w = until_pushed(&pushes);
    lab_check_e2e_end(w);
    assert_non_null(godwit_world_violation(w));
    assert_string_equal(godwit_world_violation(w), "a K_e2e that its EAS never got");
    godwit_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_push_under_way_is_waited_for),
        cmocka_unit_test(a_push_that_is_said_again_is_waited_for),
        cmocka_unit_test(a_key_that_never_arrives_is_a_violation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
