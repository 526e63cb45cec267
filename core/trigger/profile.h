/* SPDX-License-Identifier: Apache-2.0
 *
 * GODWIT'S OWN, revision "godwit1": constants of the messages between device and MTC-IWF (docs/trigger-wire.md).
 * Contribution 002 says that they are protected and with which keys, and nothing of their octets; the final TR 33.868
 * was not at hand. Whoever brings normative values replaces them here. Also ours, and in core/trigger/trigger.h because
 * callers name them: types, actions, reasons, outcomes.
 */
#ifndef GODWIT_CORE_TRIGGER_PROFILE_H
#define GODWIT_CORE_TRIGGER_PROFILE_H

/* First octet: version (2) | type (3) | key id (3). */
#define A3_VERSION 0u
#define A3_VERSION_SHIFT 6u
#define A3_TYPE_SHIFT 3u
#define A3_TYPE_MASK 0x07u
#define A3_KEY_ID_MASK 0x07u
#define A3_KEY_IDS 7u /* 1 to 7; 0: not protected */

/* First octet where a cookie stands, over UDP: type 0, which no message has. */
#define A3_COOKIE_MARK 0u

/* BEARER of MAC and cipher. The keys are nobody else's; it only keeps the input apart from all others of the house. */
#define A3_BEARER 2u

/* Trigger: flags. */
#define A3_PRIORITY 0x80u
#define A3_ACKNOWLEDGE 0x40u
#define A3_ACTION_MASK 0x07u

#endif
