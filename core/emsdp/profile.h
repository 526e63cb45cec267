/* SPDX-License-Identifier: Apache-2.0
 *
 * GODWIT'S OWN, revision "godwit1": constants of EMSDP that TS 33.163 leaves open or whose text was not at hand. They
 * are not interoperable with another implementation of BEST; whoever brings normative values replaces them here. Also
 * Godwit's own, and in include/godwit/ because callers name them: the TLV tags but 01, the suite ids, the reason octets
 * (godwit_status_t).
 *
 * Standard and therefore elsewhere: the command codes, tag 01 and its value, the widths of the first octet's fields.
 */
#ifndef GODWIT_CORE_EMSDP_PROFILE_H
#define GODWIT_CORE_EMSDP_PROFILE_H

/* First octet (TS 33.163 6.2.2 gives the widths and their order, not the bits). */
#define EMSDP_USER_PLANE 0x80u
#define EMSDP_RFU 0x40u
#define EMSDP_KEY_ID_SHIFT 3u
#define EMSDP_KEY_ID_MASK 0x07u
#define EMSDP_LOW_COUNT_BITS 3u
#define EMSDP_LOW_COUNT_MASK 0x07u

#define EMSDP_SESSION_OCTETS_MAX 4u
#define EMSDP_COUNTER_OCTETS_MAX 3u

/* BEARER of MAC and cipher. */
#define EMSDP_BEARER_CONTROL 0u
#define EMSDP_BEARER_USER 1u

/* Reconstruction of COUNT. */
#define EMSDP_WINDOW_MAX 64u
#define EMSDP_AHEAD 4u /* COUNTs above the highest that are tried */

/* Tags: 01 to 14 are known; an unknown one is refused below 80 and passed over from there on. */
#define EMSDP_TAG_LAST 0x14u
#define EMSDP_TAG_PASSED_OVER 0x80u

#define EMSDP_GENERATION_FIRST 1u /* not written: HSE configuration without a generation means this one */

#endif
