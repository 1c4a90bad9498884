// SPDX-License-Identifier: GPL-2.0-only
// What a loader and its workers may do: namespaces first, then privileges, Landlock and seccomp.
// A step that the machine refuses is left out and named, so that `status` tells what is in force.
#pragma once
#include <sys/types.h>

#include <string>

namespace lazaret {

struct SandboxPlan {
  std::string patterns;  // the release's directory, outside
  unsigned slots;        // one private tmpfs for each worker
  int places;            // the broker's folder for temporary places (places.h), for where no namespace can be had
};

struct Sandbox {
  bool namespaces = false, userNamespace = false, landlock = false, seccomp = false, unprivileged = false;
  int landlockAbi = 0;
  std::string patterns;   // the same directory, inside
  std::string temporary;  // parent of the slots' directories
  std::string error;      // not empty: nothing may be loaded
  std::string slotDirectory(unsigned slot) const { return temporary + "/" + std::to_string(slot); }
  std::string json() const;
};

Sandbox enterNamespaces(const SandboxPlan& plan);
// After this no privilege is left and no file is in reach but patterns (read) and the temporary place.
void sealLoader(Sandbox& sandbox);
// The tighter set of a worker: only its own slot, no new process, capped memory. False: it may not serve.
bool sealWorker(const Sandbox& sandbox, unsigned slot, uint64_t dataBytesMax);

}  // namespace lazaret
