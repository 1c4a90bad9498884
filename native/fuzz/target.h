// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// What a program of fuzz targets is made of: each room brings its list, native/fuzz brings libFuzzer's entry and the
// replay.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lazaret::fuzz {

struct Target {
  std::string_view name;
  void (*run)(const uint8_t* data, size_t size);
};

/** Of the room that is linked. */
std::span<const Target> targets();

/** The one that LAZARET_FUZZ_TARGET names; ends the process where there is none. */
const Target& chosenTarget();

/** Processor time of this process so far. */
uint64_t cpuMicroseconds();

}  // namespace lazaret::fuzz
