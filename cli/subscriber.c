/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/subscriber.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_STORE "/var/lib/godwit/godwit.db"

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a != NULL ? a : b != NULL && b[0] != '\0' ? b : c;
}

godwit_store_t *cli_store_open(const cli_args_t *args, bool create)
{
    char key_file[4096];
    char why[GODWIT_STORE_WHY];
    const char *path = first_of(cli_value(args, "store"), getenv("GODWIT_STORE"), DEFAULT_STORE);
    if (snprintf(key_file, sizeof key_file, "%s.kek", path) >= (int)sizeof key_file) {
        (void)cli_fail(args, CLI_USAGE, "--store: the name is too long");
        return NULL;
    }
    godwit_store_config_t config = {
        .path = path,
        .key_file = first_of(cli_value(args, "key-file"), getenv("GODWIT_KEY_FILE"), key_file),
        .must_exist = !create,
    };
    godwit_store_t *store = NULL;
    if (godwit_store_open(&godwit_store_sqlite, &config, &store, why) != GODWIT_OK) {
        (void)cli_fail(args, CLI_FILE, "%s", why);
        return NULL;
    }
    return store;
}

json_t *cli_subscriber_json(const godwit_subscriber_record_t *s)
{
    char amf[5];
    json_t *features = json_array();
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        const char *name = (s->features & bit) != 0 ? godwit_feature_name(bit) : NULL;
        if (name != NULL) {
            (void)json_array_append_new(features, json_string(name));
        }
    }
    godwit_hex_encode(godwit_slice(s->amf, 2), amf);
    return json_pack("{s:s, s:s, s:s, s:o, s:i, s:s, s:I}", "imsi", s->imsi.digits, "algorithm",
                     godwit_aka_algorithm_name(s->key.algorithm), "amf", amf, "features", features, "ind_bits",
                     s->ind_bits, "sqn_profile", s->sqn_by_time ? "time" : "counter", "seq", (json_int_t)s->seq_he);
}

void cli_subscriber_defaults(godwit_subscriber_record_t *s)
{
    memset(s, 0, sizeof *s);
    s->ind_bits = GODWIT_IND_BITS_DEFAULT;
}

static bool read_features(const cli_args_t *args, uint32_t *features)
{
    for (size_t i = 0; i < cli_count(args, "feature"); i++) {
        uint32_t bit = 0;
        const char *name = cli_value_at(args, "feature", i);
        if (godwit_feature_from_name(name, &bit) != GODWIT_OK) {
            (void)cli_fail(args, CLI_USAGE, "--feature: there is no feature '%s'", name);
            return false;
        }
        *features |= bit;
    }
    return true;
}

bool cli_subscriber_options(const cli_args_t *args, godwit_subscriber_record_t *s)
{
    uint8_t sqn[6] = {0};
    uint64_t ind_bits = 0;
    const char *profile = cli_value(args, "sqn-profile");
    if ((cli_value(args, "amf") != NULL && !cli_hex_exact(args, "amf", s->amf, 2)) ||
        !read_features(args, &s->features) ||
        !cli_number(args, "ind-bits", 0, GODWIT_IND_BITS_MAX, s->ind_bits, &ind_bits) ||
        (cli_value(args, "sqn") != NULL && !cli_hex_exact(args, "sqn", sqn, 6))) {
        return false;
    }
    if (profile != NULL && strcmp(profile, "counter") != 0 && strcmp(profile, "time") != 0) {
        (void)cli_fail(args, CLI_USAGE, "--sqn-profile: '%s' is neither counter nor time", profile);
        return false;
    }
    /* The separation bit is no property of the subscriber: each vector's kind sets it (TS 33.102 Annex H). */
    s->amf[0] &= (uint8_t) ~(GODWIT_AMF_SEPARATION >> 8);
    s->ind_bits = (uint8_t)ind_bits;
    s->seq_he = godwit_load_u48(sqn) >> ind_bits;
    s->sqn_by_time = profile != NULL && strcmp(profile, "time") == 0;
    return true;
}
