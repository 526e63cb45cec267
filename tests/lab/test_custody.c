/* SPDX-License-Identifier: Apache-2.0
 *
 * Custody: a key planted where it must not be is seen, in memory and on a wire; one that is where it may be is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/custody.h"
#include "lab/internal.h"

static godwit_world_t *attached_world(godwit_world_access_t access)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.devices = 2;
    config.access = access;
    config.solution = 1;
    config.delivery = 'C';
    config.watch_memory = true;
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 3000);
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 3000);
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 1);
    assert_null(godwit_world_violation(w));
    return w;
}

static void a_key_set_in_the_memory_of_the_mme_is_seen(void **state)
{
    (void)state;
    godwit_world_t *w = attached_world(GODWIT_WORLD_EPS);
    assert_int_equal(godwit_world_custody(w, GODWIT_WORLD_MME), 1u << GODWIT_LAB_KASME);
    assert_true(godwit_world_e2m_keyset(w, 0, w->mme.ues[0].held + 3));
    godwit_world_search(w);
    assert_non_null(godwit_world_violation(w));
    assert_string_equal(godwit_world_violation(w), "e2m_keyset in the memory of mme");
    assert_true((godwit_world_custody(w, GODWIT_WORLD_MME) >> GODWIT_LAB_E2M_KEYSET & 1u) != 0);
    godwit_world_free(w);
}

/* Any node that is no owner, wherever in its memory. */
static void a_leak_at_any_node_is_seen(void **state)
{
    (void)state;
    static const unsigned nodes[] = {GODWIT_WORLD_HSE, GODWIT_WORLD_EMKS, GODWIT_WORLD_SGSN, GODWIT_WORLD_PGW};
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        godwit_world_t *w = attached_world(GODWIT_WORLD_UMTS);
        godwit_record_t leak = {.kind = GODWIT_RECORD_KEY_SET};
        assert_true(godwit_world_e2m_keyset(w, 0, leak.u.key_set.e2m_keyset));
        lab_store_put(&w->functions[nodes[i]].store, &leak, true);
        godwit_world_search(w);
        assert_non_null(godwit_world_violation(w));
        assert_non_null(strstr(godwit_world_violation(w), godwit_world_node_name(nodes[i])));
        godwit_world_free(w);
    }
}

static void a_key_in_a_datagram_is_seen(void **state)
{
    (void)state;
    godwit_world_t *w = attached_world(GODWIT_WORLD_EPS);
    uint8_t octets[48] = {1, 2, 3};
    assert_true(godwit_world_e2m_keyset(w, 1, octets + 5));
    lab_net_send(
        w, lab_packet(GODWIT_WORLD_LEG_GTPU, GODWIT_WORLD_SGW, GODWIT_WORLD_PGW, godwit_slice(octets, sizeof octets)));
    assert_string_equal(godwit_world_violation(w), "e2m_keyset on the wire to pgw");
    godwit_world_free(w);
}

/* Another device's key is no better than a stranger's. */
static void a_key_of_another_device_is_seen(void **state)
{
    (void)state;
    godwit_world_t *w = attached_world(GODWIT_WORLD_EPS);
    assert_true(godwit_world_e2m_keyset(w, 1, w->devices[0].nvm_next));
    godwit_world_search(w);
    assert_string_equal(godwit_world_violation(w), "e2m_keyset in the memory of device");
    godwit_world_free(w);
}

static void memory_returns_to_where_it_was(void **state)
{
    (void)state;
    size_t before = godwit_world_memory();
    godwit_world_t *w = attached_world(GODWIT_WORLD_EPS);
    assert_true(godwit_world_memory() > before);
    godwit_world_free(w);
    assert_int_equal(godwit_world_memory(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_set_in_the_memory_of_the_mme_is_seen),
        cmocka_unit_test(a_leak_at_any_node_is_seen),
        cmocka_unit_test(a_key_in_a_datagram_is_seen),
        cmocka_unit_test(a_key_of_another_device_is_seen),
        cmocka_unit_test(memory_returns_to_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
