/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of godwit_device_t, here only so that its owner can reserve room for it. Nothing in it is for the caller.
 */
#ifndef GODWIT_DEVICE_STATE_H
#define GODWIT_DEVICE_STATE_H

struct godwit_device {
    godwit_device_config_t config;
    godwit_session_state_t state;
    godwit_emsdp_key_t current, next;
};

#endif
