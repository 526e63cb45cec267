/* SPDX-License-Identifier: Apache-2.0
 *
 * By which way octets go to a device, and what this end remembers of peers and addresses; all of it bounded. Never: a
 * key to a node that was not heard over a hop that proves who it is; an address that anything but a Poll under the
 * device's association has named.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"
#include "roles/rate.h"

#define WAYS 4u
_Static_assert(GODWIT_IWF_ADDRESSES_MAX % WAYS == 0, "sets of four");
#define HINTS_PER_SECOND 50u
#define HINT_GAP_MS 10000u
/* Of those who have shown that they receive where they send from. */
#define PROVED_HINTS_PER_SECOND 200u
#define PROVED_HINT_GAP_MS 3000u
#define LOOKS_PER_SECOND 20u
#define T4_VALIDITY_S 600u
#define ADDRESS_LIFE_MS 300000u
#define MS 1000u

/* FNV-1a. */
static uint32_t hash_of(const godwit_imsi_t *imsi)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < imsi->len && i < sizeof imsi->digits; i++) {
        hash = (hash ^ (uint8_t)imsi->digits[i]) * 16777619u;
    }
    return hash;
}

/* ---- sending ---- */

godwit_message_t *godwit_iwf_message(const godwit_iwf_keys_t *keys, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_message(out, kind, GODWIT_FUNCTION_MTC_IWF, to, transaction);
    if (message != NULL) {
        memcpy(message->origin_host, keys->local_host, sizeof message->origin_host);
        memcpy(message->origin_realm, keys->local_realm, sizeof message->origin_realm);
    }
    return message;
}

godwit_message_t *godwit_iwf_by_t5(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                                   const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out)
{
    godwit_message_t *message =
        godwit_iwf_message(keys, GODWIT_T5_DOWN, (godwit_function_t)way->node.function, transaction, out);
    if (message != NULL) {
        godwit_t5_down_t *down = &message->u.t5_down;
        down->imsi = *imsi;
        down->kind = GODWIT_T5_CONTAINER;
        down->container_len = (uint8_t)container.len;
        memcpy(down->container, container.ptr, container.len);
        down->to = way->node;
    }
    return message;
}

godwit_message_t *godwit_iwf_by_t4(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                                   const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_iwf_message(keys, GODWIT_T4_TRIGGER, GODWIT_FUNCTION_SMS_SC, transaction, out);
    if (message != NULL) {
        godwit_t4_trigger_t *t4 = &message->u.t4_trigger;
        t4->imsi = *imsi;
        memcpy(t4->msisdn, way->msisdn, sizeof t4->msisdn);
        memcpy(t4->smea, keys->number, sizeof t4->smea);
        t4->container_len = (uint8_t)container.len;
        if (container.len > 0) { /* a recall has none */
            memcpy(t4->container, container.ptr, container.len);
        }
        t4->port = GODWIT_A3_PORT;
        t4->validity_s = T4_VALIDITY_S; /* what is not about a trigger is of use for a while */
        t4->node = way->node;
    }
    return message;
}

/* The answer that waits; an empty container: nothing goes with the security mode. */
static godwit_message_t *by_securing(const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out)
{
    const godwit_message_t request = {
        .from = (godwit_function_t)way->node.function, .transaction = way->transaction, .route = way->route};
    godwit_message_t *message = godwit_outbox_answer(out, &request, GODWIT_T5_UP_ANSWER, GODWIT_FUNCTION_MTC_IWF);
    if (message != NULL && container.len > 0) {
        message->u.t5_up_answer.container_len = (uint8_t)container.len;
        memcpy(message->u.t5_up_answer.container, container.ptr, container.len);
    }
    return message;
}

static void by_a3(const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out)
{
    uint8_t *octets = godwit_outbox_alloc(out, container.len);
    if (octets != NULL) {
        memcpy(octets, container.ptr, container.len);
        godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_DATAGRAM);
        request->port = GODWIT_PORT_A3;
        request->to = way->address;
        request->octets = godwit_slice(octets, container.len);
    }
}

void godwit_iwf_send(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                     godwit_slice_t container, godwit_outbox_t *out)
{
    godwit_iwf_send_as(keys, 0, imsi, way, container, out);
}

