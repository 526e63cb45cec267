/* SPDX-License-Identifier: Apache-2.0
 *
 * The store's calls, handed to the backend that opened it.
 */
#include "adapters/store/store.h"

godwit_status_t godwit_store_open(const godwit_store_backend_t *backend, const godwit_store_config_t *config,
                                  godwit_store_t **store, char why[GODWIT_STORE_WHY])
{
    *store = NULL;
    why[0] = '\0';
    return backend->open(config, store, why);
}

void godwit_store_close(godwit_store_t *store)
{
    if (store != NULL) {
        store->backend->close(store);
    }
}

godwit_status_t godwit_store_begin(godwit_store_t *store)
{
    return store->backend->begin(store);
}

godwit_status_t godwit_store_commit(godwit_store_t *store)
{
    return store->backend->commit(store);
}

void godwit_store_rollback(godwit_store_t *store)
{
    store->backend->rollback(store);
}

godwit_status_t godwit_store_put(godwit_store_t *store, const godwit_record_t *record)
{
    return store->backend->put(store, record);
}

godwit_status_t godwit_store_remove(godwit_store_t *store, const godwit_record_key_t *key)
{
    return store->backend->remove(store, key);
}

godwit_status_t godwit_store_fetch(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record)
{
    return store->backend->fetch(store, key, record);
}

godwit_status_t godwit_store_list(godwit_store_t *store, godwit_record_kind_t kind, const godwit_record_key_t *after,
                                  size_t limit, godwit_store_visit_t *visit, void *context)
{
    return store->backend->list(store, kind, after, limit, visit, context);
}

godwit_status_t godwit_store_count(godwit_store_t *store, godwit_record_kind_t kind, uint64_t *count)
{
    return store->backend->count(store, kind, count);
}

godwit_status_t godwit_store_check(godwit_store_t *store, bool set_aside, uint64_t now_ms,
                                   godwit_store_finding_visit_t *visit, void *context, godwit_store_checked_t *checked)
{
    return store->backend->check(store, set_aside, now_ms, visit, context, checked);
}

size_t godwit_store_damaged(const godwit_store_t *store)
{
    return store->damaged;
}

const char *godwit_store_why(const godwit_store_t *store)
{
    return store->why;
}
