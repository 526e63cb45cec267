/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers on the wire that no registry gave us. No IANA enterprise number, application id or command code belongs to
 * Godwit: the vendor id and application ids are Godwit's own, unregistered choices (they spell "GODW" and "GOD", 01 and
 * 02), the two command codes are those that RFC 6733 11.2.1 reserves for experiments. Both ends of Ek and of T5 must
 * agree on them; a deployment that owns an enterprise number sets its own values when it compiles. Described in
 * docs/diameter.md.
 */
#ifndef GODWIT_WIRE_PROFILE_H
#define GODWIT_WIRE_PROFILE_H

#ifndef GODWIT_EK_VENDOR
#define GODWIT_EK_VENDOR 0x474F4457u
#endif

/* Identifies Godwit's Private Extensions of GTPv1 (TS 29.060), in 16 bits. */
#ifndef GODWIT_GTP_EXTENSION
#define GODWIT_GTP_EXTENSION 0x4744u /* "GD" */
#endif

#ifndef GODWIT_EK_APPLICATION
#define GODWIT_EK_APPLICATION 0x474F4401u /* in the vendor-specific range 01000000 to FFFFFFFE (RFC 6733 11.3) */
#endif

/* T5 has the command code of Key-Request, which is told apart by the application. */
#ifndef GODWIT_T5_APPLICATION
#define GODWIT_T5_APPLICATION 0x474F4402u
#endif

#ifndef GODWIT_EK_COMMAND_KEY
#define GODWIT_EK_COMMAND_KEY 0xFFFFFEu
#endif

#ifndef GODWIT_EK_COMMAND_CONFIRM
#define GODWIT_EK_COMMAND_CONFIRM 0xFFFFFFu
#endif

#endif
