/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the world. world.c: events, the clock, the beginning and the end; power.c: who has power; function.c:
 * the network functions; starts.c: how each is configured; store.c: their records; device.c: devices; card.c: their
 * cards; air.c: datagrams between device and HSE; net.c:
 * packets between nodes; wire.c: messages in octets and back; check.c: what must never happen; view.c: what a test may
 * ask.
 */
#ifndef GODWIT_LAB_INTERNAL_H
#define GODWIT_LAB_INTERNAL_H

#include "core/wire/diameter.h"
#include "lab/parts.h"

struct godwit_world {
    godwit_world_config_t config;
    uint64_t random, now_ms, order;
    unsigned steps, cut_at, messages;
    int cut_node;
    lab_event_t *heap;
    size_t heap_count, heap_capacity;

    godwit_plmn_t plmn;
    godwit_serving_policy_t serving_policy; /* of the visited network, for subscribers of the home */
    godwit_policy_network_t home_policy;    /* of the home, for devices in the visited network */
    uint32_t policy_version;                /* 0: no policies */
    bool policy_asked, policy_answered;     /* their versions were seen in AIR and AIA */
    lab_endpoint_t endpoints[2];            /* HSE; EMSE or MTC server */
    godwit_emks_t emks;
    godwit_hss_t hss;
    godwit_mme_t mme;
    godwit_sgsn_t sgsn;
    godwit_sgw_t sgw;
    godwit_pgw_t pgw;
    godwit_mkef_t mkef;
    godwit_msc_t msc;
    godwit_sms_sc_t sms_sc;
    godwit_sms_sc_device_t sms_devices[LAB_SMS_DEVICES];
    godwit_gba_bsf_t *bsf; /* NULL: not there */
    godwit_naf_t *naf;
    godwit_naf_key_t *naf_keys;
    godwit_ausf_t *ausf; /* NULL: not there */
    godwit_aanf_t aanf;
    godwit_mtc_iwf_t *mtc_iwf; /* NULL: not there */
    godwit_scs_t *scs[2];      /* SCS, AS; NULL: not there */
    lab_aaa_t *aaa;            /* NULL: not there */
    godwit_eese_t *eese;       /* NULL: not there */
    godwit_eas_t *eas;
    lab_asked_t *asked;
    uint32_t asked_count;
    lab_wrongs_t wrongs;
    lab_door_t doors[LAB_DOORS];
    uint32_t door_count;
    lab_tables_t *tables[GODWIT_WORLD_FUNCTIONS]; /* of MME, SGSN, SGW, PGW; NULL: not there */
    lab_function_t functions[GODWIT_WORLD_FUNCTIONS];
    lab_backup_t backup;
    lab_answers_t answers;
    uint32_t suffers; /* bit n: a row of device n is damaged */
    lab_seen_event_t events[LAB_EVENTS_KEPT];
    lab_call_t calls[LAB_CALLS];
    uint32_t call_count;
    lab_cut_t cuts[LAB_CUTS];
    godwit_message_t access_answer; /* for the stranger */
    bool access_answered;
    godwit_message_t stale; /* the last request with an AUTS; kind 0: none yet */
    bool is_bent;           /* the datagram at work was changed on its way */

    lab_device_t *devices;
    lab_reading_t *readings;
    uint32_t reading_count, reading_capacity;

    lab_set_t sent, counts, sqns, keys, taken, told, heard, spent, armed;
    lab_e2e_watch_t e2e;
    lab_set_t sealed, acknowledged, pulled; /* end to end: datagrams of the EAS; K_e2e that it has, or was given */
    lab_known_t *known[LAB_ENDS];           /* with their counters as last seen */
    size_t known_count[LAB_ENDS];
    const char *violation;
    char violation_text[96];
    lab_secrets_t secrets;
    uint32_t inputs; /* since the last search */
};

