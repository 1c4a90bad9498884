// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ctime>
#include <cstdint>

namespace lazaret {

inline uint64_t clockMs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

inline uint64_t monotonicMs() { return clockMs(CLOCK_MONOTONIC); }
inline uint64_t unixMs() { return clockMs(CLOCK_REALTIME); }

}  // namespace lazaret
