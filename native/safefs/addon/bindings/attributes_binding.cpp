// SPDX-License-Identifier: Apache-2.0
// Attributes of an open file: extended attributes (ACLs and security labels are such), inode flags, exact times,
// leases.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "bindings.hpp"
#include "values.hpp"

namespace safefs {
namespace {

constexpr size_t kAttributeBytesMax = 64 * 1024;  // the kernel's own limit, for one value and for the list of names

// listAttributes(fd) → Buffer of names, each ended by a zero byte
Napi::Value listAttributes(const Napi::CallbackInfo& info) {
  std::string names(kAttributeBytesMax, '\0');
  ssize_t length = flistxattr(numberOf(info[0]), names.data(), names.size());
  if (length < 0 && (errno == ENOTSUP || errno == ENOSYS)) length = 0;
  if (length < 0) throwSystemError(info.Env(), errno, "flistxattr");
  return Napi::Buffer<char>::Copy(info.Env(), names.data(), static_cast<size_t>(length));
}

Napi::Value getAttribute(const Napi::CallbackInfo& info) {
  std::string name = bytesOf(info[1]);
  std::string value(kAttributeBytesMax, '\0');
  ssize_t length = fgetxattr(numberOf(info[0]), name.c_str(), value.data(), value.size());
  if (length < 0) throwSystemError(info.Env(), errno, "fgetxattr");
  return Napi::Buffer<char>::Copy(info.Env(), value.data(), static_cast<size_t>(length));
}

void setAttribute(const Napi::CallbackInfo& info) {
  std::string name = bytesOf(info[1]);
  auto value = info[2].As<Napi::Buffer<char>>();
  if (fsetxattr(numberOf(info[0]), name.c_str(), value.Data(), value.Length(), 0) != 0)
    throwSystemError(info.Env(), errno, "fsetxattr");
}

// inodeFlags(fd) → FS_*_FL; 0 where the file system has none
Napi::Value inodeFlags(const Napi::CallbackInfo& info) {
  int flags = 0;
  if (ioctl(numberOf(info[0]), FS_IOC_GETFLAGS, &flags) != 0) {
    if (errno != ENOTTY && errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS)
      throwSystemError(info.Env(), errno, "FS_IOC_GETFLAGS");
    flags = 0;
  }
  return Napi::Number::New(info.Env(), flags);
}

// setTimes(fd, accessSeconds, accessNanoseconds, modificationSeconds, modificationNanoseconds): Node's own takes a
// double, which loses nanoseconds.
void setTimes(const Napi::CallbackInfo& info) {
  struct timespec times[2] = {{static_cast<time_t>(bigintOf(info[1])), numberOf(info[2])},
                              {static_cast<time_t>(bigintOf(info[3])), numberOf(info[4])}};
  if (futimens(numberOf(info[0]), times) != 0) throwSystemError(info.Env(), errno, "futimens");
}

// holdLease(fd, on) → whether a read lease was granted: then nobody has the file open for writing or mapped writable,
// and who wants to must wait until the lease is gone. The kernel's notice is SIGURG, which does nothing; SIGIO would
// end the process.
Napi::Value holdLease(const Napi::CallbackInfo& info) {
  int fd = numberOf(info[0]);
  if (!info[1].ToBoolean().Value()) return Napi::Boolean::New(info.Env(), fcntl(fd, F_SETLEASE, F_UNLCK) == 0);
  if (fcntl(fd, F_SETSIG, SIGURG) != 0) return Napi::Boolean::New(info.Env(), false);
  return Napi::Boolean::New(info.Env(), fcntl(fd, F_SETLEASE, F_RDLCK) == 0);
}

// leaseHeld(fd): false as soon as somebody waits to write
Napi::Value leaseHeld(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), fcntl(numberOf(info[0]), F_GETLEASE) == F_RDLCK);
}

}  // namespace

void registerAttributes(Napi::Env env, Napi::Object exports) {
  exports.Set("listAttributes", Napi::Function::New(env, listAttributes, "listAttributes"));
  exports.Set("getAttribute", Napi::Function::New(env, getAttribute, "getAttribute"));
  exports.Set("setAttribute", Napi::Function::New(env, setAttribute, "setAttribute"));
  exports.Set("inodeFlags", Napi::Function::New(env, inodeFlags, "inodeFlags"));
  exports.Set("setTimes", Napi::Function::New(env, setTimes, "setTimes"));
  exports.Set("holdLease", Napi::Function::New(env, holdLease, "holdLease"));
  exports.Set("leaseHeld", Napi::Function::New(env, leaseHeld, "leaseHeld"));
}

}  // namespace safefs
