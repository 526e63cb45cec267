/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of lawful interception by themselves: the queue across restarts and at its bound, the chain of the audit
 * file, its head.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/intercept/audit.h"
#include "adapters/intercept/spool.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/godwit-intercept-XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(spool_t *s, uint64_t id, const char *body, godwit_status_t expected)
{
    assert_int_equal(godwit_spool_put(s, id, body, strlen(body)), expected);
}

static void expect_oldest(spool_t *s, uint64_t id, const char *body)
{
    char got[SPOOL_BODY_MAX];
    uint64_t got_id = 0;
    size_t len = 0;
    assert_int_equal(godwit_spool_oldest(s, &got_id, got, &len), GODWIT_OK);
    assert_int_equal(got_id, id);
    assert_int_equal(len, strlen(body));
    assert_memory_equal(got, body, len);
}

static void queue_is_in_order_bounded_and_there_after_a_restart(void **state)
{
    (void)state;
    spool_t s, second;
    char why[SPOOL_WHY], got[SPOOL_BODY_MAX];
    uint64_t id;
    size_t len;
    assert_int_equal(godwit_spool_open(in_folder("queue"), 3, &s, why), GODWIT_OK);
    assert_int_equal(godwit_spool_open(in_folder("queue"), 3, &second, why), GODWIT_AGAIN);
    assert_int_equal(godwit_spool_oldest(&s, &id, got, &len), GODWIT_NOT_FOUND);
    put(&s, 9, "nine", GODWIT_OK);
    put(&s, 10, "ten", GODWIT_OK);
    put(&s, 12, "twelve", GODWIT_OK);
    put(&s, 13, "thirteen", GODWIT_NO_SPACE);
    expect_oldest(&s, 9, "nine");
    assert_int_equal(godwit_spool_remove(&s, 9), GODWIT_OK);
    godwit_spool_close(&s);
    assert_int_equal(godwit_spool_open(in_folder("queue"), 3, &s, why), GODWIT_OK);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.last, 12);
    put(&s, 13, "thirteen", GODWIT_OK);
    expect_oldest(&s, 10, "ten");
    assert_int_equal(godwit_spool_remove(&s, 10), GODWIT_OK);
    expect_oldest(&s, 12, "twelve"); /* over the gap */
    assert_int_equal(godwit_spool_remove(&s, 12), GODWIT_OK);
    expect_oldest(&s, 13, "thirteen");
    godwit_spool_close(&s);
}

static void queue_that_others_can_look_into_is_refused(void **state)
{
    (void)state;
    spool_t s;
    char why[SPOOL_WHY];
    assert_int_equal(mkdir(in_folder("open"), 0755), 0);
    assert_int_equal(godwit_spool_open(in_folder("open"), 3, &s, why), GODWIT_NOT_ENTITLED);
}

static void add(godwit_audit_t *audit, uint64_t id)
{
    const godwit_audit_entry_t entry = {
        .event = "queued", .time_ms = 1000 * id, .id = id, .imsi = "001010000000001", .octets = 5};
    assert_int_equal(godwit_audit_add(audit, &entry), GODWIT_OK);
}

static void chain_goes_on_after_a_restart_and_one_writer_has_it(void **state)
{
    (void)state;
    godwit_audit_t a, second;
    char why[GODWIT_AUDIT_WHY];
    uint64_t lines = 0;
    assert_int_equal(godwit_audit_open(in_folder("audit"), &a, why), GODWIT_OK);
    assert_int_equal(godwit_audit_open(in_folder("audit"), &second, why), GODWIT_AGAIN);
    add(&a, 1);
    add(&a, 7);
    godwit_audit_close(&a);
    assert_int_equal(godwit_audit_open(in_folder("audit"), &a, why), GODWIT_OK);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.last_id, 7);
    add(&a, 8);
    godwit_audit_close(&a);
    assert_int_equal(godwit_audit_verify(in_folder("audit"), &lines, why), GODWIT_OK);
    assert_int_equal(lines, 3);
}

/* Every octet of the file matters, but for the newline that a torn line may lack. */
static void any_octet_changed_is_found(void **state)
{
    (void)state;
    godwit_audit_t a;
    char why[GODWIT_AUDIT_WHY];
    uint64_t lines = 0;
    assert_int_equal(godwit_audit_open(in_folder("octets"), &a, why), GODWIT_OK);
    add(&a, 1);
    add(&a, 2);
    uint64_t size = a.size;
    godwit_audit_close(&a);
    for (uint64_t at = 0; at < size; at++) {
        FILE *file = fopen(in_folder("octets"), "r+");
        assert_non_null(file);
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        int octet = fgetc(file);
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        (void)fputc(octet ^ 1, file);
        (void)fclose(file);
        assert_int_equal(godwit_audit_verify(in_folder("octets"), &lines, why), GODWIT_MAC_FAILURE);
        file = fopen(in_folder("octets"), "r+");
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        (void)fputc(octet, file);
        (void)fclose(file);
    }
    assert_int_equal(godwit_audit_verify(in_folder("octets"), &lines, why), GODWIT_OK);
}

/* The head is one line behind when power goes between the two: that is no tampering. */
static void head_that_is_one_line_behind_is_brought_up(void **state)
{
    (void)state;
    godwit_audit_t a;
    char why[GODWIT_AUDIT_WHY], head[128];
    uint64_t lines = 0;
    assert_int_equal(godwit_audit_open(in_folder("behind"), &a, why), GODWIT_OK);
    add(&a, 1);
    (void)snprintf(head, sizeof head, "1 %s\n", a.hash);
    add(&a, 2);
    godwit_audit_close(&a);
    FILE *file = fopen(in_folder("behind.head"), "w");
    assert_non_null(file);
    (void)fputs(head, file);
    (void)fclose(file);
    assert_int_equal(godwit_audit_verify(in_folder("behind"), &lines, why), GODWIT_OK);
    assert_int_equal(godwit_audit_open(in_folder("behind"), &a, why), GODWIT_OK);
    add(&a, 3);
    godwit_audit_close(&a);
    assert_int_equal(godwit_audit_verify(in_folder("behind"), &lines, why), GODWIT_OK);
    assert_int_equal(lines, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_is_in_order_bounded_and_there_after_a_restart),
        cmocka_unit_test(queue_that_others_can_look_into_is_refused),
        cmocka_unit_test(chain_goes_on_after_a_restart_and_one_writer_has_it),
        cmocka_unit_test(any_octet_changed_is_found),
        cmocka_unit_test(head_that_is_one_line_behind_is_brought_up),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