void godwit_iwf_send_as(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                        const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out)
{
    godwit_message_t *message = NULL;
    switch (way->kind) {
    case GODWIT_IWF_WAY_T5:
        message = godwit_iwf_by_t5(keys, transaction, imsi, way, container, out);
        break;
    case GODWIT_IWF_WAY_T4:
        message = godwit_iwf_by_t4(keys, 0, imsi, way, container, out);
        break;
    case GODWIT_IWF_WAY_SECURING:
        message = by_securing(way, container, out);
        break;
    case GODWIT_IWF_WAY_A3:
        by_a3(way, container, out);
        break;
    default:
        break;
    }
    if (message != NULL) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

/* ---- addresses of A3 ---- */

static const godwit_iwf_a3_address_t *address_of(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi)
{
    const godwit_iwf_a3_address_t *set =
        &keys->addresses[(size_t)(hash_of(imsi) % (GODWIT_IWF_ADDRESSES_MAX / WAYS)) * WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].imsi.len > 0 && godwit_imsi_equal(&set[i].imsi, imsi)) {
            return &set[i];
        }
    }
    return NULL;
}

godwit_address_t godwit_iwf_a3_address(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    const godwit_iwf_a3_address_t *entry = address_of(keys, imsi);
    const uint64_t life = keys->config.address_life_ms != 0 ? keys->config.address_life_ms : ADDRESS_LIFE_MS;
    return entry != NULL && now_ms >= entry->at_ms && now_ms - entry->at_ms < life ? entry->address
                                                                                   : (godwit_address_t){0};
}

void godwit_iwf_a3_heard(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_address_t *address,
                         uint64_t now_ms)
{
    godwit_iwf_a3_address_t *set = &keys->addresses[(size_t)(hash_of(imsi) % (GODWIT_IWF_ADDRESSES_MAX / WAYS)) * WAYS];
    godwit_iwf_a3_address_t *place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (godwit_imsi_equal(&set[i].imsi, imsi)) {
            place = &set[i];
            break;
        }
        if (set[i].imsi.len == 0 || (place->imsi.len > 0 && set[i].at_ms < place->at_ms)) {
            place = &set[i];
        }
    }
    *place = (godwit_iwf_a3_address_t){.imsi = *imsi, .address = *address, .at_ms = now_ms};
}

/* ---- what nobody proved ---- */

/* Of an address: without the port; of IPv6 the /64 (roles/role.h). */
static godwit_slice_t name_of_address(const godwit_address_t *from)
{
    const size_t len = from->len == 6 ? 4 : from->len == 18 ? 8 : from->len;
    return godwit_slice(from->octets, len < sizeof from->octets ? len : sizeof from->octets);
}

static bool is_recent(const godwit_iwf_tried_t *tried, uint32_t hash, uint32_t gap_ms, uint64_t now_ms)
{
    return tried->hash == hash && now_ms >= tried->at_ms && now_ms - tried->at_ms < gap_ms;
}

bool godwit_iwf_may_try(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint32_t gap_ms, uint64_t now_ms)
{
    const uint32_t hash = hash_of(imsi) ^ gap_ms; /* one gap does not count for another */
    godwit_iwf_tried_t *tried = &keys->tried[hash % GODWIT_IWF_TRIED_MAX];
    if (is_recent(tried, hash, gap_ms, now_ms)) {
        return false;
    }
    *tried = (godwit_iwf_tried_t){.hash = hash, .at_ms = now_ms};
    return true;
}

/* Over A3 and with a good cookie. */
static bool is_cookie_holder(const godwit_iwf_way_t *way)
{
    return way->kind == GODWIT_IWF_WAY_A3 && !way->unproved;
}

/* With a key, for anybody may write an address, or a name: nobody chooses what else his hints count as. */
static uint32_t hash_of_hint(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way)
{
    const godwit_slice_t device = godwit_slice((const uint8_t *)imsi->digits, imsi->len);
    const uint8_t *key = keys->config.table_key;
    godwit_slice_t speaker = godwit_slice_of_string(way->node.host);
    if (is_cookie_holder(way)) { /* the port, too: others behind one address do not share it */
        speaker = godwit_slice(way->address.octets, way->address.len);
    } else if (way->kind == GODWIT_IWF_WAY_A3) {
        speaker = name_of_address(&way->address);
    }
    return (uint32_t)(godwit_siphash(key, device) ^ godwit_siphash(key, speaker));
}

/* What an address that nobody has proved may not take from the others: the second half of the places, and a device to
 * which a Command is under way. */
static bool is_room_for_unproved(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    return godwit_iwf_waits(keys, now_ms) < GODWIT_IWF_KEYS_WAITING_MAX / 2 && !godwit_iwf_is_repeated(keys, imsi);
}

static uint32_t *hints_of(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms)
{
    if (keys->hint_s != now_ms / MS) {
        keys->hint_s = now_ms / MS;
        memset(keys->hints, 0, sizeof keys->hints);
    }
    return &keys->hints[way->unproved ? 1 : 0][way->kind];
}

