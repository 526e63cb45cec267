/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of a node: its role or library, its tables, its records, and what it has asked for and its owner has not
 * carried out yet.
 */
#include "lab/internal.h"

static void search_endpoint(godwit_world_t *w, unsigned node)
{
    const lab_endpoint_t *e = &w->endpoints[lab_endpoint_of(node)];
    lab_search_octets(w, node, &e->hse, sizeof e->hse);
    lab_search_octets(w, node, e->sessions, LAB_SESSIONS * sizeof *e->sessions);
    lab_search_octets(w, node, e->exchanges, LAB_EXCHANGES * sizeof *e->exchanges);
    lab_search_octets(w, node, e->bearers, LAB_BEARERS * sizeof *e->bearers);
    lab_search_octets(w, node, e->pushes, LAB_PUSHES * sizeof *e->pushes);
    if (e->forwards != NULL) {
        lab_search_octets(w, node, e->forwards, LAB_FORWARDS * sizeof *e->forwards);
        lab_search_octets(w, node, e->held, LAB_FORWARDS * sizeof *e->held);
    }
}

static void search_role(godwit_world_t *w, unsigned node)
{
    switch (node) {
    case GODWIT_WORLD_HSE:
    case GODWIT_WORLD_EMSE:
    case GODWIT_WORLD_MTC:
        search_endpoint(w, node);
        break;
    case GODWIT_WORLD_EMKS:
        lab_search_octets(w, node, &w->emks, sizeof w->emks);
        break;
    case GODWIT_WORLD_HSS:
        lab_search_octets(w, node, &w->hss, sizeof w->hss);
        break;
    case GODWIT_WORLD_MSC:
        lab_search_octets(w, node, &w->msc, sizeof w->msc);
        break;
    case GODWIT_WORLD_SMS_SC:
        lab_search_octets(w, node, w->sms_devices, sizeof w->sms_devices);
        break;
    case GODWIT_WORLD_BSF:
        lab_search_octets(w, node, w->bsf, sizeof *w->bsf);
        break;
    case GODWIT_WORLD_NAF:
        lab_search_octets(w, node, w->naf, sizeof *w->naf);
        lab_search_octets(w, node, w->naf_keys, LAB_NAF_KEYS * sizeof *w->naf_keys);
        break;
    case GODWIT_WORLD_AUSF:
        lab_search_octets(w, node, w->ausf, sizeof *w->ausf);
        break;
    case GODWIT_WORLD_AANF:
        lab_search_octets(w, node, &w->aanf, sizeof w->aanf);
        break;
    case GODWIT_WORLD_MKEF:
        lab_search_octets(w, node, &w->mkef, sizeof w->mkef);
        break;
    case GODWIT_WORLD_MTC_IWF:
        lab_search_octets(w, node, w->mtc_iwf, sizeof *w->mtc_iwf);
        break;
    case GODWIT_WORLD_AAA:
        lab_search_octets(w, node, w->aaa, sizeof *w->aaa);
        break;
    case GODWIT_WORLD_EESE:
        lab_search_octets(w, node, w->eese, sizeof *w->eese);
        break;
    case GODWIT_WORLD_EAS:
        lab_search_octets(w, node, w->eas, sizeof *w->eas);
        break;
    case GODWIT_WORLD_SCS:
    case GODWIT_WORLD_AS:
        lab_search_octets(w, node, w->scs[node == GODWIT_WORLD_AS], sizeof *w->scs[0]);
        break;
    case GODWIT_WORLD_MME:
        lab_search_octets(w, node, &w->mme, sizeof w->mme);
        break;
    case GODWIT_WORLD_SGSN:
        lab_search_octets(w, node, &w->sgsn, sizeof w->sgsn);
        break;
    case GODWIT_WORLD_SGW:
        lab_search_octets(w, node, &w->sgw, sizeof w->sgw);
        break;
    case GODWIT_WORLD_PGW:
        lab_search_octets(w, node, &w->pgw, sizeof w->pgw);
        break;
    default:
        break;
    }
}

static void search_function(godwit_world_t *w, unsigned node)
{
    const lab_function_t *f = &w->functions[node];
    if (!f->present) { /* what another node has may lie where it would */
        return;
    }
    search_role(w, node);
    if (w->tables[node] != NULL) {
        lab_search_octets(w, node, w->tables[node], sizeof *w->tables[node]);
    }
    lab_search_octets(w, node, f->store.shown, f->store.shown_count * sizeof *f->store.shown);
    lab_search_octets(w, node, f->store.durable, f->store.durable_count * sizeof *f->store.durable);
    for (const lab_job_t *job = f->first; job != NULL; job = job->next) {
        lab_search_octets(w, node, job->arena, job->outbox.arena_used);
    }
}

static void search_device(godwit_world_t *w, unsigned device)
{
    const lab_device_t *d = &w->devices[device];
    unsigned node = godwit_world_device_node(device);
    lab_search_octets(w, node, &d->device, sizeof d->device);
    lab_search_octets(w, node, &d->mtc, sizeof d->mtc);
    lab_search_octets(w, node, &d->gba, sizeof d->gba);
    lab_search_octets(w, node, &d->akma, sizeof d->akma);
    lab_search_octets(w, node, &d->access, sizeof d->access);
    lab_search_octets(w, node, &d->trigger, sizeof d->trigger);
    lab_search_octets(w, node, &d->e2e, sizeof d->e2e);
    lab_search_octets(w, node, &d->eap.peer, sizeof d->eap.peer);
    lab_search_octets(w, node, d->nvm, sizeof d->nvm);
    lab_search_octets(w, node, d->nvm_next, sizeof d->nvm_next);
    for (const lab_device_input_t *in = d->first; in != NULL; in = in->next) {
        lab_search_octets(w, node, &in->result, sizeof in->result);
    }
}

static void search_card(godwit_world_t *w, unsigned device)
{
    const lab_device_t *d = &w->devices[device];
    unsigned node = godwit_world_card_node(device);
    lab_search_octets(w, node, &d->card, sizeof d->card);
    lab_search_octets(w, node, &d->card_output, sizeof d->card_output);
    lab_search_octets(w, node, d->image, sizeof d->image);
}

void lab_search_node(godwit_world_t *w, unsigned node)
{
    if (lab_is_function(node)) {
        search_function(w, node);
    } else if (lab_is_card(node)) {
        search_card(w, lab_device_of(node));
    } else {
        search_device(w, lab_device_of(node));
    }
}

void godwit_world_search(godwit_world_t *w)
{
    for (unsigned node = 0; node < GODWIT_WORLD_FUNCTIONS + 2 * w->config.devices; node++) {
        lab_search_node(w, node);
    }
}
