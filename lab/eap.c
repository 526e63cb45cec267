/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering for a device that is on WiFi alone (docs/eap.md): it runs EAP-AKA' with the AAA server, gives the
 * root that the run leaves to its trigger library, and polls until it has an association. The access point is the
 * lab's: it is no node, and stands where the AAA server does. What it says to the AAA server is RADIUS outside, and
 * here the message itself, which neither gets lost nor is repeated; what is on the air may be.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"
#include "lab/trace.h"

#define TICK_MS 1000
#define REPEATS 4      /* of a request, by the access point (RFC 3748 4.3) */
#define SILENT_TICKS 6 /* then the device begins anew: longer than the repeats */
#define POLL_TICKS 3
#define POLL_MS 3000
#define KEEP_MS 60000 /* the MTC-IWF keeps the address in memory, and whatever lies between may forget it, too */
#define ROOT_TICKS 20 /* without an association: the AAA server may have lost its root with its power */

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

/* ---- the access point ---- */

static void tell(godwit_world_t *w, unsigned device, godwit_slice_t packet)
{
    lab_net_send(w, lab_packet(GODWIT_WORLD_LEG_EAP, GODWIT_WORLD_AAA, godwit_world_device_node(device), packet));
}

static void tell_new(godwit_world_t *w, unsigned device, godwit_slice_t packet)
{
    lab_access_point_t *ap = &w->devices[device].eap.at;
    if (packet.len < 2 || packet.len > sizeof ap->request) {
        lab_violate(w, "an AAA server that says what is no EAP");
        return;
    }
    memcpy(ap->request, packet.ptr, packet.len);
    ap->len = packet.len;
    ap->awaits = packet.ptr[0] == GODWIT_EAP_REQUEST;
    ap->repeats = 0;
    tell(w, device, packet);
}

/* The device has come, or comes again: who is it? */
static void begin(godwit_world_t *w, unsigned device)
{
    lab_eap_end_t *e = &w->devices[device].eap;
    const uint32_t conversation = e->at.conversation + 1;
    const uint8_t who[5] = {GODWIT_EAP_REQUEST, (uint8_t)conversation, 0, sizeof who, GODWIT_EAP_TYPE_IDENTITY};
    e->at = (lab_access_point_t){.conversation = conversation};
    e->rooted = false;
    e->quiet = 0;
    tell_new(w, device, godwit_slice(who, sizeof who));
}

/* One response to each request: what comes again, or late, is dropped (RFC 3748 4.1). */
void lab_eap_arrive(godwit_world_t *w, const lab_packet_t *p)
{
    const unsigned device = lab_device_of(p->from);
    lab_access_point_t *ap = &w->devices[device].eap.at;
    godwit_message_t m = {.kind = GODWIT_EAP_PACKET,
                          .from = GODWIT_FUNCTION_DEVICE,
                          .to = GODWIT_FUNCTION_AAA,
                          .transaction = device,
                          .route = ap->conversation};
    if (!ap->awaits || p->len < 4 || p->len > sizeof m.u.eap_request.packet || p->octets[0] != GODWIT_EAP_RESPONSE ||
        p->octets[1] != ap->request[1]) {
        return;
    }
    ap->awaits = false;
    memcpy(m.origin_host, LAB_ACCESS_POINT, sizeof LAB_ACCESS_POINT);
    m.u.eap_request.has_state = ap->has_state;
    memcpy(m.u.eap_request.state, ap->state, sizeof ap->state);
    m.u.eap_request.packet_len = (uint16_t)p->len;
    memcpy(m.u.eap_request.packet, p->octets, p->len);
    lab_function_input(w, GODWIT_WORLD_AAA, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &m});
}

/* MSK is for the access point's own encryption, which is none of the lab's. */
void lab_eap_answered(godwit_world_t *w, const godwit_message_t *m)
{
    const godwit_eap_answer_t *answer = &m->u.eap_answer;
    lab_access_point_t *ap = &w->devices[m->transaction].eap.at;
    if (m->route != ap->conversation) {
        return;
    }
    ap->has_state = answer->verdict == GODWIT_EAP_GOES_ON;
    memcpy(ap->state, answer->state, sizeof ap->state);
    tell_new(w, m->transaction, godwit_slice(answer->packet, answer->packet_len));
}

/* ---- the device ---- */

static void poll(godwit_world_t *w, unsigned device)
{
    lab_device_queue(w, device, LAB_TRIGGER_POLL, NULL);
}

static void rooted(godwit_world_t *w, unsigned device)
{
    lab_eap_end_t *e = &w->devices[device].eap;
    const unsigned node = godwit_world_device_node(device);
    const uint8_t *rand, *root = godwit_eap_peer_root(&e->peer, &rand);
    uint8_t octets[2 + 16 + 32] = {GODWIT_IWF_ROOT_EAP, 1};
    memcpy(octets + 2, rand, 16);
    memcpy(octets + 18, root, 32);
    lab_device_queue(w, device, LAB_TRIGGER_ROOT,
                     lab_packet(GODWIT_WORLD_LEG_EAP, node, node, godwit_slice(octets, sizeof octets)));
    godwit_wipe(octets, sizeof octets);
    e->rooted = true;
    e->quiet = 0;
    poll(w, device);
}

static void act(godwit_world_t *w, unsigned device, const godwit_eap_action_t *action)
{
    lab_device_t *d = &w->devices[device];
    switch (action->kind) {
    case GODWIT_EAP_ACTION_SEND:
        d->eap.quiet = 0;
        lab_net_send(
            w, lab_packet(GODWIT_WORLD_LEG_EAP, godwit_world_device_node(device), GODWIT_WORLD_AAA, action->octets));
        break;
    case GODWIT_EAP_ACTION_AUTHENTICATE:
        d->card_runs++;
        lab_card_ask(w, device, LAB_USER_DEVICE, action->rand, action->autn);
        break;
    case GODWIT_EAP_ACTION_SUCCEEDED:
        lab_saw(d->events, "eap_succeeded", GODWIT_OK);
        rooted(w, device);
        break;
    case GODWIT_EAP_ACTION_FAILED:
        lab_saw(d->events, "eap_failed", action->reason);
        break;
    default:
        lab_saw(d->events, "eap_not_taken", action->reason);
        break;
    }
}

/* It has its association: the MTC-IWF is to know where it is, from now on. */
static void keep(godwit_world_t *w, unsigned device)
{
    lab_eap_end_t *e = &w->devices[device].eap;
    const unsigned heard = godwit_world_device_events(w, device, "polled", GODWIT_OK);
    (void)lab_after(w, heard != e->heard ? KEEP_MS : POLL_MS, LAB_EAP_TICK, godwit_world_device_node(device));
    if (heard == e->heard && w->devices[device].trigger.library.polls == 0) { /* else it says it again itself */
        poll(w, device);
    }
    e->heard = heard;
}

static void tick(godwit_world_t *w, unsigned device)
{
    lab_eap_end_t *e = &w->devices[device].eap;
    if (godwit_trigger_association(&w->devices[device].trigger.library) != 0) {
        keep(w, device);
        return;
    }
    (void)lab_after(w, TICK_MS, LAB_EAP_TICK, godwit_world_device_node(device));
    e->quiet++;
    if (e->rooted && e->quiet < ROOT_TICKS) {
        if (e->quiet % POLL_TICKS == 0) {
            poll(w, device);
        }
    } else if (!e->rooted && e->at.awaits && e->at.repeats < REPEATS) {
        e->at.repeats++;
        tell(w, device, godwit_slice(e->at.request, e->at.len));
    } else if (e->rooted || e->quiet >= SILENT_TICKS) {
        begin(w, device);
    }
}

bool lab_eap_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_eap_end_t *e = &w->devices[device].eap;
    const unsigned node = godwit_world_device_node(device);
    godwit_eap_action_t action = {.kind = GODWIT_EAP_ACTION_NONE};
    if (!lab_by_eap(&w->config)) {
        return false;
    }
    if (in->kind == LAB_EAP_TICK) {
        tick(w, device);
    } else if (in->kind == LAB_PACKET && in->packet->leg == GODWIT_WORLD_LEG_EAP) {
        godwit_eap_peer_receive(&e->peer, godwit_slice(in->packet->octets, in->packet->len), &action);
        act(w, device, &action);
    } else if (in->kind == LAB_CARD) {
        lab_search_octets(w, node, &in->result, sizeof in->result);
        if (godwit_eap_peer_usim_result(&e->peer, &in->result, &action) == GODWIT_OK) { /* else of a run that ended */
            act(w, device, &action);
        }
    } else {
        return false;
    }
    lab_watch_node(w, node);
    return true;
}

