# SPDX-License-Identifier: Apache-2.0
# Three helpers, so that every folder's CMakeLists.txt says only what it holds and what it stands on.

add_library(godwit_flags INTERFACE)
target_include_directories(godwit_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include)
target_compile_options(godwit_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wvla -Wstrict-prototypes
    -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Werror -fstack-protector-strong)
if(GODWIT_SANITIZE)
    # gcc's -Wconversion and -Wformat-truncation no longer see through expressions that UBSan instruments; the other builds judge those.
    target_compile_options(godwit_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g -Wno-conversion -Wno-sign-conversion
        $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>)
    target_link_options(godwit_flags INTERFACE -fsanitize=address,undefined)
endif()
if(GODWIT_FUZZ)
    target_compile_options(godwit_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
        -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    target_link_options(godwit_flags INTERFACE -fsanitize=address,undefined)
endif()

# godwit_library(NAME SOURCES a.c b.c [LINK lib...] [POSIX])
# POSIX: the library may see the operating system (adapters, daemons, cli, lab, tests); without it only ISO C11.
function(godwit_library name)
    cmake_parse_arguments(A "POSIX" "" "SOURCES;LINK" ${ARGN})
    add_library(${name} STATIC ${A_SOURCES})
    target_link_libraries(${name} PUBLIC ${A_LINK} PRIVATE godwit_flags)
    if(A_POSIX)
        target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
    endif()
endfunction()

function(godwit_program name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${A_SOURCES})
    target_link_libraries(${name} PRIVATE ${A_LINK} godwit_flags)
    target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
endfunction()

# godwit_test(NAME SOURCES test_x.c [LINK lib...] [TIMEOUT s]): a cmocka program, run by ctest in the source tree.
function(godwit_test name)
    cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
    godwit_program(${name} SOURCES ${A_SOURCES} LINK ${A_LINK} cmocka)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(NOT A_TIMEOUT)
        set(A_TIMEOUT 1200) # a net for what hangs, also on a machine that does other things; nothing is measured
    endif()
    # It computes. The conversations between processes mostly wait and count as one: `make test` has two places for each processor.
    set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT} PROCESSORS 2
        ENVIRONMENT "GODWIT_SOURCE=${CMAKE_SOURCE_DIR};GODWIT_BINARY=${CMAKE_BINARY_DIR}"
        SKIP_RETURN_CODE 77)
endfunction()
