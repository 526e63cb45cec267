/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering: which member of which record stands in which column. See sqlite_tables.c.
 */
#include "adapters/store/sqlite_columns.h"

#define NODE(kind, member, text)                                                                                       \
    COLUMN(NUMBER, kind, member.function, text "_function"), COLUMN(TEXT, kind, member.host, text "_host"),            \
        COLUMN(TEXT, kind, member.realm, text "_realm")

static const godwit_column_t subscription[] = {
    COLUMN(TEXT, trigger_subscription, imsi.digits, "imsi"),
    COLUMN(TEXT, trigger_subscription, device.external_id, "external_id"),
    COLUMN(TEXT, trigger_subscription, device.msisdn, "msisdn"),
    COLUMN(OCTETS, trigger_subscription, external_id_key, "external_id_key"),
    COLUMN(OCTETS, trigger_subscription, msisdn_key, "msisdn_key"),
    COLUMN(TRUTH, trigger_subscription, barred, "barred"),
    COLUMN(NUMBER, trigger_subscription, sources, "sources"),
    COLUMN(TEXT, trigger_subscription, source[0], "source0"),
    COLUMN(TEXT, trigger_subscription, source[1], "source1"),
    COLUMN(TEXT, trigger_subscription, source[2], "source2"),
    COLUMN(TEXT, trigger_subscription, source[3], "source3"),
    COLUMN(TEXT, trigger_subscription, source[4], "source4"),
    COLUMN(TEXT, trigger_subscription, source[5], "source5"),
    COLUMN(TEXT, trigger_subscription, source[6], "source6"),
    COLUMN(TEXT, trigger_subscription, source[7], "source7"),
};
_Static_assert(GODWIT_TRIGGER_SOURCES_MAX == 8, "a column for each source");

static const godwit_column_t location[] = {
    COLUMN(TEXT, location, imsi.digits, "imsi"),
    COLUMN(NUMBER, location, nodes, "nodes"),
    NODE(location, node[0], "node0"),
    COLUMN(NUMBER, location, at_ms[0], "node0_at_ms"),
    NODE(location, node[1], "node1"),
    COLUMN(NUMBER, location, at_ms[1], "node1_at_ms"),
    NODE(location, node[2], "node2"),
    COLUMN(NUMBER, location, at_ms[2], "node2_at_ms"),
};
_Static_assert(GODWIT_SERVING_NODES_MAX == 3, "columns for each node");

#define ROOT(which, text)                                                                                              \
    COLUMN(NUMBER, iwf_root, which.root, text "_root"), COLUMN(OCTETS, iwf_root, which.root_name, text "_root_name"),  \
        COLUMN(TRUTH, iwf_root, which.is_root, text "_is_root"),                                                       \
        COLUMN(NUMBER, iwf_root, which.association, text "_association"),                                              \
        COLUMN(SECRET, iwf_root, which.key, "secret")

static const godwit_column_t iwf_root[] = {
    COLUMN(TEXT, iwf_root, imsi.digits, "imsi"),
    COLUMN(NUMBER, iwf_root, association, "association"),
    ROOT(newest, "newest"),
    ROOT(former, "former"),
    COLUMN(NUMBER, iwf_root, newest_ms, "newest_ms"),
};

static const godwit_column_t trigger[] = {
    COLUMN(OCTETS, trigger, source_key, "source_key"),
    COLUMN(NUMBER, trigger, action.reference, "reference"),
    COLUMN(TEXT, trigger, action.device.external_id, "external_id"),
    COLUMN(TEXT, trigger, action.device.msisdn, "msisdn"),
    COLUMN(TEXT, trigger, action.scs, "scs"),
    COLUMN(NUMBER, trigger, action.old_reference, "old_reference"),
    COLUMN(NUMBER, trigger, action.action, "action"),
    SOME(trigger, action.payload, action.payload_len, "payload"),
    COLUMN(TRUTH, trigger, action.too_long, "too_long"),
    COLUMN(TRUTH, trigger, action.priority, "priority"),
    COLUMN(NUMBER, trigger, action.port, "port"),
    COLUMN(NUMBER, trigger, action.validity_s, "validity_s"),
    COLUMN(TEXT, trigger, imsi.digits, "imsi"),
    COLUMN(NUMBER, trigger, source, "source"),
    COLUMN(TRUTH, trigger, proved, "proved"),
    NODE(trigger, report_to, "report_to"),
    COLUMN(NUMBER, trigger, state, "state"),
    COLUMN(NUMBER, trigger, outcome, "outcome"),
    COLUMN(TRUTH, trigger, recalled, "recalled"),
    COLUMN(TRUTH, trigger, replaced, "replaced"),
    COLUMN(NUMBER, trigger, number, "number"),
    COLUMN(NUMBER, trigger, created_ms, "created_ms"),
    COLUMN(NUMBER, trigger, expires_ms, "expires_ms"),
    COLUMN(NUMBER, trigger, due_ms, "due_ms"),
    COLUMN(NUMBER, trigger, attempts, "attempts"),
    COLUMN(NUMBER, trigger, association, "association"),
    COLUMN(NUMBER, trigger, count, "count"),
};