bool godwit_iwf_has_hint(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms)
{
    const uint32_t hash = hash_of_hint(keys, imsi, way);
    const uint32_t most = is_cookie_holder(way) ? PROVED_HINTS_PER_SECOND : HINTS_PER_SECOND;
    const uint32_t gap_ms = is_cookie_holder(way) ? PROVED_HINT_GAP_MS : HINT_GAP_MS;
    return *hints_of(keys, way, now_ms) < most &&
           !is_recent(&keys->tried[hash % GODWIT_IWF_TRIED_MAX], hash, gap_ms, now_ms) &&
           (!way->unproved || is_room_for_unproved(keys, imsi, now_ms));
}

bool godwit_iwf_may_hint(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms)
{
    const uint32_t hash = hash_of_hint(keys, imsi, way);
    if (!godwit_iwf_has_hint(keys, imsi, way, now_ms)) {
        return false;
    }
    ++*hints_of(keys, way, now_ms);
    keys->tried[hash % GODWIT_IWF_TRIED_MAX] = (godwit_iwf_tried_t){.hash = hash, .at_ms = now_ms};
    return true;
}

bool godwit_iwf_may_visit(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                          uint64_t now_ms)
{
    const uint32_t hash = hash_of_hint(keys, imsi, way) ^ (GODWIT_IWF_TRY_GAP_MS + (uint32_t)way->kind);
    godwit_iwf_tried_t *tried = &keys->tried[hash % GODWIT_IWF_TRIED_MAX];
    if (is_recent(tried, hash, GODWIT_IWF_TRY_GAP_MS, now_ms)) {
        return false;
    }
    *tried = (godwit_iwf_tried_t){.hash = hash, .at_ms = now_ms};
    return true;
}

uint64_t godwit_iwf_whose(const godwit_iwf_way_t *way)
{
    const uint8_t no_node[] = {(uint8_t)way->kind, way->unproved};
    const char *host = way->node.host;
    return host[0] != '\0' ? godwit_rate_whose((const uint8_t *)host, strlen(host))
                           : godwit_rate_whose(no_node, sizeof no_node);
}

static godwit_iwf_stranger_t *stranger_of(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way)
{
    const uint64_t hash = godwit_siphash(keys->config.table_key, name_of_address(&way->address));
    return &keys->strangers[way->unproved ? 1 : 0][hash % GODWIT_IWF_STRANGERS_MAX];
}

/* Whoever is where the device polled from may do so without end; but he must be there. */
bool godwit_iwf_may_look(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms)
{
    const godwit_iwf_stranger_t *stranger = stranger_of(keys, way);
    if (stranger->second != now_ms / MS || stranger->count < LOOKS_PER_SECOND) {
        return true;
    }
    const godwit_address_t known = godwit_iwf_a3_address(keys, imsi, now_ms);
    return !way->unproved && godwit_address_equal(&known, &way->address);
}

void godwit_iwf_proved_nothing(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms)
{
    godwit_iwf_stranger_t *stranger = stranger_of(keys, way);
    if (stranger->second != now_ms / MS) {
        *stranger = (godwit_iwf_stranger_t){.second = now_ms / MS};
    }
    stranger->count++;
}

/* ---- serving nodes ---- */

/* The HSS may write a name otherwise than its node does. */
static const godwit_iwf_peer_t *known_peer(const godwit_iwf_keys_t *keys, const char *host)
{
    for (size_t i = 0; i < GODWIT_IWF_PEERS_MAX; i++) {
        if (godwit_equal_names(keys->peers[i].host, host)) {
            return &keys->peers[i];
        }
    }
    return NULL;
}

/* A name that now comes over an open hop may be anybody's. */
void godwit_iwf_peer_heard(godwit_iwf_keys_t *keys, const char *host, godwit_hop_t hop, uint64_t now_ms)
{
    const godwit_iwf_peer_t *known = known_peer(keys, host);
    godwit_iwf_peer_t *peer = known != NULL ? &keys->peers[known - keys->peers] : NULL;
    if (hop == GODWIT_HOP_OPEN) {
        if (peer != NULL) {
            memset(peer, 0, sizeof *peer);
        }
        return;
    }
    for (size_t i = 0; peer == NULL && i < GODWIT_IWF_PEERS_MAX; i++) {
        peer = keys->peers[i].host[0] == '\0' ? &keys->peers[i] : NULL;
    }
    if (peer == NULL) {
        peer = &keys->peers[0];
        for (size_t i = 1; i < GODWIT_IWF_PEERS_MAX; i++) {
            peer = keys->peers[i].at_ms < peer->at_ms ? &keys->peers[i] : peer;
        }
    }
    memset(peer->host, 0, sizeof peer->host);
    memcpy(peer->host, host, strlen(host));
    peer->at_ms = now_ms;
}

bool godwit_iwf_peer_is_proved(const godwit_iwf_keys_t *keys, const char *host)
{
    return known_peer(keys, host) != NULL;
}
