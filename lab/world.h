/* SPDX-License-Identifier: Apache-2.0
 *
 * The lab's world: devices with soft cards, any set of network functions, what lies between them, and a clock, in one process.
 * The roles and the device library are the real ones; the world is their owner. Nothing passes between two nodes but octets: what a
 * function says is encoded where it is sent and decoded where it arrives. The same seed gives the same run. Every node can
 * lose power at any step: what it had not made durable is gone. The world watches what must never happen (violation below).
 *
 *     godwit_world_t *w = godwit_world_new(&config);
 *     godwit_world_submit(w, 0);                     // device 0 sends a reading
 *     godwit_world_run(w, 60000);                    // a minute passes
 *     assert(godwit_world_violation(w) == NULL && godwit_world_delivered(w, 0) == 1);
 */
#ifndef GODWIT_LAB_WORLD_H
#define GODWIT_LAB_WORLD_H

#include "godwit/access.h"
#include "godwit/device.h"
#include "godwit/gba.h"
#include "godwit/mtc.h"
#include "lab/world_e2e.h"
#include "lab/world_trigger.h"
#include "roles/aaa.h"
#include "roles/aanf.h"
#include "roles/ausf.h"
#include "roles/eas.h"
#include "roles/eese.h"
#include "roles/emks.h"
#include "roles/gba_bsf.h"
#include "roles/hse.h"
#include "roles/hss.h"
#include "roles/mkef.h"
#include "roles/mme.h"
#include "roles/msc.h"
#include "roles/mtc_iwf.h"
#include "roles/naf.h"
#include "roles/pgw.h"
#include "roles/scs.h"
#include "roles/sgsn.h"
#include "roles/sgw.h"
#include "roles/sms_sc.h"
#include "roles/usim.h"

#define GODWIT_WORLD_DEVICES_MAX 32
#define GODWIT_WORLD_ALL_READINGS UINT32_MAX

/* Nodes that can lose power: the network functions, then each device and its card. The stranger is no function of ours: a node of another
 * network, which a test makes speak, and which attacks. */
enum {
    GODWIT_WORLD_HSE,
    GODWIT_WORLD_EMKS,
    GODWIT_WORLD_HSS,
    GODWIT_WORLD_EMSE, /* an endpoint of Solution 2: another HSE */
    GODWIT_WORLD_MME,
    GODWIT_WORLD_SGSN,
    GODWIT_WORLD_SGW,
    GODWIT_WORLD_PGW, /* also the GGSN */
    GODWIT_WORLD_MSC,
    GODWIT_WORLD_SMS_SC,
    GODWIT_WORLD_MKEF,
    GODWIT_WORLD_MTC, /* a server of device RAND: another HSE */
    GODWIT_WORLD_BSF,
    GODWIT_WORLD_NAF,
    GODWIT_WORLD_AUSF,
    GODWIT_WORLD_AANF,
    GODWIT_WORLD_AMF, /* the serving network of AKMA, and an application function: the lab plays both */
    GODWIT_WORLD_AF,
    GODWIT_WORLD_SCS, /* contribution 002 */
    GODWIT_WORLD_AS,
    GODWIT_WORLD_MTC_IWF,
    GODWIT_WORLD_AAA, /* its access points are the lab's, and no nodes */
    GODWIT_WORLD_EESE,
    GODWIT_WORLD_EAS, /* of an enterprise: end of the user plane */
    GODWIT_WORLD_STRANGER,
    GODWIT_WORLD_FUNCTIONS
};
static inline unsigned godwit_world_device_node(unsigned device)
{
    return GODWIT_WORLD_FUNCTIONS + 2 * device;
}
static inline unsigned godwit_world_card_node(unsigned device)
{
    return GODWIT_WORLD_FUNCTIONS + 2 * device + 1;
}

typedef struct godwit_world godwit_world_t;

/* A datagram on its way. The hook may change it in place (room for GODWIT_EMSDP_DATAGRAM_MAX octets) or drop it by returning false. */
typedef struct godwit_world_datagram {
    unsigned device;
    bool up;
    size_t len;
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
} godwit_world_datagram_t;
typedef bool godwit_world_air_t(void *context, godwit_world_t *world, godwit_world_datagram_t *datagram);

