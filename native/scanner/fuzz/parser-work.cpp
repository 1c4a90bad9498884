// SPDX-License-Identifier: GPL-2.0-only
// For tests: what one input costs one parser. usage: parser-work PARSER FILE; prints one line of JSON, the processor
// time as the best of three.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <vector>

#include "parsers.h"
#include "version.h"

static uint64_t cpuMicroseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1'000;
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "parser-work")) return 0;
  if (count != 3) return 2;
  const lazaret::fuzz::Parser parser = lazaret::fuzz::findParser(arguments[1]);
  std::ifstream file(arguments[2], std::ios::binary);
  if (!parser.run || !file) return 2;
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  uint64_t best = UINT64_MAX, steps = 0;
  bool spent = false;
  for (int round = 0; round < 3; round++) {
    lazaret::Work work(bytes.size());
    const uint64_t begin = cpuMicroseconds();
    parser.run({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, work);
    best = std::min(best, cpuMicroseconds() - begin);
    steps = work.steps();
    spent = work.spent();
  }
  std::printf("{\"steps\":%llu,\"cpuMicroseconds\":%llu,\"spent\":%s}\n", static_cast<unsigned long long>(steps),
              static_cast<unsigned long long>(best), spent ? "true" : "false");
  return 0;
}