/* ---- world.c ---- */
/* Adds an event after delay_ms; returns it for the caller to fill in what it carries, before the next one is added. */
lab_event_t *lab_after(godwit_world_t *w, uint64_t delay_ms, lab_event_kind_t kind, unsigned node);
/* Counts a step; false when the node loses power instead. */
bool lab_step(godwit_world_t *w, unsigned node);
void lab_saw(lab_seen_event_t *events, const char *name, godwit_status_t reason);
void *lab_alloc(size_t size); /* zeroed; ends the program when memory is short: the lab cannot go on */
void lab_free(void *room);
/* Wipes what may hold keys, and frees it. */
void lab_free_secret(void *room);
void lab_free_event(lab_event_t *e);

/* ---- power.c ---- */
static inline bool lab_is_function(unsigned node)
{
    return node < GODWIT_WORLD_FUNCTIONS;
}
static inline unsigned lab_device_of(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) / 2;
}
static inline bool lab_is_endpoint(unsigned node)
{
    return node == GODWIT_WORLD_HSE || node == GODWIT_WORLD_EMSE || node == GODWIT_WORLD_MTC;
}
static inline bool lab_is_card(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) % 2 == 1;
}
void lab_power_back(godwit_world_t *w, unsigned node);
unsigned lab_incarnation(const godwit_world_t *w, unsigned node);
godwit_imsi_t lab_imsi(unsigned device);
godwit_aka_key_t lab_key(unsigned device);
godwit_aka_key_t lab_subscriber_key(const godwit_world_t *w, unsigned device); /* of a SIM, where devices have one */

/* ---- store.c ---- */
void lab_store_init(lab_store_t *store, size_t capacity);
void lab_store_free(lab_store_t *store);
godwit_record_t *lab_store_find(lab_store_t *store, const godwit_record_key_t *key, bool durable);
void lab_store_put(lab_store_t *store, const godwit_record_t *record, bool durable);
void lab_store_delete(lab_store_t *store, const godwit_record_key_t *key, bool durable);
void lab_store_power_loss(lab_store_t *store); /* only what is durable is shown */

/* ---- function.c ---- */
void lab_function_start(godwit_world_t *w, unsigned node); /* nothing happens to one that is not there */
void lab_function_stop(godwit_world_t *w, unsigned node);
void lab_function_input(godwit_world_t *w, unsigned node, const godwit_input_t *in);
void lab_function_durable(godwit_world_t *w, unsigned node);
void lab_function_arm(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t delay_ms);
void lab_function_timer(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t serial);

/* ---- starts.c ---- */
const char *lab_host(unsigned node);
godwit_plmn_t lab_serving_plmn(const godwit_world_t *w);
/* As this world has it: where devices are at home, so are their serving nodes. */
const char *lab_host_in(const godwit_world_t *w, unsigned node);
const char *lab_realm_in(const godwit_world_t *w, unsigned node);
const char *lab_realm(unsigned node);
unsigned lab_endpoint_node(const godwit_world_t *w); /* the devices' endpoint: HSE, or in Solution 2 the EMSE */
uint8_t lab_agreements(const godwit_world_t *w);     /* of devices */
godwit_framing_t lab_framing(const godwit_world_t *w, unsigned node); /* of an endpoint */
void lab_start_role(godwit_world_t *w, unsigned node);
/* visited.c: MME, SGSN, S-GW and P-GW. */
void lab_start_gtp_node(godwit_world_t *w, unsigned node);
void lab_step_role(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out);

/* ---- policies.c ---- */
void lab_make_policies(godwit_world_t *w);

/* ---- mtc.c ---- */
bool lab_mtc_start(godwit_world_t *w, unsigned device);
GODWIT_MUST_USE godwit_status_t lab_mtc_send(godwit_world_t *w, unsigned device, godwit_slice_t reading);
GODWIT_MUST_USE godwit_status_t lab_mtc_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
void lab_start_mkef(godwit_world_t *w);
void lab_entitle(godwit_world_t *w); /* the MTC server, for all devices of the home */

