/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole MTC-IWF given anything in any order: operations, each an octet of kind, an octet of length and its octets;
 * the first octet of all says which case. What was answered with SUCCESS is in the store; none reaches an application
 * twice; and when all has calmed down, each has one outcome, which its source has heard, or was ended by its source.
 * Whatever dies, fails, is silent or lies meanwhile.
 */
#include "fuzz/fuzz.h"
#include "tests/support/iwf_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MAX 120u
#define REFERENCES 48u

enum { ACTION, REGISTERED, TIME, NODE, HSS, SOURCE, POWER, STORE, RESTART, T5, DATAGRAM, T4, ANSWER, OPERATIONS };

static bool accepted[REFERENCES];

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint8_t octet(godwit_slice_t octets, size_t i)
{
    return i < octets.len ? octets.ptr[i] : 0;
}

/* ---- operations ---- */

static void action(godwit_slice_t o)
{
    static const godwit_action_type_t types[] = {GODWIT_ACTION_TRIGGER, GODWIT_ACTION_RECALL, GODWIT_ACTION_REPLACE,
                                                 GODWIT_ACTION_REPORT};
    iwq.device = octet(o, 1) % IWQ_DEVICES;
    const uint32_t reference = octet(o, 0) % REFERENCES;
    iwq_action_t a = iwq_action(reference);
    godwit_device_action_t *d = &a.message.u.device_action;
    d->action = types[octet(o, 2) % 4];
    d->old_reference = octet(o, 3) % REFERENCES;
    d->priority = (octet(o, 4) & 1) != 0;
    d->too_long = (octet(o, 4) & 2) != 0;
    d->validity_s = 60u * octet(o, 5);
    if ((octet(o, 4) & 4) != 0) {
        a.message.hop = GODWIT_HOP_OPEN;
    }
    if ((octet(o, 4) & 8) != 0) {
        d->device.external_id[0] = '\0';
    }
    const godwit_request_status_t status = iwq_give(&a);
    check(status != GODWIT_TRIGGER_SUCCESS || iwq_record(reference) != NULL);
    check(status != GODWIT_TRIGGER_SUCCESS || (octet(o, 4) & 4) == 0); /* nobody has proved who that was */
    accepted[reference] = accepted[reference] || status == GODWIT_TRIGGER_SUCCESS;
}

static void give(const godwit_message_t *m)
{
    owner_give_message(&iwq.owner, m);
    iwq_collect();
    iwq_run(0);
}

static void up(unsigned kind, godwit_slice_t o)
{
    godwit_message_t m = {.from = kind == T4 ? GODWIT_FUNCTION_SMS_SC : GODWIT_FUNCTION_MME};
    const size_t len = o.len < GODWIT_TRIGGER_CONTAINER_MAX ? o.len : GODWIT_TRIGGER_CONTAINER_MAX;
    char digits[] = "001010000000001";
    m.hop = (godwit_hop_t)(octet(o, 0) % 4);
    if (kind == T4) {
        m.kind = GODWIT_T4_REPORT;
        (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", (octet(o, 1) & 1) != 0 ? IWQ_SMS_SC : "mallory.test");
        m.u.t4_report.imsi = owner_imsi(digits);
        m.u.t4_report.has_outcome = (octet(o, 1) & 2) != 0;
        m.u.t4_report.outcome = GODWIT_T4_ABSENT;
        m.u.t4_report.reference = iwq.queued_reference;
        m.u.t4_report.container_len = (uint8_t)((octet(o, 1) & 4) != 0 ? len : 0);
        memcpy(m.u.t4_report.container, o.ptr, m.u.t4_report.container_len);
    } else {
        m.kind = GODWIT_T5_UP;
        strcpy(m.origin_host, IWQ_MME);
        m.u.t5_up.imsi = owner_imsi(digits);
        m.u.t5_up.kind = (godwit_t5_up_kind_t)(1 + octet(o, 1) % 3);
        m.u.t5_up.container_len = (uint8_t)len;
        if (len > 0) {
            memcpy(m.u.t5_up.container, o.ptr, len);
        }
    }
    give(&m);
}

/* An answer to nothing, or to something else. */
static void answer(godwit_slice_t o)
{
    static const godwit_message_kind_t kinds[] = {GODWIT_SUBSCRIBER_INFO_ANSWER, GODWIT_T5_DOWN_ANSWER,
                                                  GODWIT_T4_TRIGGER_ANSWER, GODWIT_DEVICE_NOTIFICATION_ANSWER,
                                                  GODWIT_IWF_KEY_ANSWER};
    godwit_message_t m = {.kind = kinds[octet(o, 0) % 5], .transaction = octet(o, 1)};
    give(&m);
}

static void datagram(godwit_slice_t o)
{
    const godwit_address_t from = owner_address(1);
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_A3, .from = from, .datagram = o};
    owner_give(&iwq.owner, &in);
    iwq_collect();
    iwq_run(0);
}

