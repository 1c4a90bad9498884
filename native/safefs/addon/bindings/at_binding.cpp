// SPDX-License-Identifier: Apache-2.0
// The operations relative to a directory descriptor that actions are made of. Each is one system call on the calling
// thread. No name leads into a user's file system in user space (guarded.hpp). Descriptors given in stay the caller's;
// descriptors given out become the caller's.
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bindings.hpp"
#include "guarded.hpp"
#include "identity.hpp"
#include "paths.hpp"
#include "values.hpp"

namespace safefs {
namespace {

void check(Napi::Env env, int result, const char* call) {
  if (result != 0) throwSystemError(env, errno, call);
}

// openAt(directoryFd | -1, path, flags, mode, noSymlinks) → fd
Napi::Value openAt(const Napi::CallbackInfo& info) {
  int directoryFd = numberOf(info[0]);
  uint64_t flags = static_cast<uint64_t>(numberOf(info[2])) | O_CLOEXEC;
  // openat2 refuses a mode where nothing is made; O_TMPFILE is more than one bit.
  bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  bool noSymlinks = info[4].ToBoolean();
  int directory = directoryFd < 0 ? AT_FDCWD : directoryFd;
  // What is made has a name in a directory that was opened by the guarded way before, and nothing is mounted where
  // nothing is.
  UniqueFd fd =
      makes ? openPath(directory, bytesOf(info[1]), flags, unsignedOf(info[3]), noSymlinks ? RESOLVE_NO_SYMLINKS : 0)
            : openGuarded(directory, bytesOf(info[1]), flags, noSymlinks);
  if (!fd.valid()) throwSystemError(info.Env(), errno, "openat2");
  return Napi::Number::New(info.Env(), fd.release());
}

// identityAt(directoryFd, name) → {records, blob}; name "" = the descriptor itself
Napi::Value identityAt(const Napi::CallbackInfo& info) {
  int fd = numberOf(info[0]);
  std::string name = bytesOf(info[1]);
  Batch batch;
  Record record;
  UniqueFd named;
  if (!name.empty()) {
    named = namePath(fd, name, false, true);
    if (!named.valid()) throwSystemError(info.Env(), errno, "openat2");
    fd = named.get();
  }
  int error = statInto(fd, "", AT_EMPTY_PATH, record);
  if (error != 0) throwSystemError(info.Env(), error, "statx");
  handleInto(fd, "", record, batch);
  if (name.empty()) fileSystemInto(fd, record);
  batch.records.push_back(record);
  return batchValue(info.Env(), batch);
}

// renameAt(fromFd, fromName, toFd, toName, exchange): never replaces what is there.
void renameAt(const Napi::CallbackInfo& info) {
  unsigned flags = info[4].ToBoolean() ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  std::string from = bytesOf(info[1]), to = bytesOf(info[3]);
  check(info.Env(), renameat2(numberOf(info[0]), from.c_str(), numberOf(info[2]), to.c_str(), flags), "renameat2");
}

// linkDescriptor(fd, directoryFd, name): gives the very file behind the descriptor a name.
void linkDescriptor(const Napi::CallbackInfo& info) {
  std::string name = bytesOf(info[2]);
  int fd = numberOf(info[0]), directoryFd = numberOf(info[1]);
  int result = linkat(fd, "", directoryFd, name.c_str(), AT_EMPTY_PATH);
  // Without CAP_DAC_READ_SEARCH (a container) older kernels say ENOENT; the descriptor's own link in /proc needs no
  // right.
  if (result != 0 && (errno == ENOENT || errno == EPERM)) {
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    result = linkat(AT_FDCWD, link, directoryFd, name.c_str(), AT_SYMLINK_FOLLOW);
  }
  check(info.Env(), result, "linkat");
}

void unlinkAt(const Napi::CallbackInfo& info) {
  std::string name = bytesOf(info[1]);
  check(info.Env(), unlinkat(numberOf(info[0]), name.c_str(), info[2].ToBoolean() ? AT_REMOVEDIR : 0), "unlinkat");
}

void makeDirectoryAt(const Napi::CallbackInfo& info) {
  std::string name = bytesOf(info[1]);
  check(info.Env(), mkdirat(numberOf(info[0]), name.c_str(), static_cast<mode_t>(unsignedOf(info[2]))), "mkdirat");
}

// openByHandle(mountFd, type, handle, flags) → fd: finds a file again wherever it was moved to.
Napi::Value openByHandle(const Napi::CallbackInfo& info) {
  auto bytes = info[2].As<Napi::Buffer<char>>();
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
  } buffer = {};
  if (bytes.Length() > MAX_HANDLE_SZ) throwInvalid(info.Env(), "a file handle is too long");
  buffer.handle.handle_bytes = static_cast<unsigned>(bytes.Length());
  buffer.handle.handle_type = numberOf(info[1]);
  std::memcpy(buffer.room + sizeof(struct file_handle), bytes.Data(), bytes.Length());
  int fd = open_by_handle_at(numberOf(info[0]), &buffer.handle, numberOf(info[3]) | O_CLOEXEC);
  if (fd < 0) throwSystemError(info.Env(), errno, "open_by_handle_at");
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void registerAt(Napi::Env env, Napi::Object exports) {
  exports.Set("openAt", Napi::Function::New(env, openAt, "openAt"));
  exports.Set("identityAt", Napi::Function::New(env, identityAt, "identityAt"));
  exports.Set("renameAt", Napi::Function::New(env, renameAt, "renameAt"));
  exports.Set("linkDescriptor", Napi::Function::New(env, linkDescriptor, "linkDescriptor"));
  exports.Set("unlinkAt", Napi::Function::New(env, unlinkAt, "unlinkAt"));
  exports.Set("makeDirectoryAt", Napi::Function::New(env, makeDirectoryAt, "makeDirectoryAt"));
  exports.Set("openByHandle", Napi::Function::New(env, openByHandle, "openByHandle"));
}

}  // namespace safefs
