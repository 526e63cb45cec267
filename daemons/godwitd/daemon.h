/* SPDX-License-Identifier: Apache-2.0
 *
 * One running godwitd: what it holds, and the parts that open, run and close it. Everything here happens on one thread.
 */
#ifndef GODWITD_DAEMON_H
#define GODWITD_DAEMON_H

#include "adapters/control/control.h"
#include "adapters/gsup/gsup.h"
#include "adapters/intercept/intercept.h"
#include "adapters/policy/book.h"
#include "daemons/godwitd/config.h"
#include "daemons/godwitd/doors.h"
#include "daemons/godwitd/owner.h"
#include "daemons/godwitd/queue.h"
#include "roles/emks.h"

typedef struct daemon_hse {
    godwit_hse_t role;
    godwit_hse_session_t *sessions;
    godwit_hse_exchange_t *exchanges;
    godwit_hse_sender_t *senders;
    godwit_hse_bearer_t *bearers; /* NULL: no Solution 1 */
    godwit_hse_push_t *pushes;
} daemon_hse_t;

typedef struct godwitd {
    config_t *config;   /* as started: what cannot be reloaded holds for the whole life */
    config_t *reloaded; /* the last one taken over by SIGHUP; NULL: none */
    bool json_log;      /* --json-log */
    uint64_t started_ms;

    godwit_observer_t observer;
    godwit_store_t *store; /* NULL: no function here keeps records */
    owner_t *owner;
    queue_t *queue;

    godwit_hss_t *hss; /* NULL: not here */
    godwit_emks_t *emks;
    daemon_hse_t hse;
    struct daemon_naf *naf; /* the NAF and its doors; NULL: not here */
    struct daemon_gba *gba; /* the BSF and its door; NULL: not here */
    struct godwit_t8 *rest; /* NULL: no REST front here */
    struct daemon_certificates *certificates;
    struct daemon_metrics *metrics;   /* NULL: Prometheus is not served */
    struct daemon_downlink *downlink; /* NULL: no application sends here */
    struct daemon_aaa *aaa;           /* NULL: no AAA server here */
    struct daemon_sms *sms;           /* MSC, SMS-SC; NULL: none of them */
    struct daemon_access *access;     /* MME, SGSN, S-GW, P-GW; NULL: none of them */
    struct daemon_mkef *mkef;         /* role, door, and the way to one; NULL: nothing of it */
    struct daemon_trigger *trigger;   /* MTC-IWF, SCS; NULL: none of them */
    struct daemon_e2e *e2e;           /* the EESE, and what EESE and HSE have to do with EASs; NULL: nothing of it */
    struct daemon_eas *eas;           /* role, door and ways of an EAS; NULL: not here */
    struct daemon_akma *akma;         /* AUSF and AAnF, their doors, and ways to an AAnF; NULL: nothing of it */
    doors_t doors;
    godwit_delivery_t *deliveries[CONFIG_DELIVER_MAX];
    size_t delivery_count;
    bool delivered;           /* in this batch: the deliveries are to be flushed */
    godwit_queue_t *readings; /* instead of deliveries; NULL: readings go out at once */
    uint64_t deliveries_wait; /* milliseconds until the queue has something to do */

    godwit_diameter_t *diameter;
    godwit_gsup_t *gsup;
    godwit_control_t *control;

    godwit_policy_book_t *policies; /* NULL: none is configured */
    godwit_policy_server_t *policy_server;
    struct daemon_rules *rules; /* what they mean for the HSE */

    godwit_intercept_t *intercept; /* NULL: none is configured */
    godwit_targets_t *targets;

    int signals, epoll;
    bool stopping;
    bool failed; /* stopping because something that cannot be mended while running gave up: exit code 1 */
} godwitd_t;

#define DAEMON_ERROR_MAX CONFIG_ERROR_MAX

/* The configuration whose reloadable parts hold. */
static inline const config_t *daemon_current(const godwitd_t *d)
{
    return d->reloaded != NULL ? d->reloaded : d->config;
}

/* clock.c */
uint64_t daemon_now_ms(void);
uint64_t daemon_monotonic_ms(void);

/* start.c: opens everything that the configuration asks for, and closes all that is open. error: one line. */
bool daemon_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void daemon_stop(godwitd_t *d);