/* ---- gba.c ---- */
bool lab_gba_start(godwit_world_t *w, unsigned device);
void lab_gba_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
void lab_gba_durable(godwit_world_t *w, unsigned device);
godwit_slice_t lab_naf_id(uint8_t room[GODWIT_NAF_ID_MAX]);
void lab_prove(const uint8_t ks_naf[32], godwit_slice_t text, uint8_t proof[LAB_PROOF]);
void lab_gba_arrive(godwit_world_t *w, const lab_packet_t *packet);      /* from a device, at BSF or NAF */
void lab_gba_opened(godwit_world_t *w, const godwit_message_t *message); /* the NAF has answered its door */
size_t lab_gba_write_answer(const godwit_message_t *message, char *text, size_t size);
void lab_start_bsf(godwit_world_t *w);
void lab_start_naf(godwit_world_t *w);

/* ---- akma.c ---- */
void lab_5g_write(const lab_5g_t *said, char text[LAB_5G_TEXT]);
bool lab_5g_read(godwit_slice_t octets, lab_5g_t *said);
bool lab_akma_start(godwit_world_t *w, unsigned device);
void lab_akma_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
void lab_akma_durable(godwit_world_t *w, unsigned device);
/* akma_doors.c */
godwit_slice_t lab_af_id(uint8_t room[GODWIT_AF_ID_MAX]);
void lab_akma_arrive(godwit_world_t *w, const lab_packet_t *packet);      /* from a device */
void lab_akma_played(godwit_world_t *w, const godwit_message_t *message); /* an answer for a node that the lab plays */
void lab_akma_check(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *message);
void lab_start_ausf(godwit_world_t *w);
void lab_start_aanf(godwit_world_t *w);

/* ---- http.c ---- */
bool lab_is_http(godwit_message_kind_t kind);
/* Octets of a message to that node; 0: it cannot be written. */
size_t lab_http_write(const godwit_message_t *message, unsigned to, char *text, size_t size);
/* message->kind says which it is. False: it cannot be read. */
bool lab_http_read(const char *text, size_t len, godwit_message_t *message);

size_t lab_http_write_request(const char *method, const char *host, const char *path, const char *body, char *text,
                              size_t size);
size_t lab_http_write_answer(unsigned code, const char *body, char *text, size_t size);
/* http_akma.c: of AUSF and AAnF. */
bool lab_is_http_akma(godwit_message_kind_t kind);
size_t lab_http_write_akma(const godwit_message_t *message, unsigned to, char *text, size_t size);
bool lab_http_read_akma_request(const char *text, godwit_slice_t body, godwit_message_t *message);
void lab_http_read_akma_answer(unsigned code, godwit_slice_t body, godwit_message_t *message);

/* ---- net.c ---- */
lab_packet_t *lab_packet(godwit_world_leg_t leg, unsigned from, unsigned to, godwit_slice_t octets);
/* Takes the packet over: hooks, loss, delay, partition. */
void lab_net_send(godwit_world_t *w, lab_packet_t *packet);
void lab_net_arrive(godwit_world_t *w, lab_event_t *e);
/* A datagram of a function, to whoever has that address. */
void lab_net_datagram(godwit_world_t *w, unsigned node, const godwit_request_t *r);
godwit_address_t lab_node_address(unsigned node, uint16_t port); /* of a function: IPv4 and port */

/* ---- plain.c ---- */
/* A frame of the radio, just sent, without what ciphers its NAS; returns its octets, 0 when it stays as it is. */
size_t lab_plain_frame(const godwit_world_t *w, const godwit_world_packet_t *p, uint8_t *frame, size_t cap);

