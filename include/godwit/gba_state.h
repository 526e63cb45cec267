/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_gba_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_GBA_STATE_H
#define GODWIT_GBA_STATE_H

typedef enum godwit_gba_phase {
    GODWIT_GBA_IDLE,
    GODWIT_GBA_ASKED,    /* GET without response, or with AUTS: a challenge is to come */
    GODWIT_GBA_CARD,     /* the card runs */
    GODWIT_GBA_ANSWERED, /* GET with response: 200 is to come */
} godwit_gba_phase_t;

/* What a bootstrapping has brought. */
typedef struct godwit_gba_key {
    bool set;
    uint8_t rand[16];
    uint8_t ks[32]; /* secret; zero with GBA_U */
    uint64_t expires_s;
    char b_tid[GODWIT_B_TID_MAX + 1];
} godwit_gba_key_t;

struct godwit_gba {
    godwit_gba_config_t config;
    godwit_gba_key_t key;  /* the one that holds */
    godwit_gba_key_t next; /* of the bootstrapping under way */
    godwit_gba_phase_t phase;
    uint8_t card_runs;
    uint8_t rand[16], autn[16], ks_input[16];
    uint8_t password_len, password[GODWIT_RES_MAX]; /* secret */
    godwit_digest_authorization_t authorization;    /* of the challenge under way */
    char text[GODWIT_HTTP_FIELD_MAX];
    uint8_t record[GODWIT_GBA_RECORD_MAX];
};

#endif