/* functions.c: the roles and their tables; what a reload changes in them. */
bool functions_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void functions_apply(godwitd_t *d, const config_t *config);
void functions_free(godwitd_t *d);

/* sms.c: MSC and SMS-SC. */
bool sms_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void sms_free(godwitd_t *d);
/* access.c: the roles of an access network. */
bool access_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
/* What policies mean for the nodes here; the table is the caller's. */
void access_policies(godwitd_t *d, const godwit_serving_policy_t *table, size_t count);
void access_free(godwitd_t *d);

/* naf.c: the NAF, and Ua. */
#define NAF_DOORS (GODWIT_HTTPS_DOORS + 1) /* HTTP, HTTPS, PSK */
bool naf_open(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool naf_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
int naf_fd(const godwitd_t *d, size_t door); /* -1: no such door */
void naf_ready(const godwitd_t *d);          /* its part of the line that says where everything listens */
void naf_receive(godwitd_t *d);              /* what has come is queued, delivered, answered */
void naf_send(godwitd_t *d, const godwit_message_t *answer);
void naf_stop(godwitd_t *d);

/* gba.c: the BSF, and Ub. */
bool gba_open(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool gba_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
int gba_fd(const godwitd_t *d, size_t door);        /* -1: no such door */
uint16_t gba_port(const godwitd_t *d, size_t door); /* 0: no such door */
void gba_receive(godwitd_t *d);                     /* what has come is queued */
void gba_send(godwitd_t *d, const godwit_message_t *answer);
void gba_stop(godwitd_t *d);

/* rest.c: the REST front of the MTC-IWF. */
bool rest_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool rest_watch(const godwitd_t *d);
void rest_reload(godwitd_t *d, const config_t *config); /* callers; what stands in its files of certificates */
void rest_ready(const godwitd_t *d);
void rest_receive(godwitd_t *d);                               /* what has come is queued */
bool rest_send(godwitd_t *d, const godwit_message_t *message); /* false: it is not for an AS */
void rest_stop(godwitd_t *d);

/* aaa.c: the AAA server, and RADIUS. */
bool aaa_open(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool aaa_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
int aaa_fd(const godwitd_t *d); /* -1: there is none */
void aaa_ready(const godwitd_t *d);
void aaa_receive(godwitd_t *d); /* what has come is queued, or answered again */
void aaa_send(godwitd_t *d, const godwit_message_t *answer);
/* Access points and their secrets, before anything of a configuration is taken over: false, and nothing has changed,
 * when they cannot be. Then reload, which takes times as well, or abandon. */
bool aaa_prepare(godwitd_t *d, const config_t *config, char error[DAEMON_ERROR_MAX]);
void aaa_reload(godwitd_t *d, const config_t *config);
void aaa_abandon(godwitd_t *d);
void aaa_stop(godwitd_t *d);

/* edges.c: what doors and ways have in common. Waits for a descriptor; one below 0 is none. */
bool edge_watch(const godwitd_t *d, int fd);
void edge_take(
    godwitd_t *d,
    const godwit_message_t *message); /* queues it; what does not fit is lost, and whoever asked asks again */
void edge_refused(godwitd_t *d, godwit_function_t function, godwit_status_t status, const char *detail);

/* exits.c: where what the roles ask goes. */
owner_exits_t daemon_exits(godwitd_t *d);
void daemon_flush(godwitd_t *d); /* datagrams and readings of the batch */

/* deliveries.c: readings on their way out, at once or by the queue. */
bool deliveries_open(godwitd_t *d, char error[DAEMON_ERROR_MAX]);  /* those that need no queue: before the store */
bool deliveries_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]); /* the queue: after it */
bool deliveries_watch(const godwitd_t *d);                         /* their descriptors, in the loop */
/* A reading. stored: its role has committed it, where readings are kept in the store. */
void deliveries_take(godwitd_t *d, const godwit_reading_t *reading, bool stored);
bool deliveries_full(const godwitd_t *d, uint32_t readings, uint64_t octets);
void deliveries_run(godwitd_t *d); /* at the end of each turn */
/* Takes over where config delivers to; false, nothing has changed, and error, when that cannot be. */
bool deliveries_reload(godwitd_t *d, const config_t *config, char error[DAEMON_ERROR_MAX]);
json_t *deliveries_status(const godwitd_t *d);
void deliveries_stop(godwitd_t *d);
/* delivery_store.c: where the queue's readings survive. */
godwit_queue_backing_t delivery_store(godwitd_t *d);

/* links.c: Diameter and GSUP. */
bool links_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void links_send(godwitd_t *d, const godwit_message_t *message); /* to another process */
void links_receive(godwitd_t *d);                               /* what has come is queued */
void links_reload(godwitd_t *d);                                /* the certificate for Diameter, from its files */
void links_stop(godwitd_t *d);

/* mkef.c: the MKEF, and the MTC server's way to one. */
bool mkef_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool mkef_watch(const godwitd_t *d);                           /* its descriptors, in the loop */
bool mkef_send(godwitd_t *d, const godwit_message_t *message); /* false: it is none of its messages, or cannot leave */
void mkef_receive(godwitd_t *d);                               /* what has come is queued */
uint16_t mkef_port(const godwitd_t *d);                        /* 0: no door */
void mkef_stop(godwitd_t *d);

/* akma.c: AUSF, AAnF, and the ways of AUSF and EMKS to an AAnF. */
bool akma_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool akma_watch(const godwitd_t *d);
bool akma_send(godwitd_t *d, const godwit_message_t *message); /* false: it is none of its messages, or cannot leave */
void akma_receive(godwitd_t *d);
void akma_ready(const godwitd_t *d); /* its part of the line that says where everything listens */
void akma_stop(godwitd_t *d);

/* e2e.c: the EESE, and EASs at EESE and HSE. */
bool e2e_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]); /* after the HSE */
bool e2e_watch(const godwitd_t *d);
bool e2e_send(godwitd_t *d, const godwit_message_t *message); /* false: it is none of its messages, or cannot leave */
void e2e_receive(godwitd_t *d);
void e2e_ready(const godwitd_t *d); /* its part of the line that says where everything listens */
void e2e_reload(godwitd_t *d);      /* what stands in the files of its doors and ways */
void e2e_destinations(const config_t *config, godwit_diameter_config_t *wanted);
void e2e_stop(godwitd_t *d);

