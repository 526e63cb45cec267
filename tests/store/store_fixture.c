/* SPDX-License-Identifier: Apache-2.0
 *
 * Fixture of the store's tests.
 */
#include "tests/store/store_fixture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fixture_setup(void **state)
{
    fixture_t *f = calloc(1, sizeof *f);
    /* In memory where there is such a place: what a disk keeps is power_vfs.h's matter, and syncs cost time. */
    const char *root = getenv("TMPDIR"), *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(f->directory, sizeof f->directory, "%s/godwit-store-XXXXXX", root != NULL ? root : memory);
    if (mkdtemp(f->directory) == NULL) {
        free(f);
        return -1;
    }
    snprintf(f->path, sizeof f->path, "%s/store.db", f->directory);
    snprintf(f->key_file, sizeof f->key_file, "%s/store.key", f->directory);
    f->config = (godwit_store_config_t){.path = f->path, .key_file = f->key_file, .busy_ms = 200};
    *state = f;
    return fixture_open(f) == GODWIT_OK ? 0 : -1;
}

int fixture_teardown(void **state)
{
    fixture_t *f = *state;
    fixture_close(f);
    DIR *directory = opendir(f->directory);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        char name[FIXTURE_PATH + 300];
        snprintf(name, sizeof name, "%s/%s", f->directory, entry->d_name);
        unlink(name);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    rmdir(f->directory);
    free(f);
    return 0;
}

godwit_status_t fixture_open(fixture_t *f)
{
    return godwit_store_open(&godwit_store_sqlite, &f->config, &f->store, f->why);
}

void fixture_close(fixture_t *f)
{
    godwit_store_close(f->store);
    f->store = NULL;
}

static void fill(uint8_t *octets, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(seed * 37u + i * 11u + 1u);
    }
}

/* Octets that no public member has. */
static void fill_secret(uint8_t *octets, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(seed * 53u + i * i * 7u + 3u);
    }
}

static godwit_imsi_t imsi_of(unsigned n)
{
    godwit_imsi_t imsi;
    memset(&imsi, 0, sizeof imsi);
    snprintf(imsi.digits, sizeof imsi.digits, "00101%010u", n % 1000000000u);
    imsi.len = (uint8_t)strlen(imsi.digits);
    return imsi;
}

godwit_record_t fixture_subscriber(unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_SUBSCRIBER;
    godwit_subscriber_record_t *s = &record.u.subscriber;
    s->imsi = imsi_of(n);
    s->key.algorithm = GODWIT_ALG_TUAK;
    s->key.k_len = 32;
    fill_secret(s->key.k, 32, n);
    fill_secret(s->key.opc, 32, n + 1);
    s->key.tuak = (godwit_tuak_profile_t){64, 32, 128, 128, 2};
    s->key.sres_by_truncation = true;
    fill(s->amf, 2, n + 2);
    s->features = GODWIT_FEATURE_SEPARATE_UMTS;
    s->ind_bits = 5;
    s->sqn_by_time = n % 2 == 1;
    s->seq_he = (UINT64_C(1) << 42) + n;
    s->dif = -5 - (int64_t)n;
    for (unsigned i = 0; i < GODWIT_OUTSTANDING_MAX; i++) {
        s->outstanding[i].used = i % 2 == 0;
        fill(s->outstanding[i].requester, 8, n + i);
        fill(s->outstanding[i].rand, 16, n + 3 + i);
    }
    return record;
}

godwit_record_t fixture_key_set(unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_KEY_SET;
    godwit_key_set_record_t *k = &record.u.key_set;
    k->imsi = imsi_of(n);
    k->agreement = n % 2 == 0 ? GODWIT_AGREEMENT_SEPARATE_EPS : GODWIT_AGREEMENT_SEPARATE_UMTS;
    fill(k->rand, 16, n);
    fill(k->autn, 16, n + 1);
    fill_secret(k->e2m_keyset, 32, n + 2);
    k->generation = 5;
    k->confirmed = true;
    k->vector_number = 9;
    k->created_ms = UINT64_C(1700000000000) + n;
    k->former.vector_number = 8;
    k->former.generation = 30;
    k->former.age = 12 + n;
    k->age = 3 + n;
    fill_secret(k->former.e2m_keyset, 32, n + 3);
    k->push_number = UINT64_C(1700000000000) + n;
    k->parked = (godwit_parked_t){.set = true,
                                  .suite = 1,
                                  .key_id = 3,
                                  .generation = 5,
                                  .user_next_in = UINT32_MAX,
                                  .user_next_out = 20 + n,
                                  .control_next_in = 7,
                                  .control_next_out = 8,
                                  .user_seen = UINT64_MAX - n,
                                  .control_seen = 1};
    memcpy(k->parked_endpoint, "hse.home.test", sizeof "hse.home.test");
    return record;
}