bool lab_eap_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_eap_config_t config = {.crypto = crypto, .imsi = d->config.imsi, .home = w->plmn};
    d->eap.rooted = d->eap.at.awaits = false;
    d->eap.heard = godwit_world_device_events(w, device, "polled", GODWIT_OK);
    d->eap.quiet = SILENT_TICKS; /* the first tick begins */
    (void)lab_after(w, 1, LAB_EAP_TICK, godwit_world_device_node(device));
    return godwit_eap_peer_init(&d->eap.peer, &config) == GODWIT_OK;
}

/* ---- the AAA server ---- */

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

void lab_start_aaa(godwit_world_t *w)
{
    godwit_aaa_config_t config = {.crypto = crypto, .home = w->plmn, .network_count = 1};
    set_name(config.local_host, lab_host(GODWIT_WORLD_AAA));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_AAA));
    set_name(config.networks[0], LAB_ACCESS_POINT);
    set_name(config.iwf.host, lab_host(GODWIT_WORLD_MTC_IWF));
    set_name(config.iwf.realm, lab_realm(GODWIT_WORLD_MTC_IWF));
    if (w->aaa == NULL) {
        w->aaa = lab_alloc(sizeof *w->aaa);
    }
    must(godwit_aaa_init(&w->aaa->role, &config, w->aaa->runs, LAB_AAA_RUNS, w->aaa->roots, LAB_AAA_ROOTS));
    w->aaa->role.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

/* ---- what the watcher knows of it ---- */

void lab_learn_eap(godwit_world_t *w, unsigned device, const godwit_he_vector_answer_t *answer)
{
    const godwit_imsi_t imsi = lab_imsi(device);
    godwit_aka_key_t key = lab_key(device);
    godwit_eap_aka_keys_t keys;
    godwit_vector_t vector;
    char nai[GODWIT_EAP_NAI_MAX + 1];
    uint8_t root[32];
    uint64_t sqn;
    if (!w->config.watch_memory ||
        godwit_autn_consume(crypto, &key, answer->rand, answer->autn, &sqn, &vector) != GODWIT_OK) {
        return;
    }
    lab_credit_pair(w, GODWIT_WORLD_HSS);
    lab_learn(w, device, LAB_CLASS_5G_CK, GODWIT_LAB_CK, vector.ck, 16);
    lab_learn(w, device, LAB_CLASS_5G_CK, GODWIT_LAB_IK, vector.ik, 16);
    lab_learn(w, device, LAB_CLASS_EAP_PRIME, GODWIT_LAB_CK_PRIME, answer->ck_ik_prime, 16);
    lab_learn(w, device, LAB_CLASS_EAP_PRIME, GODWIT_LAB_IK_PRIME, answer->ck_ik_prime + 16, 16);
    must(godwit_eap_nai(&imsi, w->plmn, nai));
    must(godwit_eap_aka_keys(crypto, answer->ck_ik_prime, godwit_slice_of_string(nai), &keys));
    must(godwit_iwf_eap_root(crypto, keys.emsk, &imsi, root));
    lab_learn(w, device, LAB_CLASS_EAP_ROOT, GODWIT_LAB_IWF_ROOT, keys.emsk, 32); /* who has EMSK has the root */
    lab_learn(w, device, LAB_CLASS_EAP_ROOT, GODWIT_LAB_IWF_ROOT, root, 32);
    lab_learn_iwf_root(w, device, root);
    godwit_wipe(&vector, sizeof vector);
    godwit_wipe(&keys, sizeof keys);
    godwit_wipe(root, sizeof root);
}

static const char *what_of(const godwit_eap_t *eap)
{
    if (eap->type == GODWIT_EAP_TYPE_IDENTITY) {
        return "/Identity";
    }
    if (eap->type != GODWIT_EAP_TYPE_AKA_PRIME) {
        return "";
    }
    switch (eap->subtype) {
    case GODWIT_EAP_CHALLENGE:
        return "/AKA'-Challenge";
    case GODWIT_EAP_SYNCHRONIZATION_FAILURE:
        return "/AKA'-Synchronization-Failure";
    case GODWIT_EAP_AUTHENTICATION_REJECT:
        return "/AKA'-Authentication-Reject";
    default:
        return "/AKA'";
    }
}

void lab_eap_label(godwit_slice_t octets, char label[GODWIT_LAB_LABEL_MAX])
{
    static const char *const codes[] = {"?", "EAP-Request", "EAP-Response", "EAP-Success", "EAP-Failure"};
    godwit_eap_t eap;
    if (godwit_eap_parse(octets, &eap) == GODWIT_OK) {
        (void)snprintf(label, GODWIT_LAB_LABEL_MAX, "%s%s", codes[eap.code], what_of(&eap));
    }
}
