// SPDX-License-Identifier: GPL-2.0-only
// Fault points for tests. Compiled into `lazaret-scanner-faults` alone: the product carries none.
#pragma once
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace lazaret::faults {

#ifdef LAZARET_FAULTS
void serves(int socket, uint64_t job);  // what `check` may misuse
/** The process that a loader says it has forked: another one, where a file of its patterns says so. */
int named(int pid, const std::string& patterns);
void check(Bytes content);  // crashes, hangs or eats memory when the content asks for it
void afterHit(Bytes content);  // the same, when something was found and told
#else
inline void serves(int, uint64_t) {}
inline int named(int pid, const std::string&) { return pid; }
inline void check(Bytes) {}
inline void afterHit(Bytes) {}
#endif

}  // namespace lazaret::faults
