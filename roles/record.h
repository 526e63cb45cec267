/* SPDX-License-Identifier: Apache-2.0
 *
 * What must survive: the records that network roles commit and fetch. They hold keys: the store wraps every secret
 * under its key-encryption key, and no record crosses an output boundary (roles/view.h has what may be shown).
 */
#ifndef GODWIT_ROLES_RECORD_H
#define GODWIT_ROLES_RECORD_H

#include "core/agree/device_rand/device_rand.h"
#include "core/agree/next_session/next_session.h"
#include "core/wire/payload.h"
#include "core/wire/payload_gba.h"
#include "godwit/aka.h"
#include "godwit/emsdp.h"
#include "godwit/keys.h"
#include "roles/record_e2e.h"
#include "roles/record_mtc.h"
#include "roles/record_trigger.h"

typedef enum godwit_record_kind {
    GODWIT_RECORD_SUBSCRIBER = 1, /* HSS; key: imsi */
    GODWIT_RECORD_KEY_SET = 2,    /* EMKS; key: imsi, agreement */
    /* HSE; key: session_id. A fetch with session_id 0 asks for the session of an IMSI: the newest, if many */
    GODWIT_RECORD_SESSION = 3,
    GODWIT_RECORD_CLOCK = 4, /* HSS, profile "time": the mark of this node's clock; one record, no key */
    /* MME, SGSN, MSC; key: session_id = M-TMSI, P-TMSI or TMSI, agreement = godwit_next_domain_t. One for each IMSI and
     * domain: a new one takes the place of the former. A fetch with session_id 0 asks for that of an IMSI. */
    GODWIT_RECORD_NEXT_SESSION = 5,
    GODWIT_RECORD_BOOTSTRAP = 8, /* BSF; key: octets = RAND, which the B-TID names */
    /* MKEF; key: octets = id. A fetch with an IMSI asks for one that entitles the server whose name key octets is for
     * that IMSI at at_ms. */
    GODWIT_RECORD_MTC_ENTITLEMENT = 6,
    /* MKEF; key: imsi, octets = name key of the server. A fetch without an IMSI asks for the one whose temporary
     * identity octets begins with. */
    GODWIT_RECORD_MTC_CONTACT = 7,
    /* AAnF; key: imsi. A fetch without an IMSI asks for the one whose A-TID begins with octets. */
    GODWIT_RECORD_AKMA = 9,
    /* HSS; key: imsi. A fetch without an IMSI asks for the one whose external identifier or MSISDN has the name key
     * octets. */
    GODWIT_RECORD_TRIGGER_SUBSCRIPTION = 10,
    GODWIT_RECORD_LOCATION = 11, /* HSS; key: imsi */
    GODWIT_RECORD_IWF_ROOT = 12, /* HSS; key: imsi */
    /* MTC-IWF; key: octets = name key of the source, session_id = its reference. A fetch with an IMSI asks for the one
     * of that device that is to go next (waiting, by priority, then the oldest), with session_id besides for the one
     * whose number's lower 32 bits that is; a fetch with neither asks for the one whose due_ms comes first, up to
     * at_ms. */
    GODWIT_RECORD_TRIGGER = 13,
    /* MTC-IWF; never committed: counts of what is in the store. A fetch of octets = name key of a source, or of an
     * IMSI; there is always one, with pending 0 where nothing pends. */
    GODWIT_RECORD_TRIGGER_TALLY = 14,
    GODWIT_RECORD_ASSOCIATION = 15, /* MTC-IWF; key: imsi */
    GODWIT_RECORD_EAS = 16,         /* EESE; key: octets = name key of the EAS */
    /* EESE; key: octets = id. A fetch with an IMSI asks for one that entitles the EAS whose name key octets is for that
     * IMSI at at_ms, for the services that agreement has as bits; with session_id 1 instead for one that entitles it
     * for anything at at_ms. */
    GODWIT_RECORD_EAS_ENTITLEMENT = 17,
    /* EESE; key: imsi, session_id, octets = name key of the EAS. A fetch with session_id 0 asks for one of that device:
     * whose key the EAS does not have yet, then the newest; with agreement 1 the one that the device took a key of
     * last; with agreement 2 the first of that EAS, by IMSI and from that one on, that is not over. A fetch without an
     * IMSI asks for the one whose due_ms comes first, up to at_ms. */
    GODWIT_RECORD_E2E_SESSION = 18,
    /* EAS; key: session_id, octets = name key of the HSE. A fetch with an IMSI asks for the newest session of that
     * device; with neither octets nor IMSI for the one whose due_ms comes first, up to at_ms. */
    GODWIT_RECORD_EAS_SESSION = 19,
    /* HSE, EAS; key: octets = number, 8 octets. A fetch with agreement 1 asks for the first with a greater number. */
    GODWIT_RECORD_READING = 20,
    GODWIT_RECORD_DELIVERY_MARK = 21, /* HSE, EAS; key: octets = name key of the destination */
    /* HSE, EAS; key: octets = number, 8 octets. A fetch with an IMSI asks for the oldest of that device, with
     * session_id for the one after so many others; with octets besides for the one with that id. */
    GODWIT_RECORD_DOWNLINK = 22,
    GODWIT_RECORD_SCS_SOURCE = 23,  /* SCS, AS; key: octets = name key of itself */
    GODWIT_RECORD_SCS_TRIGGER = 24, /* SCS, AS; key: octets = name key of itself, session_id = place */
} godwit_record_kind_t;

