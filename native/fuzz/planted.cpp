// SPDX-License-Identifier: Apache-2.0
// Faults of each kind that the runner must report. For its own test alone.
#include <cstdlib>
#include <cstring>

#include "target.h"

namespace lazaret::fuzz {

static bool begins(const uint8_t* data, size_t size, const char* with) {
  return size >= std::strlen(with) && std::memcmp(data, with, std::strlen(with)) == 0;
}

static void overrun(const uint8_t* data, size_t size) {
  if (!begins(data, size, "OVER")) return;
  auto* room = new uint8_t[4];
  volatile size_t at = size;
  room[at] = 1;
  delete[] room;
}

static void leak(const uint8_t* data, size_t size) {
  if (!begins(data, size, "LEAK")) return;
  static void* volatile lost;
  lost = std::malloc(64);
  lost = nullptr;
}

static void overflow(const uint8_t* data, size_t size) {
  if (!begins(data, size, "SUM")) return;
  volatile int most = 0x7fffffff;
  volatile int sum = most + static_cast<int>(size);
  static_cast<void>(sum);
}

static void hang(const uint8_t* data, size_t size) {
  volatile bool on = begins(data, size, "HANG");
  while (on) continue;
}

// Slow, but not so slow that it hangs: the product's limit of time alone finds it.
static void slow(const uint8_t* data, size_t size) {
  const uint64_t end = cpuMicroseconds() + (begins(data, size, "SLOW") ? 120'000 : 0);
  while (cpuMicroseconds() < end) continue;
}

static void sound(const uint8_t* data, size_t size) {
  volatile bool seen = begins(data, size, "SOUND");
  static_cast<void>(seen);
}

static constexpr Target list[] = {{"planted-overrun", overrun}, {"planted-leak", leak}, {"planted-overflow", overflow},
                                  {"planted-hang", hang},       {"planted-slow", slow}, {"planted-none", sound}};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
