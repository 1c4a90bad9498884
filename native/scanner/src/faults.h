// SPDX-License-Identifier: GPL-2.0-only
// Fault points for tests (issue 2, must-show 4). Compiled into `lazaret-scanner-faults` alone: the product carries none.
#pragma once
#include "bytes.h"

namespace lazaret::faults {

#ifdef LAZARET_FAULTS
void check(Bytes content);  // crashes, hangs or eats memory when the content asks for it
void afterHit(Bytes content);  // the same, when something was found and told
#else
inline void check(Bytes) {}
inline void afterHit(Bytes) {}
#endif

}  // namespace lazaret::faults
