// SPDX-License-Identifier: Apache-2.0
// Whether others than its sender may hold a descriptor. To close one can mean to wait for somebody: for the program of
// a file system in user space (which may lie below an overlay), for a server, for the other end of a socket that
// lingers. Such a wait cannot be ended, not even by a kill.
#pragma once

namespace lazaret::door {

/** Open mountinfos: ours, and that of the process that connected; -1: none. */
struct Tables {
  int ours, peers;
};

/** A regular file of a local file system or of memory. Nobody is asked but the kernel's tables: ours, then the other.
 */
bool isHarmless(int file, const Tables& tables);

}  // namespace lazaret::door
