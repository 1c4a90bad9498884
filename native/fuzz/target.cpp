// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "target.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace lazaret::fuzz {

const Target& chosenTarget() {
  const char* name = std::getenv("LAZARET_FUZZ_TARGET");
  for (const Target& target : targets())
    if (name && target.name == name) return target;
  std::fprintf(stderr, "LAZARET_FUZZ_TARGET names no target of this program: %s\n", name ? name : "(not set)");
  std::exit(2);
}

// getrusage(2) counts the running process by ticks of the clock on some kernels: this one to the microsecond.
uint64_t cpuMicroseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1'000;
}

}  // namespace lazaret::fuzz
