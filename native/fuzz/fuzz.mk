# SPDX-License-Identifier: Apache-2.0
# Fuzz programs, one for each room, each built twice: for libFuzzer with address and undefined-behaviour sanitizers and coverage, and without any of them
# for measuring time. Needs clang-14, libclang-rt-14-dev and llvm-14. Run by tools/fuzz/main.ts.
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/../..)
NATIVE := $(ROOT)/native
OUT := $(ROOT)/.build/fuzz/programs
OBJ := $(ROOT)/.build/fuzz/obj
CLANG := clang++-14
COMMON := -I$(NATIVE) -I$(NATIVE)/gate/src -I$(NATIVE)/scanner/src -g1 -std=c++20 -Wall -Wshadow -D_FILE_OFFSET_BITS=64 -D_GNU_SOURCE -DLAZARET_FUZZ -D_GLIBCXX_ASSERTIONS -pthread
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CHECKED := $(COMMON) -O1 $(SANITIZERS) -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping
PLAIN := $(COMMON) -O2

SHARED := fuzz/target
GATE_PARTS := telling/agent-link telling/let-through-log opens/opener telling/outbox opens/process-owner opens/program-content mounts/mount-table telling/responder rules/configuration judging/scanner-link rules/scope rules/scope-glob rules/scope-parse rules/scope-text judging/verdict opens/opens telling/statistics
scanner_SOURCES := $(patsubst $(NATIVE)/%.cpp,%,$(filter-out %.test.cpp,$(wildcard $(NATIVE)/scanner/src/*/*.cpp))) scanner/fuzz/parsers scanner/fuzz/broker scanner/fuzz/file-scan scanner/fuzz/targets
scanner_LIBS := -lclamav -lyara -larchive -lseccomp -lcrypto -lz
gate_SOURCES := $(GATE_PARTS:%=gate/src/%) gate/fuzz/links gate/fuzz/targets
supervisor_SOURCES := $(filter-out gate/src/telling/agent-link gate/src/judging/scanner-link,$(GATE_PARTS:%=gate/src/%)) supervisor/src/takeover supervisor/fuzz/targets
fdlink_SOURCES := fdlink/addon/message fdlink/fuzz/targets
door_SOURCES := door/src/relay door/src/vet door/src/mount-table door/fuzz/targets
planted_SOURCES := fuzz/planted
ROOMS := scanner gate supervisor fdlink door planted

# $(1) room
define programs
$(OUT)/$(1): $$(patsubst %,$(OBJ)/checked/%.o,$$($(1)_SOURCES) $(SHARED) fuzz/entry)
	@mkdir -p $$(@D)
	$(CLANG) $(CHECKED) -fsanitize=fuzzer -o $$@.new $$^ $$($(1)_LIBS) && mv $$@.new $$@

$(OUT)/$(1)-plain: $$(patsubst %,$(OBJ)/plain/%.o,$$($(1)_SOURCES) $(SHARED) fuzz/replay)
	@mkdir -p $$(@D)
	$(CLANG) $(PLAIN) -o $$@.new $$^ $$($(1)_LIBS) && mv $$@.new $$@

$(1): $(OUT)/$(1) $(OUT)/$(1)-plain
endef
$(foreach room,$(ROOMS),$(eval $(call programs,$(room))))

$(OBJ)/checked/%.o: $(NATIVE)/%.cpp
	@mkdir -p $(@D)
	$(CLANG) $(CHECKED) -MMD -MP -c -o $@ $<

$(OBJ)/plain/%.o: $(NATIVE)/%.cpp
	@mkdir -p $(@D)
	$(CLANG) $(PLAIN) -MMD -MP -c -o $@ $<

all: $(ROOMS)
-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
.DEFAULT_GOAL := all
.PHONY: all $(ROOMS)
.SECONDARY:
