/* SPDX-License-Identifier: Apache-2.0
 *
 * Places for requests that wait for the owner: a peer has its share of them, and gets back what the owner never
 * answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "adapters/diameter/internal.h"

#define SHARE (GODWIT_DIAMETER_PENDING / 4 * 3)
#define LONG_MS 120000

static bool accept_one(godwit_diameter_t *d, size_t peer)
{
    struct msg *request = NULL;
    godwit_message_t message;
    uint8_t *octets = calloc(1, 4);
    memset(&message, 0, sizeof message);
    message.kind = GODWIT_AUTH_INFO_REQUEST;
    assert_non_null(octets);
    assert_int_equal(fd_msg_new(NULL, 0, &request), 0);
    const bool accepted = godwit_diameter_accept(d, peer, request, octets, 4, &message);
    if (!accepted) {
        free(octets);
        assert_int_equal(fd_msg_free(request), 0);
    }
    d->queue_count = 0; /* the owner takes it, and never answers */
    return accepted;
}

static void what_the_owner_never_answered_gives_its_place_back(void **state)
{
    godwit_diameter_t *d = calloc(1, sizeof *d);
    (void)state;
    assert_non_null(d);
    assert_int_equal(pthread_mutex_init(&d->lock, NULL), 0);
    d->event = -1;
    d->running = true;
    for (size_t i = 0; i < SHARE; i++) {
        assert_true(accept_one(d, 0));
    }
    assert_false(accept_one(d, 0));
    assert_true(accept_one(d, 1));
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        d->pending[i].since_ms -= LONG_MS;
    }
    assert_true(accept_one(d, 0));
    godwit_diameter_forget_pending(d);
    assert_int_equal(pthread_mutex_destroy(&d->lock), 0);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_owner_never_answered_gives_its_place_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
