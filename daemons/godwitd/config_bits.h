/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions as bits of one number: which of them a process is.
 */
#ifndef GODWITD_CONFIG_BITS_H
#define GODWITD_CONFIG_BITS_H

#include "roles/message.h"

#define CONFIG_HSS (1u << GODWIT_FUNCTION_HSS)
#define CONFIG_EMKS (1u << GODWIT_FUNCTION_EMKS)
#define CONFIG_HSE (1u << GODWIT_FUNCTION_HSE)
#define CONFIG_MME (1u << GODWIT_FUNCTION_MME)
#define CONFIG_SGSN (1u << GODWIT_FUNCTION_SGSN)
#define CONFIG_SGW (1u << GODWIT_FUNCTION_SGW)
#define CONFIG_PGW (1u << GODWIT_FUNCTION_PGW)
#define CONFIG_MKEF (1u << GODWIT_FUNCTION_MKEF)
#define CONFIG_MTC_SERVER (1u << 31) /* the HSE, which takes device RAND */
#define CONFIG_HOME                                                                                                    \
    (CONFIG_HSS | CONFIG_EMKS | CONFIG_HSE | CONFIG_MKEF | CONFIG_BSF | CONFIG_AANF | CONFIG_EESE | CONFIG_MTC_IWF |   \
     CONFIG_EAS) /* those that keep records */
#define CONFIG_BSF (1u << GODWIT_FUNCTION_BSF)
#define CONFIG_NAF (1u << GODWIT_FUNCTION_NAF)
#define CONFIG_MSC (1u << GODWIT_FUNCTION_MSC)
#define CONFIG_SMS_SC (1u << GODWIT_FUNCTION_SMS_SC)
#define CONFIG_AUSF (1u << GODWIT_FUNCTION_AUSF)
#define CONFIG_AANF (1u << GODWIT_FUNCTION_AANF)
#define CONFIG_EAS (1u << GODWIT_FUNCTION_EAS)

#endif
