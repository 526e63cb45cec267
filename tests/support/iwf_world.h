/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF's part with keys under a bare role that does nothing else, and a device, a HSS, a serving node and an AAA
 * server that are played by hand: what they say is made with the codec and the derivations alone.
 */
#ifndef GODWIT_TESTS_IWF_WORLD_H
#define GODWIT_TESTS_IWF_WORLD_H

#include "roles/mtc_iwf/keys.h"
#include "tests/support/owner.h"

#define IWF_HOST "iwf.home.test"
#define IWF_NODE "mme.visited.test"
#define IWF_IMSI "001010000000001"

typedef struct iwf_world {
    godwit_iwf_keys_t keys;
    owner_t owner;
    godwit_iwf_up_t up;     /* what the last thing that came up was to the rest of the role */
    unsigned acknowledged;  /* how often one was taken */
    godwit_iwf_way_t begin; /* what a timer begins by */
    uint8_t root[32];       /* of the device's last AKA run */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    godwit_iwf_root_t kind;
    /* The device. */
    godwit_iwf_container_t command; /* that came last */
    uint8_t k_iwf[32];
    uint32_t number, count; /* count: its next */
    /* Whom the HSS names, the newest first; as it moves, whoever registers through the helpers below becomes that. */
    godwit_trigger_node_t named[GODWIT_SERVING_NODES_MAX];
    uint8_t named_count;
    uint8_t suite;
    size_t came, went; /* octets over A3: up, and down at once */
} iwf_world_t;

extern iwf_world_t iw;

int iwf_world_setup(void **state);                             /* key-from hss */
void iwf_world_config(const godwit_iwf_keys_config_t *config); /* another configuration; memory as after a start */
void iwf_world_aka(uint8_t octet, godwit_iwf_root_t kind);     /* the device runs AKA: another root */
godwit_association_record_t *iwf_record(void);                 /* NULL: none is stored */

/* ---- the serving node ---- */

godwit_message_t iwf_t5_up(godwit_t5_up_kind_t kind);
/* Gives it, and lets the HSS answer where the device is, if it is asked. */
void iwf_t5(const godwit_message_t *up);
/* Whether the HSS is asked that; it answers. */
bool iwf_located(void);
void iwf_name(const godwit_message_t *up); /* the HSS names its sender, as the newest */
void iwf_registered(void);
void iwf_securing(void);
void iwf_from_device(const godwit_iwf_container_t *container); /* by T5 */

/* ---- who gives keys ---- */

/* The key that answers the question in the outbox; asserts that there is one. */
godwit_message_t iwf_hss_answer(void);
godwit_message_t iwf_node_answer(godwit_function_t who);
void iwf_give(const godwit_message_t *answer);

/* ---- the device ---- */

/* The Command in the outbox (by T5 or in the answer to SECURING) under the key of its last run; keeps it. */
void iwf_take_command(void);
void iwf_open_command(godwit_slice_t octets);
godwit_iwf_container_t iwf_complete(uint8_t suite, uint16_t allowed);
/* Another message under the device's association. */
godwit_iwf_container_t iwf_say(const godwit_a3_message_t *message);
godwit_iwf_container_t iwf_hint(godwit_a3_reason_t reason);
void iwf_datagram(const godwit_address_t *from, const godwit_iwf_container_t *container);
/* cookie NULL: without one. */
void iwf_datagram_of(const godwit_imsi_t *imsi, const godwit_address_t *from, const godwit_iwf_container_t *container,
                     const uint8_t *cookie);
/* The cookie in the outbox, which is for that message and nothing else is there. */
void iwf_take_cookie(const godwit_address_t *from, const godwit_iwf_container_t *container,
                     uint8_t cookie[GODWIT_A3_COOKIE]);
/* Sends it, is asked for a cookie, and sends it with that. */
void iwf_datagram_twice(const godwit_address_t *from, const godwit_iwf_container_t *container);
/* Octets of the datagrams in the outbox. */
size_t iwf_datagrams_down(void);
/* All of it by T5, key-from hss. */
void iwf_associate(void);
/* What the MTC-IWF protects, as the device opens it. */
godwit_status_t iwf_device_opens(godwit_slice_t octets, godwit_a3_opened_t *opened);

#endif
