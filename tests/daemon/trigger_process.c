/* SPDX-License-Identifier: Apache-2.0
 *
 * See trigger_process.h.
 */
#include "tests/daemon/trigger_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/daemon/trigger_peer.h"

#define TIMERS 2048u

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mtc_iwf_step(role, in, out);
}

static void make_role(godwit_mtc_iwf_t *role, bool associations)
{
    godwit_mtc_iwf_config_t c;
    memset(&c, 0, sizeof c);
    c.crypto = &godwit_crypto_builtin;
    c.protect = associations ? GODWIT_IWF_PROTECT_ASSOCIATION : GODWIT_IWF_PROTECT_HOP;
    c.keys.key_from = GODWIT_IWF_KEY_FROM_HSS;
    (void)snprintf(c.local_host, sizeof c.local_host, PEER_IWF);
    (void)snprintf(c.local_realm, sizeof c.local_realm, "home.test");
    c.sources = 1;
    c.source[0].function = GODWIT_FUNCTION_SCS;
    (void)snprintf(c.source[0].name, sizeof c.source[0].name, PEER_SCS);
    c.source_per_minute = 1000000000;
    c.device_per_minute = 1000000000;
    c.source_quota = 1000000;
    c.device_quota = 1000;
    c.hss_timeout_ms = 30000;
    c.retry_ms = 600000;
    if (godwit_mtc_iwf_init(role, &c) != GODWIT_OK) {
        abort();
    }
}

bool process_start(process_t *p, const process_config_t *config)
{
    char why[GODWIT_STORE_WHY];
    const godwit_store_config_t store = {.path = config->path, .key_file = config->key_file, .vfs = config->vfs};
    memset(p, 0, sizeof *p);
    if (godwit_store_open(&godwit_store_sqlite, &store, &p->store, why) != GODWIT_OK) {
        return false;
    }
    const owner_config_t owner = {.store = p->store,
                                  .observer = &p->observer,
                                  .timers = TIMERS,
                                  .exits = {.context = config->context, .message = config->message},
                                  .now_ms = config->now_ms,
                                  .monotonic_ms = config->now_ms};
    p->observer.fd = -1;
    p->owner = owner_new(&owner);
    make_role(&p->role, config->associations);
    owner_set_role(p->owner, GODWIT_FUNCTION_MTC_IWF, step, &p->role);
    owner_feed(p->owner, GODWIT_FUNCTION_MTC_IWF, &(godwit_input_t){.kind = GODWIT_INPUT_TIMER});
    owner_finish(p->owner);
    return true;
}

void process_end(process_t *p)
{
    godwit_store_close(p->store);
    owner_free(p->owner);
}

void process_feed(process_t *p, const godwit_message_t *message)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_MESSAGE, .message = message};
    owner_feed(p->owner, GODWIT_FUNCTION_MTC_IWF, &input);
}
