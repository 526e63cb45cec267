/* SPDX-License-Identifier: Apache-2.0
 *
 * The store: where the records of network roles survive. One interface, several backends; this header is the seam.
 * Writes are made in batches: what was put is durable only when commit has returned GODWIT_OK, and after a loss of
 * power the store shows a batch whole or not at all. It refuses an SQN, a generation or a counter that would go back.
 * Secrets leave this adapter for the disk only wrapped.
 */
#ifndef GODWIT_ADAPTERS_STORE_H
#define GODWIT_ADAPTERS_STORE_H

#include "roles/record.h"

#define GODWIT_STORE_WHY 512 /* the longest explanation: two paths of ordinary length and a sentence */

/* Told once for each damaged row that is met, the first 256 of them: of which table, and its place in the order of
 * keys, from 1 (0: not known). */
typedef void godwit_store_damage_t(void *context, const char *table, uint64_t row);

typedef struct godwit_store_config {
    const char *path;     /* of the file; made with mode 0600 when there is none */
    const char *key_file; /* of the key-encryption key; made with mode 0600 together with a new store */
    uint32_t busy_ms;     /* how long to wait for another process that writes; 0: 5000 */
    bool must_exist;      /* refuse instead of making a new store */
    const char *vfs;      /* SQLite: name of another VFS; NULL: its own. Tests take away the power with theirs */
    godwit_store_damage_t *on_damage; /* NULL: nobody is told */
    void *on_damage_context;
} godwit_store_config_t;

typedef struct godwit_store godwit_store_t;

/* Called for each record listed. Its secret members are zero: a listing never unwraps. Returning false ends the
 * listing. */
typedef bool godwit_store_visit_t(void *context, const godwit_record_t *record);

/* What a check has found: a damaged row (row 0: not known), or with table NULL what is wrong with the file itself. */
typedef struct godwit_store_finding {
    const char *table, *what;
    uint64_t row;
} godwit_store_finding_t;

typedef void godwit_store_finding_visit_t(void *context, const godwit_store_finding_t *finding);

typedef struct godwit_store_checked {
    uint64_t rows, damaged; /* damaged: of rows */
    uint64_t of_file;       /* what is wrong with the file itself */
    uint64_t moved;         /* set aside now; of the store's own counters: raised */
    uint64_t aside;         /* in all, of this time and of before */
} godwit_store_checked_t;

/* One backend. Every function but open may only be called on a store that its own open made, from one thread at a
 * time. All return GODWIT_OK or GODWIT_STORE_FAILED unless said otherwise, and leave an explanation for
 * godwit_store_why. */
typedef struct godwit_store_backend {
    const char *name; /* "sqlite" */
    /* why receives one line, without a newline, when the status is not GODWIT_OK. */
    godwit_status_t (*open)(const godwit_store_config_t *config, godwit_store_t **store, char why[GODWIT_STORE_WHY]);
    void (*close)(godwit_store_t *store); /* an open batch is undone */
    /* Opens a batch, and keeps other writers out until commit or rollback: what is fetched inside it is still true when
     * it is put. */
    godwit_status_t (*begin)(godwit_store_t *store);
    /* When it fails nothing of the batch was stored. */
    godwit_status_t (*commit)(godwit_store_t *store);
    void (*rollback)(godwit_store_t *store);
    /* Inserts or replaces. A record that is refused (an SQN that would go back) leaves the rest of the batch alone.
     * Outside a batch it is a batch of its own. */
    godwit_status_t (*put)(godwit_store_t *store, const godwit_record_t *record);
    /* GODWIT_NOT_FOUND when there was none. */
    godwit_status_t (*remove)(godwit_store_t *store, const godwit_record_key_t *key);
    /* A damaged record is GODWIT_STORE_FAILED, never GODWIT_NOT_FOUND; but a search for whichever comes first of a
     * queue, or for one of many that entitle, steps over it. A session with session_id 0: the newest of that IMSI.
     * GODWIT_NOT_FOUND; sees what the open batch has put. resynchronised comes back false: it belongs to one commit. */
    godwit_status_t (*fetch)(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record);
    /* Records of one kind in the order of their keys, those after `after` (NULL: from the first), at most limit (0:
     * all). */
    godwit_status_t (*list)(godwit_store_t *store, godwit_record_kind_t kind, const godwit_record_key_t *after,
                            size_t limit, godwit_store_visit_t *visit, void *context);
    godwit_status_t (*count)(godwit_store_t *store, godwit_record_kind_t kind, uint64_t *count);
    /* Reads everything and tells what is damaged. With set_aside moves damaged rows out of the way, in one batch;
     * they are kept. */
    godwit_status_t (*check)(godwit_store_t *store, bool set_aside, uint64_t now_ms,
                             godwit_store_finding_visit_t *visit, void *context, godwit_store_checked_t *checked);
} godwit_store_backend_t;