static const godwit_column_t tally[] = {
    COLUMN(OCTETS, trigger_tally, source_key, "source_key"),
    COLUMN(TEXT, trigger_tally, imsi.digits, "imsi"),
    COLUMN(NUMBER, trigger_tally, pending, "pending"),
    COLUMN(NUMBER, trigger_tally, highest, "highest"),
};

#define ASSOCIATION(which, text)                                                                                       \
    COLUMN(NUMBER, association, which.number, text "_number"), COLUMN(NUMBER, association, which.root, text "_root"),  \
        COLUMN(OCTETS, association, which.root_name, text "_root_name"),                                               \
        COLUMN(NUMBER, association, which.suite, text "_suite"),                                                       \
        COLUMN(TRUTH, association, which.confirmed, text "_confirmed"),                                                \
        COLUMN(NUMBER, association, which.next_down, text "_next_down"),                                               \
        COLUMN(NUMBER, association, which.up_highest, text "_up_highest"),                                             \
        COLUMN(NUMBER, association, which.up_seen, text "_up_seen"),                                                   \
        COLUMN(NUMBER, association, which.created_ms, text "_created_ms"),                                             \
        COLUMN(SECRET, association, which.k_iwf, "secret")

static const godwit_column_t association[] = {
    COLUMN(TEXT, association, imsi.digits, "imsi"),
    COLUMN(NUMBER, association, last_number, "last_number"),
    ASSOCIATION(current, "current"),
    ASSOCIATION(next, "next"),
    SOME(association, command, command_len, "command"),
};

static const godwit_column_t scs_source[] = {
    COLUMN(OCTETS, scs_source, source_key, "source_key"),
    COLUMN(TEXT, scs_source, name, "name"),
    COLUMN(NUMBER, scs_source, reserved, "reserved"),
};

static const godwit_column_t scs_trigger[] = {
    COLUMN(OCTETS, scs_trigger, source_key, "source_key"),
    COLUMN(NUMBER, scs_trigger, place, "place"),
    COLUMN(NUMBER, scs_trigger, trigger.state, "state"),
    COLUMN(NUMBER, scs_trigger, trigger.action.reference, "reference"),
    COLUMN(TEXT, scs_trigger, trigger.action.device.external_id, "external_id"),
    COLUMN(TEXT, scs_trigger, trigger.action.device.msisdn, "msisdn"),
    COLUMN(NUMBER, scs_trigger, trigger.action.old_reference, "old_reference"),
    COLUMN(NUMBER, scs_trigger, trigger.action.action, "action"),
    COLUMN(NUMBER, scs_trigger, trigger.action.payload_len, "octets"),
    COLUMN(TRUTH, scs_trigger, trigger.action.too_long, "too_long"),
    COLUMN(TRUTH, scs_trigger, trigger.action.priority, "priority"),
    COLUMN(NUMBER, scs_trigger, trigger.action.port, "port"),
    COLUMN(NUMBER, scs_trigger, trigger.action.validity_s, "validity_s"),
    COLUMN(NUMBER, scs_trigger, trigger.status, "status"),
    COLUMN(NUMBER, scs_trigger, trigger.outcome, "outcome"),
    COLUMN(TRUTH, scs_trigger, trigger.proved, "proved"),
    COLUMN(NUMBER, scs_trigger, trigger.reports, "reports"),
    COLUMN(NUMBER, scs_trigger, trigger.number, "number"),
    COLUMN(NUMBER, scs_trigger, trigger.created_ms, "created_ms"),
    COLUMN(NUMBER, scs_trigger, trigger.done_ms, "done_ms"),
    COLUMN(SECRET, scs_trigger, trigger.action.payload, "secret"),
};