struct godwit_record_key {
    godwit_record_kind_t kind;
    godwit_imsi_t imsi;
    uint8_t agreement;
    uint32_t session_id;
    uint8_t octets[16]; /* of kinds that something else names; else zero */
    uint64_t at_ms;     /* of a fetch that asks for what holds at that time; no part of the key */
};

/* Features of a subscription, one bit each; names in roles/record.c for the CLI ("separate-umts", ...). */
#define GODWIT_FEATURE_SEPARATE_UMTS 0x0001u /* agreement 07 is allowed for this device */
#define GODWIT_FEATURE_E2M_USIM 0x0002u      /* agreements 01, 02: the USIM makes the key set when AMF asks for it */
#define GODWIT_FEATURE_E2M_ME 0x0004u        /* the ME does, the USIM unmodified (variant E) */
#define GODWIT_FEATURE_NEXT_SESSION 0x0008u  /* the vector of the following session is handed out (contribution 000) */
#define GODWIT_FEATURE_GBA_U 0x0010u         /* GBA: the card does GBA_U, and the home wants it used */
#define GODWIT_FEATURE_TRIGGER                                                                                         \
    0x0020u /* device triggering: the HSS keeps what associations stand on (contribution 002) */
const char *godwit_feature_name(uint32_t bit); /* NULL for another */
GODWIT_MUST_USE godwit_status_t godwit_feature_from_name(const char *name, uint32_t *bit);

/* RANDs whose AUTS may still come: one for each of the last requesters. Only the requester that was given a RAND may
 * bring its AUTS. */
#define GODWIT_OUTSTANDING_MAX 4
typedef struct godwit_outstanding_rand {
    bool used;
    uint8_t requester[8]; /* first 8 octets of SHA-256 of its Origin-Host */
    uint8_t rand[16];
} godwit_outstanding_rand_t;

typedef struct godwit_subscriber_record {
    godwit_imsi_t imsi;
    godwit_aka_key_t key; /* secret */
    uint8_t amf[2];       /* without the separation bit, which the vector kind decides */
    uint32_t features;
    uint8_t ind_bits;
    bool sqn_by_time;
    uint64_t seq_he;     /* profile "counter": last SEQ handed out; may go back only with resynchronised set */
    int64_t dif;         /* profile "time" */
    bool resynchronised; /* this commit follows an AUTS with valid MAC-S */
    godwit_outstanding_rand_t outstanding[GODWIT_OUTSTANDING_MAX];
} godwit_subscriber_record_t;

/* The key set of the session that lives, kept while a newer vector is outstanding: whoever asks for a set-up and never
 * ends it must not cost that session its next keys. vector_number 0: none. */
typedef struct godwit_former_key_set {
    uint64_t vector_number;
    uint32_t generation;    /* last handed out */
    uint8_t e2m_keyset[32]; /* secret */
    uint32_t age;           /* last handed out */
} godwit_former_key_set_t;

