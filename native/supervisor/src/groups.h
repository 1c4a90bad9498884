// SPDX-License-Identifier: Apache-2.0
// The kernel's fanotify groups. The supervisor alone opens them and closes them; the gate inherits copies. While the
// supervisor lives, an open that nobody has answered stays where it is; when it dies and the gate with it, the kernel
// lets all of them go.
#pragma once
#include <string>

namespace lazaret {

struct Groups {
  int permission = -1;  // OPEN_PERM, OPEN_EXEC_PERM: class CONTENT, unlimited queue
  int preAccess = -1;   // PRE_ACCESS on refused inodes alone (truncate by path); -1 before Linux 6.14
  // CLOSE_WRITE, MOVED_TO, CREATE with handles; bounded, for its overflow can be made good by a walk.
  int notify = -1;
  std::string reason;  // why `permission` is -1
};

Groups openGroups();

}  // namespace lazaret
