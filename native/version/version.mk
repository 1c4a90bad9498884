# SPDX-License-Identifier: Apache-2.0
# The product's version for native programs: a header made of the agent's package.json. A Makefile includes this,
# compiles with $(VERSION_FLAGS), and names $(VERSION_HEADER) as what its objects come after; their .d files do the rest.
BUILD ?= $(ROOT)/.build/native
VERSION_HEADER := $(BUILD)/generated/lazaret-version-number.h
VERSION_FLAGS := -I$(BUILD)/generated -I$(ROOT)/native/version
VERSION_SOURCE := $(ROOT)/apps/agent/package.json

.DEFAULT_GOAL := all

$(VERSION_HEADER): $(VERSION_SOURCE)
	@mkdir -p $(@D)
	@number=$$(sed -n 's/^  "version": "\([0-9A-Za-z.+-]*\)",\{0,1\}$$/\1/p' $<); [ -n "$$number" ] || { echo "$< names no version" >&2; exit 1; }; \
	  printf '#define LAZARET_VERSION "%s"\n' "$$number" >$@.$$$$ && mv $@.$$$$ $@