typedef struct godwit_key_set_record {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t rand[16], autn[16];
    uint8_t e2m_keyset[32]; /* secret */
    uint32_t generation;    /* last handed out; only rises for one key set */
    bool confirmed;         /* a datagram verified under it: the vector is not outstanding any more */
    /* of this (imsi, agreement), rises with each new vector: with it (vector_number, generation) only rises */
    uint64_t vector_number;
    uint64_t created_ms;
    godwit_former_key_set_t former;
    bool next_session; /* the subscription has that feature: a next vector may be handed out under this key set */
    /* Agreements 01, 02: the number that the HSS gave it. Agreements 04, 05: when the bootstrapped key ends (ms since
     * 1970); rand is then the name of the bootstrapping, created_ms its time. Parked: handed out again by clearing
     * parked.set: the rest says how far that key had come, so that a late KEY_PARK cannot bring back an earlier
     * state. */
    uint64_t push_number;
    godwit_parked_t parked;
    char parked_endpoint[GODWIT_FQDN_MAX + 1];
    uint32_t age; /* last handed out of this key set, to whichever EAS: K_e2e of one age is made once */
} godwit_key_set_record_t;

typedef struct godwit_session_record {
    uint32_t session_id; /* S = 0: made from the address, which then names the session */
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set;      /* vector_number of the key set that current and next come from */
    uint64_t next_key_set; /* next comes from this one, whose vector went with it; 0: from key_set */
    godwit_session_state_t state;
    godwit_emsdp_key_t current, next; /* secret; next is set between hand-out and confirmation */
    uint8_t last_key_id;
    uint32_t last_generation;
    bool has_address; /* address of the device: where the datagram with the highest COUNT came from */
    uint8_t address_len;
    uint8_t address[20];
    uint64_t created_ms;  /* of the AKA run */
    uint64_t keyed_ms;    /* of the current key */
    uint32_t datagrams;   /* user-plane datagrams under the current key, both ways */
    uint32_t generations; /* since the AKA run */
    char enterprise[GODWIT_FQDN_MAX + 1];
    /* Last request that was answered, so that identical octets get the identical answer: first 8 of SHA-256, and the
     * answer. */
    uint8_t answered[8];
    uint8_t answer_len;
    uint8_t answer[96];
    /* Manage Keys or Terminate Request that waits for its response: sent again as the same octets. */
    uint8_t pending_len;
    uint8_t pending[88];
    /* The user plane ends in the EAS that enterprise names. No key: the HSE has none of it. e2e: what the device has
     * proved to have; e2e_next: what it is to take (age 0: nothing). */
    bool end_to_end;
    godwit_e2e_terms_t e2e, e2e_next;
    uint64_t e2e_key_set, e2e_next_key_set; /* that these ages are of */
} godwit_session_record_t;

typedef struct godwit_clock_record {
    uint32_t id;   /* 0: there is one */
    uint64_t mark; /* ticks up to here may have been used; only rises */
} godwit_clock_record_t;

/* The vector of a device's following session. What was consumed or replaced does not come back: the store remembers its
 * RAND as long as it would have lived. */
#define GODWIT_NEXT_APN_MAX 100
typedef struct godwit_next_session_record {
    godwit_next_session_t next; /* secret: next.res, next.root; next.tmsi and next.domain are the key */
    godwit_imsi_t imsi;
    uint8_t rand[16];
    char apn[GODWIT_NEXT_APN_MAX + 1]; /* dotted text: of the PDN connection of before; may be empty */
    uint64_t created_ms, expires_ms;
} godwit_next_session_record_t;

/* What a run of GBA bootstrapping left (TS 33.220 4.5.2). It is written once. The store keeps the newest eight of a
 * subscriber, and none that has expired when another is written. */
typedef struct godwit_bootstrap_record {
    uint8_t rand[16];
    char impi[GODWIT_IMPI_MAX + 1];
    godwit_gba_type_t type;
    bool uicc;      /* GBA_U: Ks is in the card, and Ks_ext_NAF and Ks_int_NAF are two keys */
    uint8_t ks[32]; /* secret */
    uint64_t created_ms, expires_ms;
} godwit_bootstrap_record_t;

/* The first 16 octets of SHA-256 of a name. */
GODWIT_MUST_USE godwit_status_t godwit_name_key(const godwit_crypto_t *crypto, const char *name, uint8_t key[16]);
/* Sets id and server_key. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_entitlement_name(const godwit_crypto_t *crypto,
                                                            godwit_mtc_entitlement_record_t *entitlement);
/* Zero chain, no hold; the counter stays, or rises to `above`. */
void godwit_mtc_contact_release(godwit_mtc_contact_record_t *contact, uint64_t above);