/* Whatever passes between two nodes, as octets: what the wire looks like to whoever taps it. */
typedef enum godwit_world_leg {
    GODWIT_WORLD_LEG_EMSDP = GODWIT_PORT_EMSDP, /* the legs of datagrams are their ports */
    GODWIT_WORLD_LEG_RADIO = GODWIT_PORT_RADIO,
    GODWIT_WORLD_LEG_GTPC = GODWIT_PORT_GTPC,
    GODWIT_WORLD_LEG_GTPU = GODWIT_PORT_GTPU,
    GODWIT_WORLD_LEG_SGI = GODWIT_PORT_SGI,
    GODWIT_WORLD_LEG_A3 = GODWIT_PORT_A3,
    GODWIT_WORLD_LEG_DIAMETER = 16,
    GODWIT_WORLD_LEG_HTTP, /* inside TLS, which the lab leaves out */
    GODWIT_WORLD_LEG_EAP,  /* on the air: between a device and its access point */
} godwit_world_leg_t;

#define GODWIT_WORLD_PACKET_MAX 4096
typedef struct godwit_world_packet {
    godwit_world_leg_t leg;
    unsigned from, to;                    /* nodes */
    godwit_address_t source, destination; /* as the sender wrote them; empty for Diameter */
    size_t len;
    uint8_t *octets; /* room for GODWIT_WORLD_PACKET_MAX */
} godwit_world_packet_t;
/* Sees every packet once, when it is sent. May change it in place, or lose it by returning false. */
typedef bool godwit_world_wire_t(void *context, godwit_world_t *world, godwit_world_packet_t *packet);

typedef enum godwit_world_policy {
    GODWIT_WORLD_POLICY_NONE,
    GODWIT_WORLD_POLICY_PLAIN, /* nobody's law asks for anything */
    GODWIT_WORLD_POLICY_LAW,   /* the visited network's law switches confidentiality off */
} godwit_world_policy_t;
typedef enum godwit_world_access {
    GODWIT_WORLD_WIFI,
    GODWIT_WORLD_EPS,
    GODWIT_WORLD_UMTS,
    GODWIT_WORLD_GERAN
} godwit_world_access_t;

typedef struct godwit_world_config {
    uint64_t seed;
    unsigned devices;
    bool sqn_by_time;
    godwit_framing_t framing;
    uint32_t reserve;         /* of the devices; 0: their default */
    uint32_t rekey_datagrams; /* of the HSE; 0: its default */
    uint32_t reauthenticate_generations;
    godwit_next_vector_t next_vector; /* of the HSE */
    /* of MME and SGSN, where no policies stand: so many attaches on one AKA run; 0: 1 */
    uint32_t reauthenticate_attaches;
    /* The air: in thousandths, and a delay between the two bounds, so that datagrams overtake each other. */
    uint32_t loss, repeat;
    uint32_t delay_min_ms, delay_max_ms;
    godwit_world_air_t *air;   /* sees every datagram between device and HSE once; NULL: nobody does */
    godwit_world_wire_t *wire; /* sees every packet; NULL: nobody does */
    void *context;             /* of both */
    godwit_world_access_t access;
    uint8_t agreements;     /* of devices, bit i-1; 0: as the solution has it */
    uint32_t nodes;         /* which functions there are, bit n = node n; 0: HSE, EMKS and HSS */
    uint32_t core_loss;     /* between functions: of GTP and the gateway's tunnel, in thousandths */
    uint32_t core_delay_ms; /* 0: 5 */
    uint8_t solution; /* of the devices: 1, 2 or 3; 0 with an access: none, readings go unprotected (no endpoint) */
    /* Contribution 000: the network hands over the vector of the following session, in the detach or as soon as the device is attached. offline: a device
     * is attached only while it has a reading, which goes without protection of ours to a server behind the gateway. */
    bool next_session, next_early, offline;
    bool circuit; /* with carrier sms, over UMTS and GERAN: at the MSC */
    godwit_carrier_t carrier;
    /* Contribution 001: devices choose RAND themselves, and their endpoint is the MTC server. rekey_datagrams is then the devices'. */
    bool device_rand, keep_hidden;
    godwit_mtc_profile_t profile;
    /* GBA: devices bootstrap, and show their readings to a NAF. key_life_s: of what they bootstrap; 0: the BSF's own. */
    bool gba;
    godwit_gba_flavour_t flavour;
    uint32_t key_life_s;
    bool akma; /* devices have an anchor key of 5G AKA, and show their readings to an application function */
    godwit_world_triggering_t trigger;
    godwit_world_e2e_t e2e;
    bool at_home; /* devices are in the home's own network, as with trigger.at_home */
    /* What is missing where Solution 1 needs it: each makes devices fall back. */
    bool usim_unaware, me_unaware, mme_unaware, strip_container;
    uint8_t selector;               /* 1 RAND, 2 SQN; 0: RAND */
    uint32_t retention_ms;          /* of the HSS; 0: its default */
    uint32_t idle_ms;               /* the HSE flushes a bearer after so long; 0: never */
    godwit_world_policy_t policies; /* Solution 4: home and visited network have exchanged theirs */
    char delivery;                  /* of Solution 1: 'A' to 'D'; 0: the HSS flags no vector. Solution 2: 'D' */
    bool me_derives;                /* variant E */
    uint32_t search_every;          /* with watch_memory: one input of so many; 0: every one */
    bool watch_memory;              /* after every input the memory of its node is searched for keys: lab/custody.h */
} godwit_world_config_t;

