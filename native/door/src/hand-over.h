// SPDX-License-Identifier: Apache-2.0
// Sockets go from the first process to one that may wait for ever. Who closes a socket last closes what was passed over
// it, too; that must never be the first process.
#pragma once
#include <sys/types.h>

#include <functional>
#include <vector>

namespace lazaret::door {

/** A process that holds these sockets and, if it is not -1, `other`; it does `work` and ends. The sockets are closed
 * here, once it holds them and no others. 0: none was made, and they are still the caller's. */
pid_t handOver(const std::vector<int>& sockets, int other, const std::function<void()>& work);

}  // namespace lazaret::door
