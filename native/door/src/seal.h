// SPDX-License-Identifier: Apache-2.0
// What a client's process may do once it knows its client: nothing but hand on. A stranger chooses its bytes and
// descriptors.
#pragma once
#include <sys/types.h>

#include <optional>
#include <vector>

namespace lazaret::door {

/** A number that no account has and no process runs with. None: nobody may be let in. */
std::optional<uid_t> findUnusedUser();

/** Closes every descriptor but these; -1 is none. */
void closeOthers(std::vector<int> kept);

/** As that user (where we are root), without groups, capabilities and descriptors but these, with the calls that
 * relay() makes; it ends with `parent`. */
bool seal(std::optional<uid_t> user, std::vector<int> kept, pid_t parent);

}  // namespace lazaret::door
