/* SPDX-License-Identifier: Apache-2.0
 *
 * What the store's tests share: a directory of their own, and records to put into it.
 */
#ifndef GODWIT_TESTS_STORE_FIXTURE_H
#define GODWIT_TESTS_STORE_FIXTURE_H

#include "adapters/store/store.h"

#define FIXTURE_PATH 256

typedef struct fixture {
    char directory[FIXTURE_PATH];
    char path[FIXTURE_PATH + 16], key_file[FIXTURE_PATH + 16];
    godwit_store_config_t config;
    godwit_store_t *store;
    char why[GODWIT_STORE_WHY];
} fixture_t;

int fixture_setup(void **state);    /* an open store in a new directory */
int fixture_teardown(void **state); /* closed, directory removed */
/* Opens (again) what the fixture's configuration says. */
godwit_status_t fixture_open(fixture_t *f);
void fixture_close(fixture_t *f);

/* Records number n: distinct in every member. */
godwit_record_t fixture_subscriber(unsigned n);
godwit_record_t fixture_key_set(unsigned n);
godwit_record_t fixture_session(unsigned n);
godwit_record_t fixture_next_session(unsigned n);
/* Fetches what has the key of `like`. */
godwit_status_t fixture_fetch(godwit_store_t *store, const godwit_record_t *like, godwit_record_t *record);
/* Runs SQL on the fixture's file by a connection of its own. */
int fixture_sql(const fixture_t *f, const char *sql);
/* Whether that text stands anywhere in its first 2^20 octets; false where there is no such file. */
bool fixture_file_has(const char *path, const char *text);

#endif
