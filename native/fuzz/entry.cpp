// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// libFuzzer's entry. Beside its own findings it keeps the slowest inputs, for the replay without sanitizers: LAZARET_FUZZ_SLOWEST is their folder.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "target.h"

using namespace lazaret::fuzz;

namespace {

/** The last few that were each slower than all before: the first runs of a process pay for more than themselves. */
constexpr unsigned keptMax = 6;

void keep(const uint8_t* data, size_t size) {
  static const char* const folder = std::getenv("LAZARET_FUZZ_SLOWEST");
  static unsigned number = 0;
  if (!folder) return;
  const std::string path = std::string(folder) + "/" + std::to_string(number++ % keptMax);
  if (FILE* file = std::fopen(path.c_str(), "wb")) {
    std::fwrite(data, 1, size, file);
    std::fclose(file);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Target& target = chosenTarget();
  static uint64_t slowest = 0;
  const uint64_t begin = cpuMicroseconds();
  target.run(data, size);
  const uint64_t took = cpuMicroseconds() - begin;
  if (took > slowest) {
    slowest = took;
    keep(data, size);
  }
  return 0;
}