/* What a test sets by default: one device, no loss, 20 ms each way. */
godwit_world_config_t godwit_world_defaults(void);
/* NULL when memory is short. */
godwit_world_t *godwit_world_new(const godwit_world_config_t *config);
void godwit_world_free(godwit_world_t *world);

/* ---- time and steps ---- */
uint64_t godwit_world_now(const godwit_world_t *world);
/* Goes on for so long. */
void godwit_world_run(godwit_world_t *world, uint64_t duration_ms);
/* A step is one input that a node takes or one request that it carries out. */
unsigned godwit_world_steps(const godwit_world_t *world);
/* The node that comes to this step (counted from 1) loses power instead, and is back after a while. 0: never. */
void godwit_world_cut(godwit_world_t *world, unsigned step);
/* The node that lost power there, or -1. */
int godwit_world_cut_node(const godwit_world_t *world);
/* From now on the air neither loses nor repeats nor delays, and no power goes. */
void godwit_world_quiet(godwit_world_t *world);
/* Nothing passes between two nodes for so long; b = GODWIT_WORLD_EVERYBODY: the node is cut off. */
#define GODWIT_WORLD_EVERYBODY UINT32_MAX
void godwit_world_part(godwit_world_t *world, unsigned a, unsigned b, uint64_t duration_ms);
/* Octets of everything that the lab has allocated and not freed, in this process. */
size_t godwit_world_memory(void);
/* "hse", "emks", ... "device", "usim": what kind of node that is. */
const char *godwit_world_node_name(unsigned node);
/* Power of one node goes now. */
void godwit_world_power_loss(godwit_world_t *world, unsigned node);

/* ---- devices ---- */
/* Its application has a new reading, and hands it over as soon as the device takes it. Returns the reading's number. */
uint32_t godwit_world_submit(godwit_world_t *world, unsigned device);
/* How often that reading (or all of them together) arrived. */
unsigned godwit_world_delivered(const godwit_world_t *world, uint32_t reading);
/* Messages that the device delivered to its application. */
unsigned godwit_world_received(const godwit_world_t *world, unsigned device);
/* The application behind the HSE sends a message down; the world adds a number, so that each is another. */
void godwit_world_submit_down(godwit_world_t *world, unsigned device, const char *text);
/* The device's application ends the session. */
void godwit_world_terminate(godwit_world_t *world, unsigned device);
/* The operator drops the device's session at the HSE. */
void godwit_world_drop_session(godwit_world_t *world, unsigned device);
/* From now on the device is behind another address. */
void godwit_world_move(godwit_world_t *world, unsigned device);
/* The device sleeps: nothing reaches it, it says nothing, and its owner hears of the time only when it wakes. */
void godwit_world_sleep(godwit_world_t *world, unsigned device, uint64_t duration_ms);
/* Somebody sends octets to the HSE from the device's address, or to the device from the HSE's. The hook does not see them. */
void godwit_world_inject(godwit_world_t *world, unsigned device, bool up, godwit_slice_t octets);
/* An MME of PLMN 262-01 fetches a vector for the device's access in that PLMN (its own, or one that it only claims), and the card takes it.
 * Returns what the HSS or the card said. */