/* The anchor key of a subscriber's last primary authentication (TS 33.535 6.1). */
typedef struct godwit_akma_record {
    godwit_imsi_t imsi;
    uint8_t a_tid[32];
    uint8_t k_akma[32]; /* secret */
    uint64_t created_ms;
} godwit_akma_record_t;

struct godwit_record {
    godwit_record_kind_t kind;
    union {
        godwit_subscriber_record_t subscriber;
        godwit_key_set_record_t key_set;
        godwit_session_record_t session;
        godwit_clock_record_t clock;
        godwit_next_session_record_t next_session;
        godwit_bootstrap_record_t bootstrap;
        godwit_mtc_entitlement_record_t mtc_entitlement;
        godwit_mtc_contact_record_t mtc_contact;
        godwit_akma_record_t akma;
        godwit_trigger_subscription_record_t trigger_subscription;
        godwit_location_record_t location;
        godwit_iwf_root_record_t iwf_root;
        godwit_trigger_record_t trigger;
        godwit_trigger_tally_record_t trigger_tally;
        godwit_association_record_t association;
        godwit_eas_record_t eas;
        godwit_eas_entitlement_record_t eas_entitlement;
        godwit_e2e_session_record_t e2e_session;
        godwit_eas_session_record_t eas_session;
        godwit_reading_record_t reading;
        godwit_delivery_mark_record_t delivery_mark;
        godwit_downlink_record_t downlink;
        godwit_scs_source_record_t scs_source;
        godwit_scs_trigger_record_t scs_trigger;
    } u;
};

godwit_record_key_t godwit_record_key_of(const godwit_record_t *record);
bool godwit_record_key_equal(const godwit_record_key_t *a, const godwit_record_key_t *b);
/* Whether a fetch of that key may be answered with it: the key is its own, or one of those that ask for more than a
 * key. */
bool godwit_record_matches(const godwit_record_t *record, const godwit_record_key_t *key);
/* Whether it is one request that was said twice: all but its validity. */
bool godwit_device_action_is_same(const godwit_device_action_t *a, const godwit_device_action_t *b);
/* Names of a device, as servers say them: local@domain of at least two labels (TS 23.003 19.7.2, RFC 4282), up to 15
 * digits. At least one of them, and none that is malformed. */
bool godwit_external_name_is_good(const godwit_external_name_t *name);
/* Name keys of both, zero for one that is empty. Domains are compared without regard to case. */
GODWIT_MUST_USE godwit_status_t godwit_external_name_keys(const godwit_crypto_t *crypto,
                                                          const godwit_external_name_t *name, uint8_t external_id[16],
                                                          uint8_t msisdn[16]);

/* For owners that keep records in memory: which of them, if any, answers a fetch of a TRIGGER, by whichever key; and
 * the tally that answers one of a TRIGGER_TALLY. */
const godwit_record_t *godwit_trigger_find(const godwit_record_t *records, size_t count,
                                           const godwit_record_key_t *key);
void godwit_trigger_count(const godwit_record_t *records, size_t count, const godwit_record_key_t *key,
                          godwit_record_t *tally);

/* ---- parked keys, as the owner of a key set keeps them: the EMKS, or the HSS where there is none ----
 * Only the newest generation of a key set can be parked and live again. What was handed out again stays as a floor (set
 * false): a KEY_PARK that comes late or twice must never bring back an earlier state of its counters. */

/* last: the generation handed out last. GODWIT_OK when given is stored in parked, or stands there already;
 * GODWIT_UNKNOWN_KEY, and nothing moved, when it is not of that generation or not ahead of what is known. */
GODWIT_MUST_USE godwit_status_t godwit_parked_put(godwit_parked_t *parked, const godwit_parked_t *given, uint32_t last);
/* Whether a pull that wants a generation above `above` gets the parked one. */
bool godwit_parked_lives(const godwit_parked_t *parked, uint32_t last, uint32_t above);
/* The generation for a pull where none is parked: above both, or 0 when there is none left or `above` cannot be. */
uint32_t godwit_generation_after(uint32_t last, uint32_t above);
/* The same of association numbers, 2^26 ahead at most. */
uint32_t godwit_association_after(uint32_t last, uint32_t above);
/* The same of ages of keys end to end, 2^12 ahead at most. */
uint32_t godwit_age_after(uint32_t last, uint32_t above);

#endif
