/* SPDX-License-Identifier: Apache-2.0
 *
 * Diameter towards other processes: S6a (TS 29.272), S6m (TS 29.336), Zh and Zn (TS 29.109), SGd (TS 29.338), Tsp (TS
 * 29.368), T4 (TS 29.337), Ek and T5 (docs/diameter.md) carried by freeDiameter, of which a process has one.
 * freeDiameter's threads end inside this adapter: the owner polls one descriptor and takes and gives typed messages on
 * its own thread.
 *
 * What a message says about its sender is checked before the owner sees it: Origin-Host and Origin-Realm are those of
 * the peer whose connection brought it (whose certificate names it where there is TLS), unless that peer is configured
 * as a relay. Keys and identities never go to a log.
 */
#ifndef GODWIT_ADAPTERS_DIAMETER_H
#define GODWIT_ADAPTERS_DIAMETER_H

#include "roles/message.h"

#define GODWIT_DIAMETER_PEERS_MAX 32
#define GODWIT_DIAMETER_ERROR_MAX 256

/* What protects the way to a peer where there is no TLS. */
typedef enum godwit_diameter_protection {
    GODWIT_DIAMETER_PROTECTION_DEFAULT = 0, /* what link_protected says of all of them; nothing where it is NULL */
    GODWIT_DIAMETER_PROTECTION_NDS_IP,      /* declared protected otherwise (TS 33.210) */
    GODWIT_DIAMETER_PROTECTION_OPEN,        /* nothing */
} godwit_diameter_protection_t;

/* Applications, as bits of what a peer may ask. */
#define GODWIT_DIAMETER_S6A 0x001u
#define GODWIT_DIAMETER_EK 0x002u
#define GODWIT_DIAMETER_ZH 0x004u
#define GODWIT_DIAMETER_ZN 0x008u
#define GODWIT_DIAMETER_SGD 0x010u
#define GODWIT_DIAMETER_S6M 0x020u
#define GODWIT_DIAMETER_TSP 0x040u
#define GODWIT_DIAMETER_T4 0x080u
#define GODWIT_DIAMETER_T5 0x100u

typedef struct godwit_diameter_peer {
    char identity[GODWIT_NODE_NAME_MAX]; /* its Origin-Host */
    char realm[GODWIT_NODE_NAME_MAX];
    char host[64]; /* where to connect to: an IPv4 or IPv6 address; empty: it connects to us */
    uint16_t port;
    bool relay; /* it may hand on messages of others: their Origin-Host is then its word, not ours */
    godwit_diameter_protection_t protection;
    uint32_t only; /* requests of these applications alone are exchanged with it; 0: of any */
} godwit_diameter_peer_t;

typedef struct godwit_diameter_config {
    const char *identity, *realm; /* our Origin-Host, Origin-Realm */
    const char *listen;           /* address to listen on: IPv4 or IPv6, no wildcard needed for one interface */
    uint16_t port;                /* 0: a free one */
    const godwit_diameter_peer_t *peers;
    size_t peer_count;

    /* TLS for every connection of this process, or none: PEM files; all three or none. The certificate names our
     * identity. */
    const char *tls_certificate, *tls_key, *tls_ca;
    /* Without TLS, and off loopback: who protects the link instead ("IPsec tunnel to site B"). NULL: refused. */
    const char *link_protected;

    bool serve_s6a; /* AIRs come to us: there is an HSS here */
    bool serve_ek;  /* Key-Requests come to us: there is an EMKS here */
    /* Solution 1. Keys of access AKA runs (pulls by selector, parking, next generations of agreements 01 and 02) are
     * asked of the HSS here when there is one that owns them, else of the EMKS. */
    bool serve_hss_keys;    /* the HSS here owns key sets of access AKA runs, and takes activations */
    bool serve_hse;         /* pushed keys and bearers come to us: there is an HSE here */
    bool ask_hss_keys;      /* our own requests to the HSS are not of S6a alone */
    bool serve_device_rand; /* device RAND: MKEFs ask the HSS here */
    bool ask_device_rand;   /* and an MKEF here asks an HSS elsewhere */
    bool serve_he_vector;   /* AKMA: AUSFs ask the HSS here */
    bool ask_he_vector;     /* and an AUSF here asks an HSS elsewhere */
    bool serve_eese;        /* end to end: HSEs ask the EESE here */
    bool serve_s6m;         /* device triggering: SIRs come to us: there is an HSS here that has MTC-IWFs to serve */
    bool serve_zh;          /* GBA: MARs come to us: there is an HSS here that has BSFs to serve */
    bool serve_zn;          /* GBA: BIRs come to us: there is a BSF here */
    bool serve_sms_sc;      /* OFRs come to us: there is a SMS-SC here, which sends TFRs to whom it had OFRs from */
    godwit_function_t serve_sms_node; /* TFRs come to us: for that serving node; NONE: none */
    /* triggers of servers, reports of SMS-SCs and T5 from nodes come to us: there is a MTC-IWF here */
    bool serve_mtc_iwf;
    bool serve_scs;    /* notifications of MTC-IWFs come to us: there is a SCS here */
    bool serve_t4;     /* DTRs come to us: the SMS-SC here takes triggers */
    uint32_t serve_t5; /* T5 from MTC-IWFs comes to us: bit f for each function f of MME, SGSN, MSC, AAA that is here */
    /* Where our own requests go; an empty host means any host of that realm, an empty realm that we send none. */
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
    char emks_host[GODWIT_NODE_NAME_MAX], emks_realm[GODWIT_NODE_NAME_MAX];
    /* A pushed key goes to the host that is its endpoint, and what an EESE says to the HSE of that session, whatever
     * stands here. */
    char hse_host[GODWIT_NODE_NAME_MAX], hse_realm[GODWIT_NODE_NAME_MAX];

    char eese_host[GODWIT_NODE_NAME_MAX], eese_realm[GODWIT_NODE_NAME_MAX]; /* of the HSE, which it speaks to as well */

    char zh_host[GODWIT_NODE_NAME_MAX], zh_realm[GODWIT_NODE_NAME_MAX];         /* the BSF's HSS */
    char zn_host[GODWIT_NODE_NAME_MAX], zn_realm[GODWIT_NODE_NAME_MAX];         /* the NAF's BSF */
    char sms_sc_host[GODWIT_NODE_NAME_MAX], sms_sc_realm[GODWIT_NODE_NAME_MAX]; /* a serving node's SMS-SC */
    char t4_host[GODWIT_NODE_NAME_MAX], t4_realm[GODWIT_NODE_NAME_MAX];         /* a MTC-IWF's SMS-SC */
    /* The MTC-IWF of a SCS; of a serving node or SMS-SC, for messages that do not name another. */
    char mtc_iwf_host[GODWIT_NODE_NAME_MAX], mtc_iwf_realm[GODWIT_NODE_NAME_MAX];

    uint32_t timeout_ms; /* for an answer to our request; 0: 5000 */

    /* A line of freeDiameter's or of ours, without its end; level as in syslog(3). Called from any thread. NULL:
     * dropped. */
    void (*log)(void *context, int level, const char *line);
    void *context;
} godwit_diameter_config_t;

