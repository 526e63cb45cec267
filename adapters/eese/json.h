/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of end-to-end protection between EESE, EAS and HSE (docs/eese.openapi.yaml; its message names are those of TS
 * 33.163 Annex B, its paths, members and codes are ours). K_e2e stands in an EAS Session Start of a pull and in the EAS
 * Session Request of a push: such texts are wiped, and never logged.
 */
#ifndef GODWIT_ADAPTERS_EESE_JSON_H
#define GODWIT_ADAPTERS_EESE_JSON_H

#include "adapters/json/json.h"
#include "core/wire/payload_e2e.h"

#define GODWIT_EESE_TEXT 4096 /* characters of any body here, with its terminator */
#define GODWIT_EESE_PATH_MAX 160

/* ---- paths ---- */

typedef enum godwit_eese_resource {
    GODWIT_EESE_REGISTRATIONS = 1, /* POST */
    GODWIT_EESE_REGISTRATION,      /* PUT, DELETE */
    GODWIT_EESE_SESSIONS,          /* POST: EAS Session Request, pull */
    GODWIT_EESE_NEXT_AGE,          /* POST */
    GODWIT_EESE_PUSH_SESSIONS,     /* POST at the EAS: EAS Session Request, push */
    GODWIT_EESE_PUSH_USER_PLANE,   /* POST at the EAS */
    GODWIT_EESE_DOWNLINK,          /* POST at the HSE */
} godwit_eese_resource_t;

typedef struct godwit_eese_path {
    godwit_eese_resource_t resource;
    uint8_t registration[GODWIT_EAS_REGISTRATION]; /* REGISTRATION, SESSIONS, NEXT_AGE */
    godwit_imsi_t imsi;                            /* NEXT_AGE */
} godwit_eese_path_t;

/* GODWIT_NOT_FOUND: no such path. */
GODWIT_MUST_USE godwit_status_t godwit_eese_path_read(const char *text, godwit_eese_path_t *path);
void godwit_eese_path_write(const godwit_eese_path_t *path, char text[GODWIT_EESE_PATH_MAX]);

/* ---- bodies ----
 *
 * Each _read is GODWIT_MALFORMED with the member that is wrong, "" for the whole. _write: GODWIT_NO_SPACE for what no
 * text can be. */

GODWIT_MUST_USE godwit_status_t godwit_eese_register_read(godwit_slice_t text, godwit_eas_register_t *r,
                                                          char wrong[GODWIT_JSON_PATH]);
GODWIT_MUST_USE godwit_status_t godwit_eese_register_write(const godwit_eas_register_t *r, char text[GODWIT_EESE_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_eese_registered_read(godwit_slice_t text, godwit_eas_register_answer_t *a);
GODWIT_MUST_USE godwit_status_t godwit_eese_registered_write(const godwit_eas_register_answer_t *a,
                                                             char text[GODWIT_EESE_TEXT]);
/* EAS Session Request by pull: without registration, and of NEXT_AGE without IMSI: both stand in the path. */
GODWIT_MUST_USE godwit_status_t godwit_eese_pull_read(godwit_slice_t text, bool next_age,
                                                      godwit_eas_session_request_t *r, char wrong[GODWIT_JSON_PATH]);
GODWIT_MUST_USE godwit_status_t godwit_eese_pull_write(const godwit_eas_session_request_t *r,
                                                       char text[GODWIT_EESE_TEXT]);
/* EAS Session Start of a pull; push: the EAS Session Request of one, with registration and EAS, which may say that it
 * has ended. */
GODWIT_MUST_USE godwit_status_t godwit_eese_session_read(godwit_slice_t text, bool push, godwit_eas_session_t *s,
                                                         char wrong[GODWIT_JSON_PATH]);
GODWIT_MUST_USE godwit_status_t godwit_eese_session_write(const godwit_eas_session_t *s, bool push,
                                                          char text[GODWIT_EESE_TEXT]);
/* A user-plane datagram: up with its number. Neither name is in it: they are those of the ends of the connection. */
GODWIT_MUST_USE godwit_status_t godwit_eese_plane_read(godwit_slice_t text, bool up, godwit_user_plane_t *u,
                                                       char wrong[GODWIT_JSON_PATH]);
GODWIT_MUST_USE godwit_status_t godwit_eese_plane_write(const godwit_user_plane_t *u, bool up,
                                                        char text[GODWIT_EESE_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_eese_planed_read(godwit_slice_t text, bool *highest);
void godwit_eese_planed_write(bool highest, char text[GODWIT_EESE_TEXT]);

/* ---- outcomes ---- */

/* The code of HTTP of a refusal, and its word and sentence (static). */
unsigned godwit_eese_code(godwit_status_t status, const char **cause, const char **detail);
/* Of a refusal that came: its status, or GODWIT_PEER_INTERNAL for what is none of ours. */
godwit_status_t godwit_eese_refusal(unsigned code, godwit_slice_t text);

#endif
