/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer to `status`: what runs, where it listens, what it holds and has counted.
 */
#include "daemons/godwitd/certificates.h"

static json_t *functions(const godwitd_t *d)
{
    json_t *names = json_array();
    for (unsigned f = GODWIT_FUNCTION_HSE; f < OWNER_FUNCTIONS; f++) {
        if (owner_has_role(d->owner, (godwit_function_t)f)) {
            (void)json_array_append_new(names, json_string(owner_function_name((godwit_function_t)f)));
        }
    }
    return names;
}

static json_t *sockets(const godwitd_t *d, bool hse)
{
    json_t *all = json_array();
    char text[GODWIT_UDP_TEXT];
    for (size_t i = 0; i < d->doors.count; i++) {
        const door_t *door = &d->doors.door[i];
        godwit_address_t local = godwit_udp_local(door->udp);
        const godwit_udp_counters_t *c = godwit_udp_counters(door->udp);
        if ((door->function == GODWIT_FUNCTION_HSE) != hse) {
            continue;
        }
        godwit_udp_address_to_text(&local, text);
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "function",
                           owner_function_name(door->function), "door", doors_name(door->port), "address", text,
                           "received", (json_int_t)c->received, "received_octets", (json_int_t)c->received_octets,
                           "sent", (json_int_t)c->sent, "sent_octets", (json_int_t)c->sent_octets, "oversize",
                           (json_int_t)c->oversize, "unsent", (json_int_t)c->unsent));
    }
    return all;
}

static json_t *count_of(godwitd_t *d, godwit_record_kind_t kind)
{
    uint64_t count = 0;
    return d->store != NULL && godwit_store_count(d->store, kind, &count) == GODWIT_OK ? json_integer((json_int_t)count)
                                                                                       : json_null();
}

json_t *daemon_stored(godwitd_t *d)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "subscribers", count_of(d, GODWIT_RECORD_SUBSCRIBER), "key_sets",
                     count_of(d, GODWIT_RECORD_KEY_SET), "sessions", count_of(d, GODWIT_RECORD_SESSION), "triggers",
                     count_of(d, GODWIT_RECORD_TRIGGER), "triggers_pending", count_of(d, GODWIT_RECORD_TRIGGER_TALLY),
                     "associations", count_of(d, GODWIT_RECORD_ASSOCIATION));
}

static json_t *damaged(const godwitd_t *d)
{
    return d->store != NULL ? json_integer((json_int_t)godwit_store_damaged(d->store)) : json_null();
}

static json_t *counters(const godwitd_t *d)
{
    json_t *all = json_array();
    for (size_t i = 0; i < d->observer.counter_count; i++) {
        const godwit_counter_t *c = &d->observer.counters[i];
        (void)json_array_append_new(all,
                                    json_pack("{s:s, s:s, s:s, s:I}", "function", c->function, "event", c->event,
                                              "reason", godwit_status_name(c->reason), "count", (json_int_t)c->count));
    }
    return all;
}

static json_t *diameter(const godwitd_t *d)
{
    if (d->diameter == NULL) {
        return json_null();
    }
    const config_diameter_t *config = &d->config->diameter;
    const godwit_diameter_counters_t c = godwit_diameter_counters(d->diameter);
    json_t *peers = json_array();
    for (size_t i = 0; i < config->peer_count; i++) {
        (void)json_array_append_new(peers, json_pack("{s:s, s:b}", "identity", config->peers[i].identity, "open",
                                                     (int)godwit_diameter_peer_open(d->diameter, i)));
    }
    return json_pack("{s:s, s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "host", config->listen, "port",
                     (int)godwit_diameter_port(d->diameter), "peers", peers, "requests_received",
                     (json_int_t)c.requests_received, "requests_refused", (json_int_t)c.requests_refused,
                     "requests_overload", (json_int_t)c.requests_overload, "requests_sent", (json_int_t)c.requests_sent,
                     "answers_received", (json_int_t)c.answers_received, "timeouts", (json_int_t)c.timeouts);
}

json_t *daemon_status(const godwitd_t *d, json_t *stored)
{
    (void)json_object_set_new(stored, "damaged", damaged(d));
    return json_pack("{s:s, s:s, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o}", "version",
                     GODWIT_VERSION, "identity", d->config->identity, "realm", d->config->realm, "functions",
                     functions(d), "uptime_ms", (json_int_t)(daemon_now_ms() - d->started_ms), "hse", sockets(d, true),
                     "access", sockets(d, false), "diameter", diameter(d), "gsup_connected",
                     d->gsup == NULL ? json_null() : json_boolean(godwit_gsup_ready(d->gsup)), "stored", stored,
                     "messages_waiting", (json_int_t)queue_count(d->queue), "timers",
                     (json_int_t)owner_timers(d->owner), "deliveries", deliveries_status(d), "certificates",
                     certificates_status(d), "counters", counters(d));
}
