// SPDX-License-Identifier: Apache-2.0
// For threads that an open waits for: before everything that is not. When many are answered at once, all who waited can
// run, and against a thousand of them the best nice value is no more than a few per cent of the processor. What such a
// thread does is short, and each of its turns begins with an open.
#pragma once
#include <sched.h>
#include <sys/resource.h>

namespace lazaret {

/** For a thread that an open waits for, too, whose turns are longer: before the others, but whoever keeps it busy
 * cannot take a processor for himself. */
inline void runSoon() { setpriority(PRIO_PROCESS, 0, PRIO_MIN); }

/** The calling thread; not what it starts. Where the kernel refuses it, the best that it gives. */
inline void runUrgently() {
  const sched_param first{1};
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &first) != 0) setpriority(PRIO_PROCESS, 0, PRIO_MIN);
}

}  // namespace lazaret
