/* SPDX-License-Identifier: Apache-2.0
 *
 * How the nodes of the visited network, and the gateway at home, are configured when their power comes. They keep
 * nothing: a node that lost its power has forgotten every device.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define APN_E2M "e2m.home.example"
#define APN_TUNNEL "iot.home.example"
#define SERVER_PORT 7330

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

static void set_host(uint8_t ipv4[4], unsigned node)
{
    memcpy(ipv4, lab_node_address(node, 0).octets, 4);
}

static void set_apn(godwit_apn_t *apn, const char *text)
{
    if (godwit_apn_from_text(text, apn) != GODWIT_OK) {
        abort();
    }
}

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static uint8_t recovery(const godwit_world_t *w, unsigned node)
{
    return (uint8_t)(w->functions[node].incarnation + 1);
}

static void start_mme(godwit_world_t *w, lab_tables_t *t)
{
    godwit_mme_config_t config = {.crypto = &godwit_crypto_builtin,
                                  .plmn = lab_serving_plmn(w),
                                  .mme_group = 1,
                                  .mme_code = 1,
                                  .tac = 1,
                                  .reauthenticate_attaches = w->config.reauthenticate_attaches,
                                  .policies = &w->serving_policy,
                                  .policy_count = w->policy_version != 0,
                                  .unaware = w->config.mme_unaware,
                                  .recovery = recovery(w, GODWIT_WORLD_MME),
                                  .next_session = w->config.next_session,
                                  .next_early = w->config.next_early,
                                  .sms = w->config.carrier == GODWIT_CARRIER_SMS || w->config.trigger.by_sms,
                                  .trigger = w->config.trigger.on};
    set_name(config.local_host, lab_host_in(w, GODWIT_WORLD_MME));
    set_name(config.local_realm, lab_realm_in(w, GODWIT_WORLD_MME));
    if (w->config.trigger.embedded) { /* it must know whom to ask before the home has named one */
        config.iwf.function = GODWIT_FUNCTION_MTC_IWF;
        set_name(config.iwf.host, lab_host(GODWIT_WORLD_MTC_IWF));
        set_name(config.iwf.realm, lab_realm(GODWIT_WORLD_MTC_IWF));
    }
    set_host(config.ipv4, GODWIT_WORLD_MME);
    set_host(config.sgw, GODWIT_WORLD_SGW);
    set_host(config.pgw, GODWIT_WORLD_PGW);
    set_apn(&config.apn, APN_TUNNEL);
    must(godwit_mme_init(&w->mme, &config, t->rows.mme, LAB_ROWS, t->pending, LAB_GTP, t->answered, LAB_GTP));
    w->mme.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void set_iwf_number(const godwit_world_t *w, char *number)
{
    if (w->config.trigger.on) {
        set_name(number, LAB_IWF_NUMBER);
    }
}

static void start_sgsn(godwit_world_t *w, lab_tables_t *t)
{
    godwit_sgsn_config_t config = {.crypto = &godwit_crypto_builtin,
                                   .plmn = lab_serving_plmn(w),
                                   .lac = 1,
                                   .rac = 1,
                                   .reauthenticate_attaches = w->config.reauthenticate_attaches,
                                   .policies = &w->serving_policy,
                                   .policy_count = w->policy_version != 0,
                                   .recovery = recovery(w, GODWIT_WORLD_SGSN),
                                   .next_session = w->config.next_session,
                                   .next_early = w->config.next_early,
                                   .sms = w->config.carrier == GODWIT_CARRIER_SMS || w->config.trigger.on,
                                   .apns = 1};
    set_name(config.local_host, lab_host_in(w, GODWIT_WORLD_SGSN));
    set_name(config.local_realm, lab_realm_in(w, GODWIT_WORLD_SGSN));
    set_iwf_number(w, config.iwf_number);
    set_host(config.ipv4, GODWIT_WORLD_SGSN);
    set_host(config.apn[0].ggsn, GODWIT_WORLD_PGW);
    must(godwit_sgsn_init(&w->sgsn, &config, t->rows.sgsn, LAB_ROWS, t->pending, LAB_GTP, t->answered, LAB_GTP));
    w->sgsn.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void start_msc(godwit_world_t *w, lab_tables_t *t)
{
    godwit_msc_config_t config = {.crypto = &godwit_crypto_builtin,
                                  .plmn = lab_serving_plmn(w),
                                  .lac = 1,
                                  .sms = true,
                                  .next_session = w->config.next_session};
    set_name(config.local_host, lab_host_in(w, GODWIT_WORLD_MSC));
    set_name(config.local_realm, lab_realm_in(w, GODWIT_WORLD_MSC));
    set_iwf_number(w, config.iwf_number);
    must(godwit_msc_init(&w->msc, &config, t->rows.msc, LAB_ROWS));
    w->msc.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

static void start_sgw(godwit_world_t *w, lab_tables_t *t)
{
    godwit_sgw_config_t config = {.recovery = recovery(w, GODWIT_WORLD_SGW)};
    set_host(config.ipv4, GODWIT_WORLD_SGW);
    must(godwit_sgw_init(&w->sgw, &config, t->rows.sgw, LAB_ROWS, t->pending, LAB_GTP, t->answered, LAB_GTP));
}

static void start_pgw(godwit_world_t *w, lab_tables_t *t)
{
    godwit_pgw_config_t config = {.recovery = recovery(w, GODWIT_WORLD_PGW),
                                  .home = w->plmn,
                                  .strip_container = w->config.strip_container,
                                  .apns = 2};
    godwit_pgw_apn_t *e2m = &config.apn[LAB_APN_E2M], *tunnel = &config.apn[LAB_APN_TUNNEL];
    set_name(config.local_host, lab_host(GODWIT_WORLD_PGW));
    set_name(config.local_realm, lab_realm(GODWIT_WORLD_PGW));
    set_host(config.ipv4, GODWIT_WORLD_PGW);
    set_apn(&e2m->name, APN_E2M);
    e2m->kind = GODWIT_PGW_E2M;
    e2m->hse = lab_node_address(GODWIT_WORLD_HSE, GODWIT_GTPU_PORT);
    e2m->notify_home = w->config.delivery == 'B';
    set_name(e2m->endpoint, lab_host(GODWIT_WORLD_HSE));
    set_apn(&tunnel->name, APN_TUNNEL);
    tunnel->kind = GODWIT_PGW_TUNNEL;
    tunnel->server = lab_node_address(lab_endpoint_node(w), SERVER_PORT);
    memcpy(tunnel->pool, (const uint8_t[4]){10, 45, 0, 2}, 4);
    must(godwit_pgw_init(&w->pgw, &config, t->rows.pgw, LAB_ROWS, t->pending, LAB_GTP, t->answered, LAB_GTP));
    w->pgw.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}

void lab_start_gtp_node(godwit_world_t *w, unsigned node)
{
    static void (*const starts[GODWIT_WORLD_FUNCTIONS])(godwit_world_t *, lab_tables_t *) = {
        [GODWIT_WORLD_MME] = start_mme, [GODWIT_WORLD_SGSN] = start_sgsn, [GODWIT_WORLD_SGW] = start_sgw,
        [GODWIT_WORLD_MSC] = start_msc, [GODWIT_WORLD_PGW] = start_pgw,
    };
    if (starts[node] == NULL) {
        return;
    }
    if (w->tables[node] == NULL) {
        w->tables[node] = lab_alloc(sizeof *w->tables[node]);
    }
    memset(w->tables[node], 0, sizeof *w->tables[node]);
    starts[node](w, w->tables[node]);
}