/* eas.c: the EAS, its door and its ways to EESE and HSEs. */
bool eas_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool eas_watch(const godwitd_t *d);
bool eas_send(godwitd_t *d, const godwit_message_t *message); /* false: it is none of its messages, or cannot leave */
void eas_receive(godwitd_t *d);
void eas_ready(const godwitd_t *d);
void eas_reload(godwitd_t *d); /* likewise */
void eas_stop(godwitd_t *d);

/* trigger.c: MTC-IWF and SCS. */
bool trigger_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void trigger_reload(godwitd_t *d, const config_t *config);
void trigger_free(godwitd_t *d);
godwit_scs_t *trigger_scs(const godwitd_t *d); /* NULL: not here */
void trigger_destinations(const config_t *config, godwit_diameter_config_t *wanted);

/* policies.c: the policies of networks, and what they change in the roles. */
bool policies_check(const config_t *config, char error[DAEMON_ERROR_MAX]); /* reads the files, and no more */
bool policies_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void policies_run(godwitd_t *d); /* answers those who ask for ours, or give us theirs */
void policies_reload(godwitd_t *d, const config_t *config);
void policies_stop(godwitd_t *d);

/* interception.c: lawful interception. What it tells anybody is the same, whoever is a target. */
bool interception_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
void interception_copy(void *context, const godwit_reading_t *reading, bool down);
void interception_reload(godwitd_t *d, const config_t *config);
void interception_stop(godwitd_t *d);

/* ask.c: the answers of the control socket. */
json_t *daemon_answer(void *context, const godwit_control_request_t *request);
/* ask_trigger.c: what the control socket asks of the SCS. */
json_t *daemon_answer_trigger(godwitd_t *d, const godwit_control_request_t *request);
/* status.c: how much the store holds, which takes the longer the more it is; and the status with that, which it
 * takes. */
json_t *daemon_stored(godwitd_t *d);
json_t *daemon_status(const godwitd_t *d, json_t *stored);

/* loop.c: runs until a signal ends it. */
void daemon_run(godwitd_t *d);
/* reload.c: SIGHUP. */
void daemon_reload(godwitd_t *d);

/* ready.c: the readiness line, and systemd's. */
void daemon_ready(const godwitd_t *d);
void daemon_notify(const char *state);

/* harden.c: no core dumps, no debugger's access to memory that holds keys. */
void daemon_harden(void);

#endif
