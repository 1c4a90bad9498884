// SPDX-License-Identifier: Apache-2.0
#include "identity.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>

namespace safefs {
namespace {

// FS_IOC_GETFSUUID (Linux 6.9) is newer than Debian 12's headers.
struct FileSystemUuid {
  uint8_t length;
  uint8_t uuid[16];
};
constexpr unsigned long kGetFileSystemUuid = _IOR(0x15, 0, FileSystemUuid);

EntryType typeOf(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return EntryType::regular;
    case S_IFDIR: return EntryType::directory;
    case S_IFLNK: return EntryType::symlink;
    case S_IFIFO: return EntryType::fifo;
    case S_IFSOCK: return EntryType::socket;
    case S_IFCHR: return EntryType::characterDevice;
    case S_IFBLK: return EntryType::blockDevice;
    default: return EntryType::unknown;
  }
}

// A file system made without a UUID tells zeros, which would be the same for two of them.
bool allZero(const FileSystemUuid& uuid) {
  for (uint8_t byte : uuid.uuid)
    if (byte != 0) return false;
  return true;
}

void timeInto(const struct statx_timestamp& time, int64_t& seconds, uint32_t& nanoseconds) {
  seconds = time.tv_sec;
  nanoseconds = time.tv_nsec;
}

}  // namespace

int statInto(int directoryFd, const char* name, int extraFlags, Record& record) {
  struct statx st;
  int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | extraFlags;
  if (statx(directoryFd, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0) return errno;
  record.type = static_cast<uint32_t>(typeOf(st.stx_mode));
  record.mode = st.stx_mode;
  record.uid = st.stx_uid;
  record.gid = st.stx_gid;
  record.nlink = st.stx_nlink;
  record.size = st.stx_size;
  timeInto(st.stx_mtime, record.mtimeSeconds, record.mtimeNanoseconds);
  timeInto(st.stx_ctime, record.ctimeSeconds, record.ctimeNanoseconds);
  timeInto(st.stx_atime, record.atimeSeconds, record.atimeNanoseconds);
  record.device = gnu_dev_makedev(st.stx_dev_major, st.stx_dev_minor);
  record.inode = st.stx_ino;
  record.mountId = (st.stx_mask & STATX_MNT_ID) != 0 ? st.stx_mnt_id : 0;
  if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) record.flags |= flagMountRoot;
  return 0;
}

void handleInto(int directoryFd, const char* name, Record& record, Batch& batch) {
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } buffer = {};
  buffer.handle.handle_bytes = MAX_HANDLE_SZ;
  int mountId = 0;
  int flags = *name == '\0' ? AT_EMPTY_PATH : 0;
  // Not every file system has handles (EOPNOTSUPP): the handle is then empty, and device and inode must do.
  if (name_to_handle_at(directoryFd, name, &buffer.handle, &mountId, flags) != 0) return;
  record.handleType = buffer.handle.handle_type;
  record.extraLength = buffer.handle.handle_bytes;
  record.extraOffset = batch.append(buffer.room + sizeof(struct file_handle), buffer.handle.handle_bytes);
}

void fileSystemInto(int fd, Record& record) {
  FileSystemUuid uuid = {};
  if (ioctl(fd, kGetFileSystemUuid, &uuid) == 0 && uuid.length == sizeof uuid.uuid && !allZero(uuid)) {
    std::memcpy(record.uuid, uuid.uuid, sizeof uuid.uuid);
    record.uuidLength = sizeof uuid.uuid;
    return;
  }
  struct statfs st;
  if (fstatfs(fd, &st) != 0) return;
  std::memcpy(record.uuid, &st.f_fsid, sizeof st.f_fsid);
  record.uuidLength = sizeof st.f_fsid;
}

}  // namespace safefs
