/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that delivers copies, without a destination: the caller never waits, the queue and memory are bounded, and
 * everything that was given is in the queue or said to be lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/intercept/audit.h"
#include "adapters/intercept/intercept.h"

#define GIVEN 1500 /* more than find room in memory when they come at once */

static char folder[64], queue[96], audit[96];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/godwit-intercept-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(queue, sizeof queue, "%s/queue", folder);
    (void)snprintf(audit, sizeof audit, "%s/audit", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static godwit_intercept_t *start(uint32_t most)
{
    char why[GODWIT_INTERCEPT_WHY];
    godwit_intercept_t *x = NULL;
    const godwit_intercept_config_t config = {.node = "hse.home.example",
                                              .url = "https://127.0.0.1:9/",
                                              .certificate = "/nonexistent",
                                              .key = "/nonexistent",
                                              .ca = "/nonexistent",
                                              .queue = queue,
                                              .queue_max = most,
                                              .audit = audit,
                                              .retry_ms = 10};
    assert_int_equal(godwit_intercept_start(&config, &x, why), GODWIT_OK);
    return x;
}

/* Sums what the audit file says: queued, and lost one by one or together. */
static void count(uint64_t *queued, uint64_t *lost)
{
    char line[1024];
    FILE *file = fopen(audit, "r");
    assert_non_null(file);
    *queued = *lost = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *together = strstr(line, ",\"count\":");
        *queued += strstr(line, "\"event\":\"queued\"") != NULL;
        if (strstr(line, "\"event\":\"lost\"") != NULL) {
            *lost += together == NULL ? 1 : strtoull(together + 9, NULL, 10);
        }
    }
    (void)fclose(file);
}

static void everything_given_is_queued_or_said_to_be_lost(void **state)
{
    (void)state;
    char why[GODWIT_AUDIT_WHY];
    uint64_t queued = 0, lost = 0, lines = 0;
    godwit_reading_t reading = {.payload = godwit_slice("21 degrees", 10)};
    assert_int_equal(godwit_imsi_from_text("001010000000001", &reading.imsi), GODWIT_OK);
    godwit_intercept_t *x = start(50);
    for (unsigned i = 0; i < GIVEN; i++) {
        reading.count = i;
        godwit_intercept_copy(x, &reading, i % 2 == 1, i % 3 == 0 ? "LIID" : NULL);
    }
    godwit_intercept_stop(x);
    count(&queued, &lost);
    assert_int_equal(queued, 50);
    assert_int_equal(queued + lost, GIVEN);
    assert_int_equal(godwit_audit_verify(audit, &lines, why), GODWIT_OK);
    godwit_intercept_stop(start(50)); /* and they are still there */
    count(&queued, &lost);
    assert_int_equal(queued, 50);
}

static void payload_that_is_no_datagram_is_not_taken(void **state)
{
    (void)state;
    static uint8_t octets[GODWIT_INTERCEPT_PAYLOAD_MAX + 1];
    uint64_t queued = 0, lost = 0, before = 0;
    godwit_reading_t reading = {.payload = godwit_slice(octets, sizeof octets)};
    count(&queued, &before);
    godwit_intercept_t *x = start(60);
    godwit_intercept_copy(x, &reading, false, NULL);
    reading.payload = godwit_slice(octets, GODWIT_INTERCEPT_PAYLOAD_MAX);
    godwit_intercept_copy(x, &reading, false, NULL);
    reading.payload = godwit_slice(NULL, 0);
    godwit_intercept_copy(x, &reading, true, NULL);
    godwit_intercept_stop(x);
    count(&queued, &lost);
    assert_int_equal(lost, before + 1);
    assert_int_equal(queued, 52);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_given_is_queued_or_said_to_be_lost),
        cmocka_unit_test(payload_that_is_no_datagram_is_not_taken),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
