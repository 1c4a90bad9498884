// SPDX-License-Identifier: GPL-2.0-only
// What of the scan process is fuzzed beside its pure parsers.
#pragma once
#include <cstddef>
#include <cstdint>

namespace lazaret::fuzz {

// A broker with two clients and a worker, whose packets the bytes are.
void runBroker(const uint8_t* data, size_t size);
// The whole scan of a file with these bytes: engine, walker, ledger; no sandbox.
void runFileScan(const uint8_t* data, size_t size);

}  // namespace lazaret::fuzz
