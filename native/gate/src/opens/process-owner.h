// SPDX-License-Identifier: Apache-2.0
// As whom, and in which service of the system, a process runs: what an exception by process can be bound to (EX-2e).
#pragma once
#include <string>
#include <string_view>

#include "rules/scope.h"

namespace lazaret::gate {

/** The effective user and the unit of a process that lives; nobody and none where it has ended. */
ProcessOwner readProcessOwner(int pid);

/**
 * The service in a text of /proc/PID/cgroup (cgroups(7)): the component `x.service` above which there are only slices
 * of the system. "" for none, and for what lies below user.slice or within another service: there a user can make
 * groups of any name.
 */
std::string unitOfCgroups(std::string_view text);

/** The effective user in a text of /proc/PID/status; -1 where none stands there. */
int64_t effectiveUserOf(std::string_view status);

}  // namespace lazaret::gate