/* What every backend's own structure begins with. */
struct godwit_store {
    const godwit_store_backend_t *backend;
    char why[GODWIT_STORE_WHY]; /* of the last call that failed */
    size_t damaged;             /* rows that were told of */
};

/* One file, write-ahead log, synchronous=FULL: for one machine. Several processes may open the file. */
extern const godwit_store_backend_t godwit_store_sqlite;

GODWIT_MUST_USE godwit_status_t godwit_store_open(const godwit_store_backend_t *backend,
                                                  const godwit_store_config_t *config, godwit_store_t **store,
                                                  char why[GODWIT_STORE_WHY]);
void godwit_store_close(godwit_store_t *store); /* NULL is no store */
GODWIT_MUST_USE godwit_status_t godwit_store_begin(godwit_store_t *store);
GODWIT_MUST_USE godwit_status_t godwit_store_commit(godwit_store_t *store);
void godwit_store_rollback(godwit_store_t *store);
GODWIT_MUST_USE godwit_status_t godwit_store_put(godwit_store_t *store, const godwit_record_t *record);
GODWIT_MUST_USE godwit_status_t godwit_store_remove(godwit_store_t *store, const godwit_record_key_t *key);
GODWIT_MUST_USE godwit_status_t godwit_store_fetch(godwit_store_t *store, const godwit_record_key_t *key,
                                                   godwit_record_t *record);
GODWIT_MUST_USE godwit_status_t godwit_store_list(godwit_store_t *store, godwit_record_kind_t kind,
                                                  const godwit_record_key_t *after, size_t limit,
                                                  godwit_store_visit_t *visit, void *context);
GODWIT_MUST_USE godwit_status_t godwit_store_count(godwit_store_t *store, godwit_record_kind_t kind, uint64_t *count);
GODWIT_MUST_USE godwit_status_t godwit_store_check(godwit_store_t *store, bool set_aside, uint64_t now_ms,
                                                   godwit_store_finding_visit_t *visit, void *context,
                                                   godwit_store_checked_t *checked);
/* Damaged rows that were met since the store was opened, each once; 256 at most. */
size_t godwit_store_damaged(const godwit_store_t *store);
/* To be called on a store that was restored from a backup before anything else uses it: removes its sessions and its
 * vectors of following sessions, makes its key sets, its association numbers, its triggers' references and its clock
 * skip what may have been used since, ends associations, and triggers that were pending as unconfirmed, drops
 * messages for devices, and skips the numbers of readings and the references of sources. now_s: since 1970. done tells how many of each there
 * were. */
typedef struct godwit_restored {
    uint64_t sessions, key_sets, associations, triggers, end_to_end;
} godwit_restored_t;
GODWIT_MUST_USE godwit_status_t godwit_store_after_restore(godwit_store_t *store, uint64_t now_s,
                                                           uint64_t ticks_per_second, godwit_restored_t *done);
/* One line on the last call that failed, naming the file; "" when none has. */
const char *godwit_store_why(const godwit_store_t *store);

#endif
