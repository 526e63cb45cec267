/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND in the lab (contribution 001): the device library of godwit/mtc.h in the place of device.h, and the nodes
 * at its other end. What an owner does with requests is the same for both.
 */
#include <string.h>

#include "lab/internal.h"

#define HOME_DIGITS "00101" /* the devices of the home: whom the MTC server is entitled for */

/* ---- the device ---- */

bool lab_mtc_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_mtc_config_t config = {.crypto = &godwit_crypto_builtin,
                                        .imsi = d->config.imsi,
                                        .server = godwit_slice_of_string(lab_host(GODWIT_WORLD_MTC)),
                                        .framing = w->config.framing,
                                        .profile = w->config.profile,
                                        .keep_hidden = w->config.keep_hidden,
                                        .key_readings = w->config.rekey_datagrams,
                                        .reserve = w->config.reserve};
    return godwit_mtc_init(&d->mtc, &config) == GODWIT_OK &&
           (d->nvm_len == 0 || godwit_mtc_restore(&d->mtc, godwit_slice(d->nvm, d->nvm_len)) == GODWIT_OK);
}

godwit_status_t lab_mtc_send(godwit_world_t *w, unsigned device, godwit_slice_t reading)
{
    lab_device_t *d = &w->devices[device];
    uint8_t random[GODWIT_RAND1_RANDOM];
    godwit_lab_random_fill(&w->random, random, sizeof random);
    return godwit_mtc_send(&d->mtc, reading, random, &d->requests);
}

godwit_status_t lab_mtc_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in)
{
    lab_device_t *d = &w->devices[device];
    uint8_t random[GODWIT_RAND1_RANDOM];
    godwit_mtc_sim_result_t sim = {.status = in->result.status};
    godwit_status_t status = GODWIT_OK;
    godwit_lab_random_fill(&w->random, random, sizeof random);
    switch (in->kind) {
    case LAB_PACKET:
        d->sent_down++;
        status = godwit_mtc_receive(&d->mtc, godwit_slice(in->packet->octets, in->packet->len), &d->requests);
        break;
    case LAB_TIMER:
        status = godwit_mtc_timer(&d->mtc, random, &d->requests);
        break;
    case LAB_CARD: /* as card.c puts what the GSM context gives */
        memcpy(sim.sres, in->result.res, sizeof sim.sres);
        memcpy(sim.kc, in->result.ck, sizeof sim.kc);
        status = godwit_mtc_sim_result(&d->mtc, &sim, &d->requests);
        status = status == GODWIT_WRONG_STATE ? GODWIT_OK : status;
        break;
    case LAB_END:
        godwit_mtc_renew(&d->mtc);
        break;
    default:
        break;
    }
    godwit_wipe(&sim, sizeof sim);
    return status;
}

/* ---- the MKEF ---- */

void lab_start_mkef(godwit_world_t *w)
{
    memset(&w->mkef, 0, sizeof w->mkef);
    w->mkef.crypto = &godwit_crypto_builtin;
    w->mkef.ts33868 = w->config.profile;
    w->mkef.next_transaction = (uint32_t)godwit_lab_random(&w->random);
    memcpy(w->mkef.local_host, lab_host(GODWIT_WORLD_MKEF), strlen(lab_host(GODWIT_WORLD_MKEF)) + 1);
    memcpy(w->mkef.local_realm, lab_realm(GODWIT_WORLD_MKEF), strlen(lab_realm(GODWIT_WORLD_MKEF)) + 1);
}

void lab_entitle(godwit_world_t *w)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    godwit_mtc_entitlement_record_t *e = &record.u.mtc_entitlement;
    const char *host = lab_host(GODWIT_WORLD_MTC);
    memcpy(e->server, host, strlen(host) + 1);
    memcpy(e->server_id, host, strlen(host) + 1);
    memcpy(e->first, HOME_DIGITS, sizeof HOME_DIGITS);
    e->scope = GODWIT_MTC_SCOPE_PLMN;
    if (godwit_mtc_entitlement_name(&godwit_crypto_builtin, e) != GODWIT_OK) {
        lab_violate(w, "an entitlement that cannot be named");
    }
    lab_store_put(&w->functions[GODWIT_WORLD_MKEF].store, &record, false);
    lab_store_put(&w->functions[GODWIT_WORLD_MKEF].store, &record, true);
}

/* ---- what must never happen ---- */

void lab_check_contact(godwit_world_t *w, const godwit_outbox_t *out)
{
    for (size_t i = 0; i < out->count && w->is_bent; i++) {
        const godwit_request_t *r = &out->requests[i];
        if (r->kind == GODWIT_REQUEST_STORE_COMMIT && !r->deleting && r->record->kind == GODWIT_RECORD_MTC_CONTACT) {
            lab_violate(w, "a counter of the MKEF that moved for who could not prove its key");
        }
    }
}

void lab_check_contact_commit(godwit_world_t *w, const godwit_record_t *before, const godwit_record_t *after)
{
    if (before != NULL && after->kind == GODWIT_RECORD_MTC_CONTACT &&
        after->u.mtc_contact.counter <= before->u.mtc_contact.counter) {
        lab_violate(w, "a counter of the MKEF that did not rise");
    }
}
