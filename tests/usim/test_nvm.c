/* SPDX-License-Identifier: Apache-2.0
 *
 * A record in a file: whole before or whole after, whatever happens in between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/nvm/nvm.h"
#include "lab/disk.h"

#define PATH "device.state"
#define SIZE 200

static void write_record(godwit_nvm_t *nvm, uint8_t fill, godwit_status_t expected)
{
    uint8_t record[SIZE];
    memset(record, fill, sizeof record);
    assert_int_equal(godwit_nvm_write(nvm, godwit_slice(record, sizeof record)), expected);
}

/* The value that fills the record; fails when it is a mixture. */
static uint8_t read_record(godwit_nvm_t *nvm)
{
    uint8_t record[SIZE];
    size_t len;
    assert_int_equal(godwit_nvm_read(nvm, record, sizeof record, &len), GODWIT_OK);
    assert_int_equal(len, SIZE);
    for (size_t i = 1; i < SIZE; i++) {
        assert_int_equal(record[i], record[0]);
    }
    return record[0];
}

static void a_power_loss_leaves_the_record_before_or_after(void **state)
{
    (void)state;
    unsigned before = 0, after = 0;
    for (unsigned cut = 1; cut <= 4; cut++) {
        for (uint64_t seed = 0; seed < 40; seed++) {
            godwit_lab_disk_t disk;
            godwit_nvm_t nvm;
            godwit_lab_disk_init(&disk, seed);
            assert_int_equal(godwit_nvm_open(&nvm, PATH, &disk.disk), GODWIT_OK);
            write_record(&nvm, 1, GODWIT_OK);
            disk.operations = 0;
            disk.cut_at = cut;
            write_record(&nvm, 2, GODWIT_IO_FAILED);
            godwit_lab_disk_power_cycle(&disk);
            assert_int_equal(godwit_nvm_open(&nvm, PATH, &disk.disk), GODWIT_OK);
            *(read_record(&nvm) == 1 ? &before : &after) += 1;
            godwit_nvm_close(&nvm);
        }
    }
    assert_true(before > 0 && after > 0); /* the disk really loses, and really keeps */
}

static void what_was_written_survives(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        godwit_lab_disk_t disk;
        godwit_nvm_t nvm;
        godwit_lab_disk_init(&disk, seed);
        assert_int_equal(godwit_nvm_open(&nvm, PATH, &disk.disk), GODWIT_OK);
        for (uint8_t i = 1; i < 20; i++) {
            write_record(&nvm, i, GODWIT_OK);
        }
        godwit_lab_disk_power_cycle(&disk);
        assert_int_equal(godwit_nvm_open(&nvm, PATH, &disk.disk), GODWIT_OK);
        assert_int_equal(read_record(&nvm), 19);
        godwit_nvm_close(&nvm);
    }
}

static void errors_name_the_file_and_what_is_wrong(void **state)
{
    (void)state;
    uint8_t octets[8];
    size_t len;
    godwit_nvm_t nvm;
    char longer[GODWIT_NVM_PATH_MAX + 1];
    assert_int_equal(godwit_nvm_open(&nvm, "/proc/version", NULL), GODWIT_IO_FAILED);
    assert_non_null(strstr(nvm.why, "/proc/version: cannot be locked"));
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(godwit_nvm_open(&nvm, longer, NULL), GODWIT_IO_FAILED);
    assert_non_null(strstr(nvm.why, "longer than"));

    godwit_lab_disk_t disk;
    godwit_lab_disk_init(&disk, 1);
    assert_int_equal(godwit_nvm_open(&nvm, PATH, &disk.disk), GODWIT_OK);
    assert_int_equal(godwit_nvm_read(&nvm, octets, sizeof octets, &len), GODWIT_NOT_FOUND);
    write_record(&nvm, 1, GODWIT_OK);
    assert_int_equal(godwit_nvm_read(&nvm, octets, sizeof octets, &len), GODWIT_NO_SPACE);
    assert_non_null(strstr(nvm.why, PATH));
    godwit_nvm_close(&nvm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_loss_leaves_the_record_before_or_after),
        cmocka_unit_test(what_was_written_survives),
        cmocka_unit_test(errors_name_the_file_and_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
