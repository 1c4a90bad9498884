// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// libFuzzer's entry. Beside its own findings it keeps the slowest inputs, for the replay without sanitizers:
// LAZARET_FUZZ_SLOWEST is their folder.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "target.h"

using namespace lazaret::fuzz;

namespace {

/** More than one: the first runs of a process pay for more than themselves, and would hide what is truly slow. */
constexpr size_t keptMax = 6;

void keep(const uint8_t* data, size_t size, uint64_t took) {
  static const char* const folder = std::getenv("LAZARET_FUZZ_SLOWEST");
  static std::array<uint64_t, keptMax> kept{};
  const auto quickest = std::min_element(kept.begin(), kept.end());
  if (!folder || took <= *quickest) return;
  *quickest = took;
  const std::string path = std::string(folder) + "/" + std::to_string(quickest - kept.begin());
  if (FILE* file = std::fopen(path.c_str(), "wb")) {
    std::fwrite(data, 1, size, file);
    std::fclose(file);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Target& target = chosenTarget();
  const uint64_t begin = cpuMicroseconds();
  target.run(data, size);
  keep(data, size, cpuMicroseconds() - begin);
  return 0;
}
