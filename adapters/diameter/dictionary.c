/* SPDX-License-Identifier: Apache-2.0
 *
 * freeDiameter's dictionary, made from the table of core/wire/avp.c. freeDiameter's own extensions are not loaded: they
 * have no S6a commands, and names of theirs stand in the way of later ones. No rules: grammar is judged in one place,
 * core/wire.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/profile.h"

#include <errno.h>
#include <stdio.h>

static int vendor(uint32_t id, const char *name)
{
    struct dict_vendor_data data = {id, (char *)(uintptr_t)name};
    int error = fd_dict_new(fd_g_config->cnf_dict, DICT_VENDOR, &data, NULL, NULL);
    return error == EEXIST ? 0 : error;
}

static int application(uint32_t id, const char *name, uint32_t vendor_id)
{
    struct dict_object *of;
    struct dict_application_data data = {id, (char *)(uintptr_t)name};
    int error = fd_dict_search(fd_g_config->cnf_dict, DICT_VENDOR, VENDOR_BY_ID, &vendor_id, &of, ENOENT);
    return error ? error : fd_dict_new(fd_g_config->cnf_dict, DICT_APPLICATION, &data, of, NULL);
}

/* freeDiameter knows commands by code alone: where two applications share one, the first names it. */
static int command(const godwit_diameter_command_t *of, const char *name, bool request)
{
    char full[64];
    struct dict_object *application_object, *known = NULL;
    command_code_t code = of->command;
    struct dict_cmd_data data = {.cmd_code = of->command,
                                 .cmd_name = full, /* which freeDiameter copies */
                                 .cmd_flag_mask = CMD_FLAG_REQUEST,
                                 .cmd_flag_val = request ? CMD_FLAG_REQUEST : 0};
    uint32_t id = of->application;
    if (fd_dict_search(fd_g_config->cnf_dict, DICT_COMMAND, request ? CMD_BY_CODE_R : CMD_BY_CODE_A, &code, &known,
                       0) == 0 &&
        known != NULL) {
        return 0;
    }
    snprintf(full, sizeof full, "%s-%s", name, request ? "Request" : "Answer");
    int error =
        fd_dict_search(fd_g_config->cnf_dict, DICT_APPLICATION, APPLICATION_BY_ID, &id, &application_object, ENOENT);
    return error ? error : fd_dict_new(fd_g_config->cnf_dict, DICT_COMMAND, &data, application_object, NULL);
}

static enum dict_avp_basetype base_type(godwit_avp_type_t type)
{
    switch (type) {
    case GODWIT_AVP_GROUPED:
        return AVP_TYPE_GROUPED;
    case GODWIT_AVP_U32:
        return AVP_TYPE_UNSIGNED32;
    case GODWIT_AVP_U64:
        return AVP_TYPE_UNSIGNED64;
    default:
        return AVP_TYPE_OCTETSTRING;
    }
}

/* The M flag is not enforced: a peer that leaves it out is understood all the same. */
static int avp(const godwit_avp_definition_t *definition)
{
    struct dict_avp_data data = {.avp_code = definition->code,
                                 .avp_vendor = definition->vendor,
                                 .avp_name = (char *)(uintptr_t)definition->name,
                                 .avp_flag_mask = definition->vendor ? AVP_FLAG_VENDOR : 0,
                                 .avp_flag_val = definition->vendor ? AVP_FLAG_VENDOR : 0,
                                 .avp_basetype = base_type(definition->type)};
    struct dict_avp_request wanted = {.avp_vendor = definition->vendor, .avp_code = definition->code};
    struct dict_object *found = NULL;
    if (fd_dict_search(fd_g_config->cnf_dict, DICT_AVP, AVP_BY_CODE_AND_VENDOR, &wanted, &found, 0) == 0 && found) {
        return 0; /* the base protocol's are there already */
    }
    return fd_dict_new(fd_g_config->cnf_dict, DICT_AVP, &data, NULL, NULL);
}

int godwit_diameter_dictionary(void)
{
    const godwit_diameter_application_t *a;
    const godwit_diameter_pair_t *pair;
    int error = vendor(GODWIT_VENDOR_3GPP, "3GPP");
    error = error ? error : vendor(GODWIT_EK_VENDOR, "Godwit");
    for (size_t i = 0; error == 0 && (a = godwit_diameter_application(i)) != NULL; i++) {
        error = application(a->id, a->name, a->vendor);
    }
    for (unsigned i = 0; i < GODWIT_AVP_COUNT && error == 0; i++) {
        error = avp(godwit_avp_definition((godwit_avp_id_t)i));
    }
    for (size_t i = 0; error == 0 && (pair = godwit_diameter_pair(i)) != NULL; i++) {
        error = command(pair->request, pair->name, true);
        error = error ? error : command(pair->answer, pair->name, false);
    }
    return error;
}

struct dict_object *godwit_diameter_command_object(const godwit_diameter_command_t *request)
{
    struct dict_object *found = NULL;
    command_code_t code = request->command;
    return fd_dict_search(fd_g_config->cnf_dict, DICT_COMMAND, CMD_BY_CODE_R, &code, &found, ENOENT) == 0 ? found
                                                                                                          : NULL;
}
