// SPDX-License-Identifier: GPL-2.0-only
// Whom loader and workers run as: nobody else's user, or any process of that user could stop them or look into them.
#pragma once
#include <sys/types.h>

#include <optional>

namespace lazaret {

struct SandboxUser {
  uid_t user;
  gid_t group;
};

// The user `lazaret-scanner`, else numbers that no account has and no process runs with. Never root, never 65534
// ("nobody"). None: nothing may be loaded.
std::optional<SandboxUser> findSandboxUser();

}  // namespace lazaret
