// SPDX-License-Identifier: GPL-2.0-only
// Fault points for tests. Compiled into `lazaret-scanner-faults` alone: the product carries none.
#pragma once
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace lazaret::faults {

/** What is to happen once a hit is told. */
enum class Later : uint8_t { nothing, crash, exit, hang };

#ifdef LAZARET_FAULTS
void serves(int socket, uint64_t job);  // what `check` may misuse
/** The process that a loader says it has forked: another one, where a file of its patterns says so. */
int named(int pid, const std::string& patterns);
void check(Bytes content);     // crashes, hangs or eats memory when the content asks for it
Later laterOf(Bytes content);  // asked before the hit is told: whoever hears of it may change the file
void happen(Later later);
#else
inline void serves(int, uint64_t) {}
inline int named(int pid, const std::string&) { return pid; }
inline void check(Bytes) {}
inline Later laterOf(Bytes) { return Later::nothing; }
inline void happen(Later) {}
#endif

}  // namespace lazaret::faults