static void others(unsigned kind, godwit_slice_t o)
{
    const uint8_t first = octet(o, 0);
    switch (kind) {
    case REGISTERED:
        iwq_registered(first % IWQ_DEVICES);
        break;
    case TIME:
        iwq_run(first);
        break;
    case NODE:
        iwq.reachable = (first & 1) != 0;
        iwq.node_silent = (first & 2) != 0;
        break;
    case HSS:
        iwq.hss_silent = (first & 1) != 0;
        iwq.hss_status = (first & 2) != 0 ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_OK;
        break;
    case SOURCE:
        iwq.scs_silent = (first & 1) != 0;
        break;
    case POWER:
        iwq.owner.power_for = first % 64;
        break;
    case STORE:
        iwq.owner.fail_commits = (first & 1) != 0;
        iwq.owner.fail_fetches = (first & 2) != 0;
        break;
    default:
        iwq_restart();
        break;
    }
}

/* ---- what must hold ---- */

static void nothing_twice(void)
{
    for (uint32_t reference = 0; reference < REFERENCES; reference++) {
        check(iwq_delivered(reference) <= 1);
    }
}

static void calm_down(void)
{
    iwq.owner.fail_commits = iwq.owner.fail_fetches = false;
    iwq.owner.power_for = 0;
    iwq.hss_silent = iwq.scs_silent = iwq.node_silent = false;
    iwq.hss_status = GODWIT_OK;
    iwq.reachable = true;
    iwq_restart(); /* a timer that a failed commit took away comes with the next start */
    for (unsigned device = 0; device < IWQ_DEVICES; device++) {
        iwq_registered(device);
    }
    iwq_run(2 * 86400);
    nothing_twice();
    for (uint32_t reference = 0; reference < REFERENCES; reference++) {
        const godwit_trigger_record_t *t = iwq_record(reference);
        check(!accepted[reference] || t != NULL);
        check(t == NULL || t->state == GODWIT_TRIGGER_CLOSED);
        check(t == NULL || iwq_reports(reference) > 0 || t->recalled || t->replaced ||
              t->action.action == GODWIT_ACTION_RECALL);
        check(t == NULL || !(t->recalled || t->replaced) || iwq_delivered(reference) == 0 ||
              iwq.config.protect == GODWIT_IWF_PROTECT_HOP);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    const uint8_t how = size > 0 ? godwit_get_u8(&r) : 0;
    if ((how & 1) != 0) {
        iwq_setup_associations(NULL);
    } else {
        iwq_setup(NULL);
    }
    memset(accepted, 0, sizeof accepted);
    iwq.config.keep_s = 30 * 86400;
    if ((how & 2) != 0) {
        strcpy(iwq.config.sms_sc_host, IWQ_SMS_SC);
    }
    iwq_restart();
    for (unsigned i = 0; r.left >= 2 && i < OPERATIONS_MAX; i++) {
        const unsigned kind = godwit_get_u8(&r) % OPERATIONS;
        const size_t len = godwit_get_u8(&r);
        const godwit_slice_t octets = godwit_get_slice(&r, len < r.left ? len : r.left);
        if (kind == ACTION) {
            action(octets);
        } else if (kind == T5 || kind == T4) {
            up(kind, octets);
        } else if (kind == DATAGRAM) {
            datagram(octets);
        } else if (kind == ANSWER) {
            answer(octets);
        } else {
            others(kind, octets);
        }
        nothing_twice();
    }
    calm_down();
    return 0;
}
