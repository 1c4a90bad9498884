// SPDX-License-Identifier: GPL-2.0-only
// Monotonic time. Deadlines are instants, budgets are milliseconds.
#pragma once
#include <cstdint>
#include <ctime>

namespace lazaret {

inline uint64_t nowMs() {
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<uint64_t>(at.tv_sec) * 1000 + static_cast<uint64_t>(at.tv_nsec) / 1000000;
}

inline uint64_t nowUs() {
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<uint64_t>(at.tv_sec) * 1000000 + static_cast<uint64_t>(at.tv_nsec) / 1000;
}

}  // namespace lazaret
