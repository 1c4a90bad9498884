// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Built without sanitizers: what inputs cost the product itself. usage: replay FILE …; a line of JSON for each, the
// processor time as the best of three.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "target.h"

using namespace lazaret::fuzz;

static constexpr int rounds = 3;

int main(int count, char** arguments) {
  const Target& target = chosenTarget();
  for (int index = 1; index < count; index++) {
    std::ifstream file(arguments[index], std::ios::binary);
    if (!file) return 2;
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    uint64_t best = UINT64_MAX;
    for (int round = 0; round < rounds; round++) {
      const uint64_t begin = cpuMicroseconds();
      target.run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      best = std::min(best, cpuMicroseconds() - begin);
    }
    std::printf("{\"bytes\":%zu,\"cpuMicroseconds\":%llu}\n", bytes.size(), static_cast<unsigned long long>(best));
  }
  return 0;
}