static bool complete_subscription(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.trigger_subscription.imsi) &&
           record->u.trigger_subscription.sources <= GODWIT_TRIGGER_SOURCES_MAX;
}

static bool complete_location(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.location.imsi) && record->u.location.nodes <= GODWIT_SERVING_NODES_MAX;
}

static bool is_root(godwit_iwf_root_t root)
{
    return (unsigned)root <= (unsigned)GODWIT_IWF_ROOT_EAP;
}

static bool complete_iwf_root(godwit_record_t *record)
{
    const godwit_iwf_root_record_t *r = &record->u.iwf_root;
    return godwit_row_complete_imsi(&record->u.iwf_root.imsi) && is_root(r->newest.root) && is_root(r->former.root);
}

static bool complete_trigger(godwit_record_t *record)
{
    const godwit_trigger_record_t *t = &record->u.trigger;
    return godwit_row_complete_imsi(&record->u.trigger.imsi) && t->action.action >= GODWIT_ACTION_TRIGGER &&
           t->action.action <= GODWIT_ACTION_REPLACE && t->state >= GODWIT_TRIGGER_WAITING &&
           t->state <= GODWIT_TRIGGER_CLOSED && (unsigned)t->outcome <= (unsigned)GODWIT_OUTCOME_UNCONFIRMED;
}

static bool complete_imsi_or_none(godwit_imsi_t *imsi)
{
    return imsi->digits[0] == '\0' || godwit_row_complete_imsi(imsi);
}

/* Of a source there is no IMSI. */
static bool complete_tally(godwit_record_t *record)
{
    return complete_imsi_or_none(&record->u.trigger_tally.imsi);
}

static bool complete_association(godwit_record_t *record)
{
    const godwit_association_record_t *a = &record->u.association;
    return complete_imsi_or_none(&record->u.association.imsi) && is_root(a->current.root) && is_root(a->next.root);
}

static bool complete_scs_source(godwit_record_t *record)
{
    return record->u.scs_source.name[0] != '\0';
}

static bool complete_scs_trigger(godwit_record_t *record)
{
    const godwit_scs_trigger_t *t = &record->u.scs_trigger.trigger;
    return record->u.scs_trigger.place < GODWIT_SCS_TRIGGERS_MAX && t->state >= GODWIT_SCS_ASKED &&
           t->state <= GODWIT_SCS_SILENT && t->action.action >= GODWIT_ACTION_TRIGGER &&
           t->action.action <= GODWIT_ACTION_REPLACE && t->action.payload_len <= sizeof t->action.payload &&
           (unsigned)t->outcome <= (unsigned)GODWIT_OUTCOME_UNCONFIRMED;
}

bool godwit_table_is_counted(const godwit_table_t *table)
{
    return table->kind == GODWIT_RECORD_TRIGGER_TALLY;
}

/* "trigger" is a word of SQL. */
const godwit_table_t godwit_trigger_tables[GODWIT_TRIGGER_TABLES] = {
    {"trigger_subscription", GODWIT_RECORD_TRIGGER_SUBSCRIPTION, 1, COUNT_OF(subscription), subscription,
     complete_subscription},
    {"location", GODWIT_RECORD_LOCATION, 1, COUNT_OF(location), location, complete_location},
    {"iwf_root", GODWIT_RECORD_IWF_ROOT, 1, COUNT_OF(iwf_root), iwf_root, complete_iwf_root},
    {"device_trigger", GODWIT_RECORD_TRIGGER, 2, COUNT_OF(trigger), trigger, complete_trigger},
    {"trigger_tally", GODWIT_RECORD_TRIGGER_TALLY, 2, COUNT_OF(tally), tally, complete_tally},
    {"association", GODWIT_RECORD_ASSOCIATION, 1, COUNT_OF(association), association, complete_association},
    {"scs_source", GODWIT_RECORD_SCS_SOURCE, 1, COUNT_OF(scs_source), scs_source, complete_scs_source},
    {"scs_trigger", GODWIT_RECORD_SCS_TRIGGER, 2, COUNT_OF(scs_trigger), scs_trigger, complete_scs_trigger},
};
