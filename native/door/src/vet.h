// SPDX-License-Identifier: Apache-2.0
// Whether others than its sender may hold a descriptor. To close one can mean to wait for somebody: for the program of a file system in user space (which may
// lie below an overlay), for a server, for the other end of a socket that lingers. Such a wait cannot be ended, not even by a kill.
#pragma once
#include <sys/types.h>

namespace lazaret::door {

/** A regular file of a local file system or of memory. Nobody is asked but the kernel's tables: ours, then those of the process that connected. */
bool isHarmless(int file, pid_t peer);

}  // namespace lazaret::door
