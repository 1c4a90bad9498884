// SPDX-License-Identifier: Apache-2.0
// What names a file beyond its path: asked of an open descriptor (O_PATH will do), nothing is opened for it.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstring>

#include "shared/open-table.h"

namespace lazaret {

/** A file handle with its room, as name_to_handle_at(2) fills it and open_by_handle_at(2) takes it. */
struct HandleRoom {
  file_handle head;
  uint8_t room[handleBytesMax];
};

inline bool readHandle(int fd, HandleRoom& handle) {
  int mount;
  handle.head.handle_bytes = handleBytesMax;
  return name_to_handle_at(fd, "", &handle.head, &mount, AT_EMPTY_PATH) == 0;
}

/** Device, inode and handle. `pathBytes` is left. */
inline bool readObject(int fd, FileFacts& file) {
  // What is known here of it: a file system in user space would be asked, and its server may be who waits for us.
  struct statx facts;
  if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &facts) != 0) return false;
  file.device = makedev(facts.stx_dev_major, facts.stx_dev_minor);
  file.inode = facts.stx_ino;
  HandleRoom handle;
  file.handleBytes = 0;
  if (!readHandle(fd, handle)) return true;
  file.handleType = handle.head.handle_type;
  std::memcpy(file.handle, handle.head.f_handle, handle.head.handle_bytes);
  file.handleBytes = handle.head.handle_bytes;
  return true;
}

}  // namespace lazaret
