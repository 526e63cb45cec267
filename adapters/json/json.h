/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of peers that are not believed, by jansson: an object is read member by member, each with its type and bounds,
 * and what is not known is refused. The first member that is wrong is remembered with its path, for the answer. Texts
 * may hold keys: whatever jansson has allocated is wiped when it is freed, in this whole process.
 */
#ifndef GODWIT_ADAPTERS_JSON_JSON_H
#define GODWIT_ADAPTERS_JSON_JSON_H

#include <jansson.h>

#include "godwit/bytes.h"

#define GODWIT_JSON_PATH 96

/* ---- reading ---- */

typedef struct godwit_json {
    json_t *root;                 /* NULL: there is none */
    bool failed;                  /* something was wrong: what is read since is zero */
    char wrong[GODWIT_JSON_PATH]; /* the first that was, such as "services.integrity.life"; "" for the whole */
} godwit_json_t;

typedef struct godwit_json_object {
    godwit_json_t *of;
    const json_t *json; /* NULL: it was not there; nothing is in it then */
    const char *name;   /* static; "" of the root */
    const struct godwit_json_object *in;
    size_t taken; /* members that were asked for and are there */
} godwit_json_object_t;

/* The whole text is one object, no member twice, no string with a zero in it. close is due always. */
godwit_json_object_t godwit_json_open(godwit_json_t *json, godwit_slice_t text);
/* Absent is fine unless it is needed; there, it must fit. True: it is there and good. */
bool godwit_json_text(godwit_json_object_t *o, const char *name, bool needed, char *to, size_t size);
bool godwit_json_name(godwit_json_object_t *o, const char *name, bool needed,
                      char to[GODWIT_FQDN_MAX + 1]); /* canonical */
bool godwit_json_imsi(godwit_json_object_t *o, const char *name, bool needed, godwit_imsi_t *imsi);
bool godwit_json_number(godwit_json_object_t *o, const char *name, bool needed, uint64_t least, uint64_t most,
                        uint64_t *to);
bool godwit_json_truth(godwit_json_object_t *o, const char *name, bool needed, bool *to);
/* Exactly that many octets, lower case. */
bool godwit_json_hex(godwit_json_object_t *o, const char *name, bool needed, uint8_t *to, size_t octets);
bool godwit_json_base64(godwit_json_object_t *o, const char *name, bool needed, uint8_t *to, size_t least, size_t most,
                        size_t *len);
godwit_json_object_t godwit_json_child(godwit_json_object_t *o, const char *name, bool needed);
void godwit_json_end(godwit_json_object_t *o); /* a member that nobody asked for is wrong */
void godwit_json_fail(const godwit_json_object_t *o, const char *name);
/* GODWIT_OK, or GODWIT_MALFORMED. wrong is left. */
GODWIT_MUST_USE godwit_status_t godwit_json_close(godwit_json_t *json);

/* ---- writing ---- */

/* Takes the reference; NULL, or what does not fit, is GODWIT_NO_SPACE and the empty text. text gets a terminator. */
GODWIT_MUST_USE godwit_status_t godwit_json_write(json_t *json, char *text, size_t size);
void godwit_json_set_hex(json_t *json, const char *name, godwit_slice_t octets);    /* at most 64 octets */
void godwit_json_set_base64(json_t *json, const char *name, godwit_slice_t octets); /* at most 1280 octets */
/* ProblemDetails (RFC 9457). member NULL: none is to blame. */
void godwit_json_problem(unsigned code, const char *cause, const char *detail, const char *member, char *text,
                         size_t size);

#endif
