// SPDX-License-Identifier: Apache-2.0
// Naming by path without going where a user's own program answers (FUSE): it may take a request and answer none, and who waits for it can not even be killed.
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>

#include "descriptor.hpp"

namespace safefs {

// What is told of a place that is not gone into.
constexpr int kUsersProgram = EREMOTEIO;

// A file system in user space that somebody else than root mounted. Asks the kernel alone.
bool isUsersProgram(int fd);

// An O_PATH descriptor of what the path names, or -1 and errno: kUsersProgram where it leads into such a file system. Component by component, so that each
// mount is looked at before anything in it is asked for. `followLast`: a link as the last component; `noSymlinks`: ELOOP for one before it. No magic links.
UniqueFd namePath(int directoryFd, const std::string& path, bool followLast, bool noSymlinks);

// Opens what is there already, by that way. `flags` as of open(2), none that makes a file.
UniqueFd openGuarded(int directoryFd, const std::string& path, uint64_t flags, bool noSymlinks);

}  // namespace safefs