/* ---- wire_e2m.c ---- */
GODWIT_MUST_USE godwit_status_t lab_encode_e2m(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                               godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t lab_decode_e2m(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                               godwit_message_t *m);

/* ---- wire.c ---- */
/* A message on its way to the function it names, as octets. */
void lab_send_message(godwit_world_t *w, unsigned node, const godwit_message_t *message);
uint32_t lab_call_by(godwit_world_t *w, unsigned asker, godwit_message_kind_t kind, unsigned answerer);
/* False: nothing that the node can read, or an answer that nobody waits for. */
bool lab_read_message(godwit_world_t *w, const lab_packet_t *packet, godwit_message_t *message);

/* ---- device.c ---- */
void lab_device_make(godwit_world_t *w, unsigned device);
void lab_device_start(godwit_world_t *w, unsigned device);
void lab_device_stop(godwit_world_t *w, unsigned device);
void lab_device_durable(godwit_world_t *w, unsigned device);
void lab_device_access_durable(godwit_world_t *w, unsigned device);
void lab_device_queue(godwit_world_t *w, unsigned device, lab_event_kind_t kind, lab_packet_t *packet);
void lab_device_give(godwit_world_t *w, unsigned device, lab_event_kind_t kind, lab_packet_t *packet,
                     const godwit_usim_result_t *result);

/* ---- access.c ---- */
void lab_access_start(godwit_world_t *w, unsigned device);
void lab_access_stop(godwit_world_t *w, unsigned device);
/* One N-PDU up. */
void lab_access_send(godwit_world_t *w, unsigned device, godwit_slice_t n_pdu);
/* An input for the access, of kind PACKET (a frame), ACCESS_CARD, ACCESS_TIMER, ACCESS_TRY, ACCESS_IDLE,
 * ACCESS_DETACH. */
void lab_access_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
/* Readings can be handed over: a bearer is there, and the container that went up is answered. */
bool lab_access_ready(const godwit_world_t *w, unsigned device);

/* A STORE of the access is durable. */
void lab_access_durable(godwit_world_t *w, unsigned device);
void lab_access_run(godwit_world_t *w, unsigned device); /* carries the list of requests out */
/* The node that serves devices. */
unsigned lab_serving_node(const godwit_world_t *w);

/* ---- offline.c ---- */
lab_reading_t *lab_next_reading(godwit_world_t *w, unsigned device); /* that waits; NULL: none */
/* The next reading that waits goes to the access, which may attach for it. GODWIT_OK: the access has requests. */
GODWIT_MUST_USE godwit_status_t lab_offline_submit(godwit_world_t *w, unsigned device);
void lab_offline_sms(godwit_world_t *w, const godwit_request_t *r); /* what the SMS-SC hands on */
void lab_start_sms_sc(godwit_world_t *w);
void lab_offline_arrive(godwit_world_t *w, const lab_packet_t *packet);

/* ---- card.c ---- */
void lab_card_able(godwit_world_t *w, unsigned device);
void lab_card_start(godwit_world_t *w, unsigned device);
void lab_card_stop(godwit_world_t *w, unsigned device);
void lab_card_ask(godwit_world_t *w, unsigned device, unsigned user, const uint8_t rand[16], const uint8_t autn[16]);
void lab_card_ask_gsm(godwit_world_t *w, unsigned device, const uint8_t rand[16]);
void lab_card_computed(godwit_world_t *w, unsigned device);
void lab_card_durable(godwit_world_t *w, unsigned device);

/* ---- air.c ---- */
/* Between the device and an endpoint, without anybody in between. */
void lab_air_send(godwit_world_t *w, unsigned device, bool up, const godwit_address_t *down_to, unsigned endpoint,
                  godwit_slice_t octets);
godwit_address_t lab_address(unsigned address);
/* Whose address that is; -1 when nobody's any more. */
int lab_device_at(const godwit_world_t *w, const godwit_address_t *address, unsigned *number);

#include "lab/e2e.h"
#include "lab/eap.h"
#include "lab/rare.h"
#include "lab/trigger.h"

#endif