static godwit_emsdp_key_t key_of(unsigned n, uint32_t session_id)
{
    godwit_emsdp_key_t key;
    memset(&key, 0, sizeof key);
    fill_secret(key.hot.k_enc, 16, n);
    fill_secret(key.hot.k_int, 16, n + 1);
    fill_secret(key.k_int_tail, 16, n + 2);
    key.hot.up_seen = UINT64_C(0x8000000000000001) | (uint64_t)n << 8;
    key.hot.up_next_in = 0xfffffff0u;
    key.hot.up_next_out = 17;
    key.hot.up_limit_out = UINT32_MAX;
    key.hot.session_id = session_id;
    key.hot.suite = GODWIT_SUITE_DEFAULT;
    key.hot.key_id = 3;
    key.hot.framing = 0x31;
    key.hot.end = GODWIT_END_NETWORK;
    key.cp_seen = UINT64_MAX;
    key.cp_next_in = 4;
    key.cp_next_out = 6;
    key.cp_limit_out = UINT32_MAX - 1;
    key.generation = 12;
    return key;
}

godwit_record_t fixture_session(unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_SESSION;
    godwit_session_record_t *s = &record.u.session;
    s->session_id = 0x010000u + n;
    s->imsi = imsi_of(n);
    s->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    s->key_set = 9;
    s->state = GODWIT_SESSION_REKEYING;
    s->current = key_of(n, s->session_id);
    s->next = key_of(n + 50, s->session_id);
    s->next.generation = 13;
    s->next.hot.key_id = 4;
    s->last_key_id = 4;
    s->last_generation = 13;
    s->has_address = true;
    s->address_len = 7;
    fill(s->address, s->address_len, n);
    s->created_ms = UINT64_C(1700000000001);
    s->keyed_ms = UINT64_C(1700000000002);
    s->datagrams = 1234;
    s->generations = 2;
    memcpy(s->enterprise, "eas.example", sizeof "eas.example");
    fill(s->answered, 8, n + 9);
    s->answer_len = 55;
    fill(s->answer, s->answer_len, n + 10);
    s->pending_len = 31;
    fill(s->pending, s->pending_len, n + 11);
    s->end_to_end = true;
    s->e2e = (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 1, 7, 40 + n, 3600, 100000};
    s->e2e_next = (godwit_e2e_terms_t){GODWIT_SERVICE_INTEGRITY, 6, 1, 41 + n, 3601, UINT32_MAX};
    s->e2e_key_set = 9;
    s->e2e_next_key_set = 10;
    return record;
}

godwit_record_t fixture_next_session(unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_NEXT_SESSION;
    godwit_next_session_record_t *r = &record.u.next_session;
    r->imsi = imsi_of(n);
    r->next.domain = GODWIT_NEXT_EPS;
    fill(r->next.plmn.octets, 3, n);
    r->next.ksi = (uint8_t)(n % 7);
    r->next.eea = 2;
    r->next.eia = 1;
    r->next.tmsi = 0xC0000000u + n;
    fill(r->next.area, 3, n + 1);
    r->next.capability_len = 4;
    fill(r->next.capability, 4, n + 2);
    r->next.res_len = 8;
    fill_secret(r->next.res, 16, n + 3);
    fill_secret(r->next.root, 32, n + 4);
    fill(r->rand, 16, n + 5);
    memcpy(r->apn, "small.data.test", sizeof "small.data.test");
    r->created_ms = UINT64_C(1700000000000) + n;
    r->expires_ms = UINT64_C(1702592000000) + n;
    return record;
}

godwit_status_t fixture_fetch(godwit_store_t *store, const godwit_record_t *like, godwit_record_t *record)
{
    godwit_record_key_t key = godwit_record_key_of(like);
    return godwit_store_fetch(store, &key, record);
}

int fixture_sql(const fixture_t *f, const char *sql)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL);
    rc = rc == SQLITE_OK ? sqlite3_exec(db, sql, NULL, NULL, NULL) : rc;
    sqlite3_close(db);
    return rc;
}

bool fixture_file_has(const char *path, const char *text)
{
    static char octets[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t len = file == NULL ? 0 : fread(octets, 1, sizeof octets, file);
    if (file != NULL) {
        (void)fclose(file);
    }
    for (size_t i = 0; i + strlen(text) <= len; i++) {
        if (memcmp(octets + i, text, strlen(text)) == 0) {
            return true;
        }
    }
    return false;
}
