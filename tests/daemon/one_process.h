/* SPDX-License-Identifier: Apache-2.0
 *
 * HSS, EMKS and HSE under the daemon's owner and a real store, and a device with its card, in one test: the network
 * between them is two lists. The store's disk may lose its power at any moment; the process is then gone, and comes
 * back with what the disk kept.
 */
#ifndef GODWIT_TESTS_ONE_PROCESS_H
#define GODWIT_TESTS_ONE_PROCESS_H

#include "adapters/store/store.h"
#include "daemons/godwitd/owner.h"
#include "daemons/godwitd/queue.h"
#include "godwit/device.h"
#include "roles/emks.h"
#include "roles/hse.h"
#include "roles/hss.h"
#include "roles/usim.h"

#define WORLD_NAME "hse.home.example"
#define WORLD_SESSIONS 16
#define WORLD_SENT_MAX 512
#define WORLD_DELIVERED_MAX 256

typedef struct sent {
    size_t len;
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
} sent_t;

typedef struct sent_list {
    size_t count, taken; /* taken: the other end has had them */
    sent_t at[WORLD_SENT_MAX];
} sent_list_t;

typedef struct world {
    const char *path, *key_file, *vfs;
    uint64_t now_ms;

    /* The process: gone with its power. */
    godwit_store_t *store;
    godwit_observer_t observer;
    owner_t *owner;
    queue_t *queue;
    godwit_hss_t hss;
    godwit_emks_t emks;
    godwit_hse_t hse;
    godwit_hse_session_t sessions[WORLD_SESSIONS];
    godwit_hse_exchange_t exchanges[WORLD_SESSIONS];
    godwit_hse_sender_t senders[WORLD_SESSIONS];

    /* The device: survives. */
    godwit_device_t device;
    godwit_usim_t card;
    uint64_t device_timer; /* 0: none */
    unsigned resynchronisations;
    uint32_t draws;

    /* What was seen on the way, for the whole test. */
    sent_list_t up, down;
    size_t delivered_count;
    char delivered[WORLD_DELIVERED_MAX][32];
} world_t;

/* A subscriber's card and device, used for the first time. */
void world_init(world_t *w, const char *path, const char *key_file, const char *vfs);
/* Starts the process; false when its store does not open. The first time it adds the subscriber; false when that fails
 * too. */
bool world_start(world_t *w);
void world_kill(world_t *w);
/* The application at the device sends. */
void world_send(world_t *w, const char *reading);
/* Carries datagrams, messages and timers until nothing happens any more, or `alive` says that the process is gone. */
void world_run(world_t *w, bool (*alive)(void));
/* Gives the process what the device sent some time ago once more. */
void world_replay(world_t *w, size_t index);
size_t world_deliveries_of(const world_t *w, const char *reading);

#endif
