// SPDX-License-Identifier: Apache-2.0
// Opening by path: any bytes, any length, never through a magic link. Owns nothing; every descriptor is the caller's.
#pragma once

#include <cstdint>
#include <string>

#include "descriptor.hpp"

namespace safefs {

// openat2(2) with RESOLVE_NO_MAGICLINKS always on; -1 and errno on failure. `path` may be longer than PATH_MAX:
// it is then walked piece by piece, each piece under the same resolve flags.
UniqueFd openPath(int directoryFd, const std::string& path, uint64_t flags, uint64_t mode, uint64_t resolve);

// Same, without updating the access time where the kernel allows us that (owner or CAP_FOWNER).
UniqueFd openPathNoAtime(int directoryFd, const std::string& path, uint64_t flags, uint64_t resolve);

// Re-opens what an O_PATH descriptor already names, for reading. The type was checked before, so no device is ever opened.
UniqueFd reopenForReading(int pathFd, int flags);

}  // namespace safefs
