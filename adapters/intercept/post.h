/* SPDX-License-Identifier: Apache-2.0
 *
 * One copy sent over HTTPS with mutual TLS.
 */
#ifndef GODWIT_ADAPTERS_INTERCEPT_POST_H
#define GODWIT_ADAPTERS_INTERCEPT_POST_H

#include <stdatomic.h>

#include "adapters/intercept/intercept.h"

typedef struct post post_t;

post_t *godwit_post_new(const godwit_intercept_config_t *config, const atomic_bool *stopping); /* NULL without memory */
void godwit_post_free(post_t *post);
/* True when the destination said 2xx. Ends early when stopping is set. */
bool godwit_post_send(post_t *post, uint64_t id, const char *body, size_t len);

#endif
