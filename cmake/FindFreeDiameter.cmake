# SPDX-License-Identifier: Apache-2.0
# freeDiameter has no pkg-config file. Defines FreeDiameter::core.
find_path(FreeDiameter_INCLUDE_DIR freeDiameter/libfdcore.h)
find_library(FreeDiameter_CORE_LIBRARY fdcore)
find_library(FreeDiameter_PROTO_LIBRARY fdproto)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FreeDiameter
    REQUIRED_VARS FreeDiameter_CORE_LIBRARY FreeDiameter_PROTO_LIBRARY FreeDiameter_INCLUDE_DIR)
if(FreeDiameter_FOUND AND NOT TARGET FreeDiameter::core)
    add_library(FreeDiameter::core INTERFACE IMPORTED)
    target_include_directories(FreeDiameter::core SYSTEM INTERFACE ${FreeDiameter_INCLUDE_DIR})
    target_link_libraries(FreeDiameter::core INTERFACE ${FreeDiameter_CORE_LIBRARY} ${FreeDiameter_PROTO_LIBRARY})
endif()
