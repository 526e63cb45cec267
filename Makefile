# SPDX-License-Identifier: Apache-2.0
# The front door, the same for people and for CI. Everything behind it is CMake (CMakePresets.json) and tools/.
JOBS := $(shell nproc 2>/dev/null || echo 2)
# Two places for each processor; a test that computes takes two, one that waits for processes takes one.
CTEST_FLAGS ?= -j$(shell expr 2 \* $(JOBS))

.DEFAULT_GOAL := all
.PHONY: all run test check bench fuzz asan faults clean help

all: ## build everything; programs stand in build/bin/
	@tools/install-packages build
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release

run: all ## build, start every function in one process, and send ten soft SIMs' readings through it
	@tools/demo

test: ## build and run every test
	@tools/install-packages build test
	@cmake --preset release --log-level=WARNING >/dev/null
	@cmake --build --preset release
	@ctest --preset release $(CTEST_FLAGS)

check: ## formatting, licences, both compilers, static analysis, floors, the Cortex-M0+ build
	@tools/install-packages build check
	@tools/check

bench: ## measure, beside the peers, and write build/bench.json
	@tools/install-packages build bench
	@tools/bench

fuzz: ## every fuzz target for a minute (FUZZ_FLAGS="--seconds 600 TARGET" for more)
	@tools/install-packages build fuzz
	@tools/fuzz $(FUZZ_FLAGS)

asan: ## every test under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/install-packages build test
	@cmake --preset asan --log-level=WARNING >/dev/null
	@cmake --build --preset asan
	@ctest --preset asan $(CTEST_FLAGS)

faults: all ## plant faults in copies of the source, one at a time, and see the soak find each
	@tools/planted-faults

clean: ## remove everything that was built
	@rm -rf build build-*

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16
