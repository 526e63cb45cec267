/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema of the configuration for libcyaml: what is not listed here is refused with its line.
 */
#include "daemons/godwitd/config_schema.h"

const cyaml_schema_value_t config_text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX),
};

static const cyaml_schema_field_t store_fields[] = {
    TEXT(raw_store_t, path),
    TEXT(raw_store_t, key_file),
    NUMBER(raw_store_t, busy_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t log_fields[] = {
    TEXT(raw_log_t, level),
    TEXT(raw_log_t, imsi),
    TEXT(raw_log_t, format),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t control_fields[] = {
    TEXT(raw_control_t, path),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t node_fields[] = {
    TEXT(raw_node_t, host),
    NUMBER(raw_node_t, ind),
    TRUTH(raw_node_t, home),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t node = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_node_t, node_fields)};

static const cyaml_schema_field_t network_fields[] = {
    TEXT(raw_network_t, realm),
    TEXT(raw_network_t, plmn),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t network = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_network_t, network_fields)};

const cyaml_schema_field_t config_remote_fields[] = {
    TEXT(raw_remote_t, host),
    TEXT(raw_remote_t, realm),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t hss_e2m_fields[] = {
    TEXT(raw_hss_e2m_t, delivery),
    TEXT(raw_hss_e2m_t, endpoint),
    TEXT(raw_hss_e2m_t, hse_realm),
    TEXT(raw_hss_e2m_t, amf_flag),
    SECTION(raw_hss_e2m_t, emks, config_remote_fields),
    LIST(raw_hss_e2m_t, gateways, &config_text_entry),
    NUMBER(raw_hss_e2m_t, retention_seconds),
    NUMBER(raw_hss_e2m_t, push_life_seconds),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t hss_iwf_fields[] = {
    TEXT(raw_hss_iwf_t, host),
    TEXT(raw_hss_iwf_t, realm),
    TRUTH(raw_hss_iwf_t, roots),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t hss_iwf = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_hss_iwf_t, hss_iwf_fields)};

static const cyaml_schema_field_t hss_trigger_fields[] = {
    TEXT(raw_hss_trigger_t, root),
    LIST(raw_hss_trigger_t, mtc_iwfs, &hss_iwf),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t hss_fields[] = {
    TEXT(raw_hss_t, best_plmn),
    NUMBER(raw_hss_t, vectors_per_request),
    NUMBER(raw_hss_t, ticks_per_second),
    NUMBER(raw_hss_t, skew_ticks),
    LIST(raw_hss_t, nodes, &node),
    LIST(raw_hss_t, networks, &network),
    SECTION(raw_hss_t, e2m, hss_e2m_fields),
    LIST(raw_hss_t, mkefs, &config_text_entry),
    TRUTH(raw_hss_t, plain_rand),
    LIST(raw_hss_t, bsfs, &config_text_entry),
    NUMBER(raw_hss_t, gba_life_seconds),
    LIST(raw_hss_t, ausfs, &config_text_entry),
    LIST(raw_hss_t, aaas, &config_text_entry),
    LIST(raw_hss_t, eese_hosts, &config_text_entry),
    SECTION(raw_hss_t, trigger, hss_trigger_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t gsup_fields[] = {
    TEXT(raw_gsup_t, address),
    TEXT(raw_gsup_t, name),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t emks_fields[] = {
    TEXT(raw_emks_t, best_plmn),
    TEXT(raw_emks_t, source),
    TEXT(raw_emks_t, separate_umts),
    LIST(raw_emks_t, agreements, &config_text_entry),
    LIST(raw_emks_t, separate_umts_imsis, &config_text_entry),
    SECTION(raw_emks_t, gsup, gsup_fields),
    SECTION(raw_emks_t, hss, config_remote_fields),
    NUMBER(raw_emks_t, timeout_ms),
    LIST(raw_emks_t, pushes_from, &config_text_entry),
    LIST(raw_emks_t, eese_hosts, &config_text_entry),
    NUMBER(raw_emks_t, key_set_days),
    SECTION(raw_emks_t, gba, config_emks_gba_fields),
    SECTION(raw_emks_t, akma, config_akma_client_fields),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_tls_fields[] = {
    TEXT(raw_tls_t, certificate),
    TEXT(raw_tls_t, key),
    TEXT(raw_tls_t, ca),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t intercept_fields[] = {
    TEXT(raw_intercept_t, targets),
    TEXT(raw_intercept_t, url),
    TEXT(raw_intercept_t, queue),
    TEXT(raw_intercept_t, audit),
    NUMBER(raw_intercept_t, queue_copies),
    NUMBER(raw_intercept_t, retry_ms),
    SECTION(raw_intercept_t, tls, config_tls_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t gateway_fields[] = {
    TEXT(raw_gateway_t, host),
    TEXT(raw_gateway_t, address),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t gateway = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_gateway_t, gateway_fields)};

static const cyaml_schema_field_t hse_e2m_fields[] = {
    TEXT(raw_hse_e2m_t, source),
    TEXT(raw_hse_e2m_t, push_from),
    SECTION(raw_hse_e2m_t, hss, config_remote_fields),
    LIST(raw_hse_e2m_t, gateways, &gateway),
    NUMBER(raw_hse_e2m_t, idle_seconds),
    NUMBER(raw_hse_e2m_t, bearers),
    NUMBER(raw_hse_e2m_t, bearers_per_imsi),
    NUMBER(raw_hse_e2m_t, pushes),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_sms_link_fields[] = {
    TEXT(raw_sms_link_t, listen),
    TEXT(raw_sms_link_t, peer),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t hse_fields[] = {
    TEXT(raw_hse_t, endpoint),
    TEXT(raw_hse_t, below_minimum),
    TEXT(raw_hse_t, gtpu),
    TEXT(raw_hse_t, next_vector),
    LIST(raw_hse_t, listen, &config_text_entry),
    LIST(raw_hse_t, agreements, &config_text_entry),
    LIST(raw_hse_t, suites, &config_text_entry),
    NUMBER_OR_NONE(raw_hse_t, session_octets),
    NUMBER_OR_NONE(raw_hse_t, counter_octets),
    NUMBER(raw_hse_t, rekey_datagrams),
    NUMBER(raw_hse_t, rekey_days),
    NUMBER(raw_hse_t, reauthenticate_generations),
    NUMBER(raw_hse_t, reauthenticate_days),
    NUMBER(raw_hse_t, exchange_seconds),
    NUMBER(raw_hse_t, exchanges_per_imsi),
    NUMBER(raw_hse_t, budget_octets),
    NUMBER(raw_hse_t, retransmit_ms),
    NUMBER(raw_hse_t, attempts),
    NUMBER(raw_hse_t, sessions),
    NUMBER(raw_hse_t, exchanges),
    NUMBER(raw_hse_t, senders),
    SECTION(raw_hse_t, emks, config_remote_fields),
    SECTION(raw_hse_t, eese, config_remote_fields),
    SECTION(raw_hse_t, eas, config_hse_eas_fields),
    SECTION(raw_hse_t, e2m, hse_e2m_fields),
    LIST(raw_hse_t, deliver, &config_delivery_entry),
    SECTION(raw_hse_t, deliver_queue, config_queue_fields),
    SECTION(raw_hse_t, intercept, intercept_fields),
    SECTION(raw_hse_t, sms, config_sms_link_fields),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_next_session_fields[] = {
    TRUTH(raw_next_session_t, on),
    TRUTH(raw_next_session_t, early),
    NUMBER(raw_next_session_t, life_days),
    NUMBER(raw_next_session_t, wait_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t mme_other_fields[] = {
    NUMBER(raw_mme_other_t, group),
    NUMBER(raw_mme_other_t, code),
    TEXT(raw_mme_other_t, address),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t mme_other = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_mme_other_t, mme_other_fields)};

static const cyaml_schema_field_t mme_fields[] = {
    TEXT(raw_mme_t, plmn),
    TEXT(raw_mme_t, radio),
    TEXT(raw_mme_t, gtp),
    TEXT(raw_mme_t, sgw),
    TEXT(raw_mme_t, pgw),
    TEXT(raw_mme_t, apn),
    LIST(raw_mme_t, eea, &config_text_entry),
    LIST(raw_mme_t, eia, &config_text_entry),
    SECTION(raw_mme_t, hss, config_remote_fields),
    SECTION(raw_mme_t, sms_sc, config_remote_fields),
    NUMBER(raw_mme_t, idle_seconds),
    NUMBER(raw_mme_t, devices),
    NUMBER(raw_mme_t, tac),
    NUMBER(raw_mme_t, group),
    NUMBER(raw_mme_t, code),
    NUMBER(raw_mme_t, reauthenticate_attaches),
    TRUTH(raw_mme_t, unaware),
    SECTION(raw_mme_t, next_session, config_next_session_fields),
    LIST(raw_mme_t, others, &mme_other),
    SECTION(raw_mme_t, trigger, config_mme_trigger_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t sgsn_apn_fields[] = {
    TEXT(raw_sgsn_apn_t, name),
    TEXT(raw_sgsn_apn_t, ggsn),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t sgsn_apn = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_sgsn_apn_t, sgsn_apn_fields)};

static const cyaml_schema_field_t sgsn_other_fields[] = {
    NUMBER(raw_sgsn_other_t, lac),
    NUMBER(raw_sgsn_other_t, rac),
    TEXT(raw_sgsn_other_t, address),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t sgsn_other = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_sgsn_other_t, sgsn_other_fields)};

static const cyaml_schema_field_t sgsn_fields[] = {
    TEXT(raw_sgsn_t, plmn),
    TEXT(raw_sgsn_t, radio),
    TEXT(raw_sgsn_t, gtp),
    LIST(raw_sgsn_t, apns, &sgsn_apn),
    SECTION(raw_sgsn_t, hss, config_remote_fields),
    SECTION(raw_sgsn_t, sms_sc, config_remote_fields),
    NUMBER(raw_sgsn_t, idle_seconds),
    NUMBER(raw_sgsn_t, devices),
    NUMBER(raw_sgsn_t, lac),
    NUMBER(raw_sgsn_t, rac),
    NUMBER(raw_sgsn_t, reauthenticate_attaches),
    TRUTH(raw_sgsn_t, unaware),
    TEXT(raw_sgsn_t, ki128),
    TEXT(raw_sgsn_t, iwf_number),
    SECTION(raw_sgsn_t, next_session, config_next_session_fields),
    LIST(raw_sgsn_t, others, &sgsn_other),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t sgw_fields[] = {
    TEXT(raw_sgw_t, gtp),
    LIST(raw_sgw_t, peers, &config_text_entry),
    NUMBER(raw_sgw_t, contexts),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t pgw_apn_fields[] = {
    TEXT(raw_pgw_apn_t, name),        TEXT(raw_pgw_apn_t, kind),         TEXT(raw_pgw_apn_t, hse),
    TEXT(raw_pgw_apn_t, endpoint),    TEXT(raw_pgw_apn_t, server),       TEXT(raw_pgw_apn_t, pool),
    NUMBER(raw_pgw_apn_t, pool_size), TRUTH(raw_pgw_apn_t, notify_home), CYAML_FIELD_END,
};
static const cyaml_schema_value_t pgw_apn = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_pgw_apn_t, pgw_apn_fields)};

static const cyaml_schema_field_t pgw_fields[] = {
    TEXT(raw_pgw_t, gtp),
    LIST(raw_pgw_t, peers, &config_text_entry),
    TEXT(raw_pgw_t, home),
    LIST(raw_pgw_t, apns, &pgw_apn),
    SECTION(raw_pgw_t, hse, config_remote_fields),
    SECTION(raw_pgw_t, hss, config_remote_fields),
    NUMBER(raw_pgw_t, contexts),
    NUMBER(raw_pgw_t, hse_wait_ms),
    NUMBER(raw_pgw_t, home_wait_ms),
    NUMBER(raw_pgw_t, device_port),
    TRUTH(raw_pgw_t, strip_container),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t peer_fields[] = {
    TEXT(raw_peer_t, identity),
    TEXT(raw_peer_t, realm),
    TEXT(raw_peer_t, address),
    TRUTH(raw_peer_t, relay),
    TEXT(raw_peer_t, protection),
    LIST(raw_peer_t, only, &config_text_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t peer = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_peer_t, peer_fields)};

static const cyaml_schema_field_t diameter_fields[] = {
    TEXT(raw_diameter_t, listen),       TEXT(raw_diameter_t, link_protected),
    LIST(raw_diameter_t, peers, &peer), SECTION(raw_diameter_t, tls, config_tls_fields),
    NUMBER(raw_diameter_t, timeout_ms), CYAML_FIELD_END,
};

static const cyaml_schema_field_t policy_peer_fields[] = {
    TEXT(raw_policy_peer_t, san),
    TEXT(raw_policy_peer_t, plmn),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t policy_peer = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_policy_peer_t, policy_peer_fields)};

static const cyaml_schema_field_t policy_fields[] = {
    TEXT(raw_policy_t, file),
    TEXT(raw_policy_t, state),
    TEXT(raw_policy_t, listen),
    LIST(raw_policy_t, others, &config_text_entry),
    SECTION(raw_policy_t, tls, config_tls_fields),
    LIST(raw_policy_t, peers, &policy_peer),
    NUMBER(raw_policy_t, connection_seconds),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t mkef_fields[] = {
    TEXT(raw_mkef_t, listen),
    TEXT(raw_mkef_t, ts33868),
    LIST(raw_mkef_t, callers, &config_text_entry),
    SECTION(raw_mkef_t, tls, config_tls_fields),
    SECTION(raw_mkef_t, hss, config_remote_fields),
    NUMBER(raw_mkef_t, requests_per_minute),
    NUMBER(raw_mkef_t, failures_per_minute),
    NUMBER(raw_mkef_t, outstanding),
    NUMBER(raw_mkef_t, connections),
    NUMBER(raw_mkef_t, connections_of_one),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t mtc_server_fields[] = {
    TEXT(raw_mtc_server_t, url),          TEXT(raw_mtc_server_t, connect_to),
    TEXT(raw_mtc_server_t, ts33868),      SECTION(raw_mtc_server_t, tls, config_tls_fields),
    NUMBER(raw_mtc_server_t, timeout_ms), CYAML_FIELD_END,
};

static const cyaml_schema_field_t fields[] = {
    TEXT(raw_config_t, identity),
    TEXT(raw_config_t, realm),
    LIST(raw_config_t, functions, &config_text_entry),
    SECTION(raw_config_t, store, store_fields),
    SECTION(raw_config_t, log, log_fields),
    SECTION(raw_config_t, control, control_fields),
    SECTION(raw_config_t, metrics, config_metrics_fields),
    SECTION(raw_config_t, hss, hss_fields),
    SECTION(raw_config_t, emks, emks_fields),
    SECTION(raw_config_t, hse, hse_fields),
    SECTION(raw_config_t, mme, mme_fields),
    SECTION(raw_config_t, sgsn, sgsn_fields),
    SECTION(raw_config_t, sgw, sgw_fields),
    SECTION(raw_config_t, pgw, pgw_fields),
    SECTION(raw_config_t, msc, config_msc_fields),
    SECTION(raw_config_t, sms_sc, config_sms_sc_fields),
    SECTION(raw_config_t, diameter, diameter_fields),
    SECTION(raw_config_t, policy, policy_fields),
    SECTION(raw_config_t, mkef, mkef_fields),
    SECTION(raw_config_t, mtc_server, mtc_server_fields),
    SECTION(raw_config_t, gba_bsf, config_gba_bsf_fields),
    SECTION(raw_config_t, naf, config_naf_fields),
    SECTION(raw_config_t, ausf, config_ausf_fields),
    SECTION(raw_config_t, aaa, config_aaa_fields),
    SECTION(raw_config_t, downlink, config_downlink_fields),
    SECTION(raw_config_t, aanf, config_aanf_fields),
    SECTION(raw_config_t, mtc_iwf, config_mtc_iwf_fields),
    SECTION(raw_config_t, scs, config_scs_fields),
    SECTION(raw_config_t, eese, config_eese_fields),
    SECTION(raw_config_t, eas, config_eas_fields),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t config_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, raw_config_t, fields)};
