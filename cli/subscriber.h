/* SPDX-License-Identifier: Apache-2.0
 *
 * What the "sub" commands share: the store they open, the record they make, and what of a record may be shown.
 */
#ifndef GODWIT_CLI_SUBSCRIBER_H
#define GODWIT_CLI_SUBSCRIBER_H

#include "adapters/store/store.h"
#include "cli/cli.h"

#define CLI_STORE_OPTIONS                                                                                              \
    {"store", "FILE", "the store; default $GODWIT_STORE, else /var/lib/godwit/godwit.db", false, false},               \
    {                                                                                                                  \
        "key-file", "FILE", "its key-encryption key; default $GODWIT_KEY_FILE, else the store's name with .kek",       \
            false, false                                                                                               \
    }

/* Opens the store that the options name; with create, makes a new one where there is none. Prints why not; NULL
 * then. */
godwit_store_t *cli_store_open(const cli_args_t *args, bool create);
/* What may be shown of a subscriber: no K, no OPc. */
json_t *cli_subscriber_json(const godwit_subscriber_record_t *subscriber);
/* Sets --amf, --feature, --sqn, --ind-bits, --sqn-profile of a record whose key and IMSI are set. */
bool cli_subscriber_options(const cli_args_t *args, godwit_subscriber_record_t *subscriber);
/* A record with the defaults: AMF 0000, IND of 5 bits, SQN by counter from 0. */
void cli_subscriber_defaults(godwit_subscriber_record_t *subscriber);

#endif