typedef struct godwit_diameter godwit_diameter_t;

/* Refuses, with one line in error that names the thing, what cannot work or may not be: a second instance, an address
 * or a name that is none, a certificate that cannot be read, no TLS off loopback without link_protected, a port in use.
 * NULL then. */
godwit_diameter_t *godwit_diameter_start(const godwit_diameter_config_t *config, char error[GODWIT_DIAMETER_ERROR_MAX]);
/* Certificate and key anew, from the files of the start: for handshakes from now on; connections that stand go on.
 * False, with a line in error: what was before holds. */
GODWIT_MUST_USE bool godwit_diameter_renew(godwit_diameter_t *diameter, char error[GODWIT_DIAMETER_ERROR_MAX]);
/* Whether the file of authorities has changed since the start: those of the start hold until a restart. */
bool godwit_diameter_has_other_authorities(const godwit_diameter_t *diameter);
/* The port that is listened on. */
uint16_t godwit_diameter_port(const godwit_diameter_t *diameter);
/* Readable when godwit_diameter_receive has something to do. */
int godwit_diameter_fd(const godwit_diameter_t *diameter);

/* The next message; GODWIT_AGAIN when there is none; GODWIT_IO_FAILED when freeDiameter has ended itself, which only a
 * new process can mend. A request (AUTH_INFO_REQUEST, KEY_REQUEST, KEY_CONFIRM, KEY_PUSH, KEY_SET_PUSH, KEY_PARK,
 * ACTIVATION, BEARER, ZH_REQUEST, ZN_REQUEST, SHORT_MESSAGE_UP and _DOWN, LOCATION_UPDATE, SUBSCRIBER_INFO_REQUEST,
 * DEVICE_ACTION, DEVICE_NOTIFICATION, T4_TRIGGER, T4_REPORT, T5_DOWN, T5_UP, IWF_KEY_REQUEST) has a route that its
 * answer must carry; an answer has the transaction, from and to of its request turned round. An answer always comes: a
 * request that cannot be delivered, times out or is answered with nonsense is answered with GODWIT_PEER_INTERNAL; a
 * T5_DOWN or T4_TRIGGER that had left by then, and may have arrived, with GODWIT_UNKNOWN_SESSION. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_receive(godwit_diameter_t *diameter, godwit_message_t *message);

/* A request of ours to config's HSS, EMKS, HSE, BSF or SMS-SC (message->to), a SHORT_MESSAGE_DOWN, T5_DOWN,
 * IWF_KEY_REQUEST or DEVICE_NOTIFICATION to whom it names, or an answer to a request received. GODWIT_INVALID_ARGUMENT:
 * a message that cannot be sent; GODWIT_NOT_FOUND: the request of that route is gone (answered, timed out, its peer
 * lost); GODWIT_NOT_ENTITLED: a key for a device, over a way that is open; GODWIT_NO_SPACE: too many requests are
 * waiting for answers. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_send(godwit_diameter_t *diameter, const godwit_message_t *message);

/* For the status command: is the connection with that peer of the configuration open? */
bool godwit_diameter_peer_open(const godwit_diameter_t *diameter, size_t peer);

typedef struct godwit_diameter_counters {
    uint64_t requests_received, requests_refused, requests_overload;
    uint64_t requests_sent, answers_received, timeouts;
} godwit_diameter_counters_t;

godwit_diameter_counters_t godwit_diameter_counters(const godwit_diameter_t *diameter);

/* Says goodbye to the peers and ends freeDiameter's threads: milliseconds when they answer, up to some seconds when
 * they do not.
 * The process cannot start another one afterwards. */
void godwit_diameter_stop(godwit_diameter_t *diameter);

#endif
