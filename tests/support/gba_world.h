/* SPDX-License-Identifier: Apache-2.0
 *
 * A BSF with its owner, devices with soft cards, and the test as HSS and as NAF.
 */
#ifndef GODWIT_TESTS_GBA_WORLD_H
#define GODWIT_TESTS_GBA_WORLD_H

#include "godwit/gba.h"
#include "roles/gba_bsf.h"
#include "roles/usim.h"
#include "tests/support/owner.h"

#define GBA_BSF "bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define GBA_NAF_HOST "naf1.home.example"
#define GBA_NAF_NAME "naf.example.com"

typedef struct gba_device {
    godwit_imsi_t imsi;
    char impi[GODWIT_IMPI_MAX + 1];
    godwit_usim_t card; /* its key is the HSS's, too */
    godwit_gba_t gba;
    godwit_gba_requests_t requests;
    uint64_t sender;
    bool tls;
} gba_device_t;

typedef struct gba_world {
    godwit_gba_bsf_t bsf;
    godwit_gba_bsf_config_t config;
    owner_t owner;
    uint64_t sqn;         /* the HSS: last given, to whomever */
    unsigned vectors;     /* given so far */
    uint32_t transaction; /* the door's last */
    godwit_ub_answer_t answer;
    bool answered;
} gba_world_t;

void gba_world_init(gba_world_t *w);
void gba_world_apply(gba_world_t *w); /* config anew: the BSF as after a start, its records stay */
void gba_device_init(gba_device_t *d, const char *digits, godwit_gba_flavour_t flavour);

/* ---- steps of one bootstrapping ---- */

/* One GET with that header; what the BSF asks the HSS is answered too, unless hss is false. Then w->answer,
 * w->answered. */
void gba_get(gba_world_t *w, const gba_device_t *d, const char *authorization, bool hss);
/* The Zh request that the last input led to, answered as the HSS would: a vector for the device's card. */
void gba_hss(gba_world_t *w, const gba_device_t *d, bool uicc);
void gba_hss_refuses(gba_world_t *w, godwit_status_t status);
const char *gba_authorization(const gba_device_t *d);    /* of the GET that the device asked for last */
void gba_device_answer(gba_world_t *w, gba_device_t *d); /* w->answer to the device, and its card's run */
/* All of it; true when the device says "bootstrapped". */
bool gba_bootstrap(gba_world_t *w, gba_device_t *d);

/* ---- Zn ---- */
const godwit_zn_answer_t *gba_zn(gba_world_t *w, const char *host, const char *b_tid, const char *naf,
                                 bool gba_u_aware);
godwit_bootstrap_record_t *gba_record(gba_world_t *w, const char *b_tid);

#endif