godwit_status_t godwit_world_access_aka(godwit_world_t *world, unsigned device, godwit_plmn_t plmn);
#define GODWIT_WORLD_VISITED ((godwit_plmn_t){{0x62, 0xf2, 0x10}}) /* 262-01 */
/* How often the card was run for the device library, how many vectors the HSS gave for this subscriber, how often it resynchronised. */
unsigned godwit_world_card_runs(const godwit_world_t *world, unsigned device);
unsigned godwit_world_vectors(const godwit_world_t *world, unsigned device);
unsigned godwit_world_resyncs(const godwit_world_t *world, unsigned device);
/* Events with that name (NULL: any) and reason: from the device, or from the network functions. */
unsigned godwit_world_device_events(const godwit_world_t *world, unsigned device, const char *name,
                                    godwit_status_t reason);
unsigned godwit_world_network_events(const godwit_world_t *world, const char *name, godwit_status_t reason);
/* Datagrams that left a device, or came to one. */
unsigned godwit_world_datagrams(const godwit_world_t *world, unsigned device, bool up);

/* What the operator of a source asks for, until he is answered: a trigger, or one that is recalled or replaced. */
typedef struct godwit_world_ask {
    unsigned device;
    bool as;                     /* the AS, else the SCS */
    godwit_action_type_t action; /* 0: TRIGGER */
    uint32_t of;                 /* of RECALL, REPLACE: which */
    uint32_t validity_s;         /* 0: the MTC-IWF's own */
    bool priority, elsewhere;    /* elsewhere: at a port where no application is */
} godwit_world_ask_t;
uint32_t godwit_world_ask(godwit_world_t *world, const godwit_world_ask_t *ask); /* its number */
/* What became of it. */
typedef struct godwit_world_asked {
    bool answered;
    godwit_request_status_t status;
    unsigned reports; /* delivery reports */
    godwit_delivery_outcome_t outcome;
    unsigned acted; /* how often the application of the device acted on it */
    bool refused;   /* the application saw it, and did not act */
} godwit_world_asked_t;
godwit_world_asked_t godwit_world_asked(const godwit_world_t *world, uint32_t number);
/* The device leaves its mobile access for WiFi, or comes back. */
void godwit_world_wifi(godwit_world_t *world, unsigned device);

/* For tests that look inside, or turn a screw. */
godwit_device_t *godwit_world_device(godwit_world_t *world, unsigned device);
godwit_device_config_t *godwit_world_device_config(godwit_world_t *world,
                                                   unsigned device); /* taken at its next start */
godwit_usim_t *godwit_world_card(godwit_world_t *world, unsigned device);
godwit_hse_t *godwit_world_hse(godwit_world_t *world);
godwit_hss_t *godwit_world_hss(godwit_world_t *world);
godwit_emks_t *godwit_world_emks(godwit_world_t *world);
/* The subscriber as the HSS has it durably; NULL when it is not there. A test may change it while nothing runs. */
godwit_subscriber_record_t *godwit_world_subscriber(godwit_world_t *world, unsigned device);
/* The session of the device as the HSE shows it; NULL when there is none. */
const godwit_session_record_t *godwit_world_session(godwit_world_t *world, unsigned device);

/* What must never happen and did, first one first; NULL: nothing. One of: a COUNT used twice with one key; a reading delivered that was
 * not sent, or twice; a message likewise; a SEQ of the HSS that went back or was given twice; a K_session handed out twice; a card that took a SQN twice;
 * an outbox that overflowed; more needs than the contract allows. */
const char *godwit_world_violation(const godwit_world_t *world);

#endif
