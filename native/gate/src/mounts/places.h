// SPDX-License-Identifier: Apache-2.0
// From the descriptor of an event to the paths that rules are held against. The kernel tells a path as the opener's
// mount shows it, so that a container could name its file as an excluded one: believed is only a path of our own mount
// tree. For others the file is looked up by its handle in our own tree; where that does not show it, and no tree has
// its mount, its name means nothing, and it is looked at.
#pragma once
#include <optional>
#include <string>

#include "mounts/mount-keeper.h"
#include "rules/scope.h"

namespace lazaret::gate {

struct Place {
  std::string path;  // "" if the kernel tells none
  bool believed = false;
  std::string ours;       // where our own tree shows it, when `path` is not believed; "" if it does not
  uint64_t ownMount = 0;  // of the path of our own tree
  bool foreign = false;   // the opener's mount is one of another namespace's tree
};

Place placeOf(int fd, uint64_t device, const MountView& view, const MountKeeper& mounts);

struct Judgement {
  bool scan;
  bool nameListed;
  bool excepted;
  std::string decidedBy;
};

/** Scope and exceptions over every name that the file is known by: an exception of a believed name wins, then any name
 * in scope, by whichever mount. */
Judgement judgePlace(const Place& place, const MountView& view, const Scope& scope);

}  // namespace lazaret::gate
