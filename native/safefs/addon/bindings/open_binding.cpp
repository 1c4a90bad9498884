// SPDX-License-Identifier: Apache-2.0
// Opening for a scan: regular files only, never through a magic link, many in one go on a worker thread. A file is
// first named with O_PATH and looked at, then opened: no device is ever opened and no FIFO's writer is woken. The
// descriptors belong to the caller from the moment they are in the answer.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string>

#include "bindings.hpp"
#include "caller.hpp"
#include "guarded.hpp"
#include "identity.hpp"
#include "paths.hpp"
#include "values.hpp"

namespace safefs {
namespace {

constexpr int kReadFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

struct OpenRequest {
  int directoryFd = AT_FDCWD;
  std::string path;
};

struct OpenOptions {
  bool followLast = false;
  bool noSymlinks = false;
  bool refuseProcess = false;  // /proc answers by the asking process, which is us: never on behalf of another user
};

bool onProcessFileSystem(int fd) {
  struct statfs st;
  return fstatfs(fd, &st) != 0 || st.f_type == PROC_SUPER_MAGIC;
}

Record openOne(const OpenRequest& request, const OpenOptions& options, Batch& batch) {
  Record record;
  UniqueFd named = namePath(request.directoryFd, request.path, options.followLast, options.noSymlinks);
  if (!named.valid()) {
    record.error = errno;
    return record;
  }
  record.error = statInto(named.get(), "", AT_EMPTY_PATH, record);
  if (record.error == 0 && options.refuseProcess && onProcessFileSystem(named.get())) record.error = EACCES;
  if (record.error != 0 || record.type != static_cast<uint32_t>(EntryType::regular)) return record;
  UniqueFd fd = reopenForReading(named.get(), kReadFlags);
  if (!fd.valid()) {
    record.error = errno;
    return record;
  }
  handleInto(fd.get(), "", record, batch);
  fileSystemInto(fd.get(), record);
  record.fd = fd.release();
  return record;
}

class OpenWorker : public Napi::AsyncWorker {
 public:
  OpenWorker(Napi::Env env, std::vector<OpenRequest> requests, OpenOptions options, Caller caller)
      : Napi::AsyncWorker(env),
        requests_(std::move(requests)),
        options_(options),
        caller_(std::move(caller)),
        deferred_(Napi::Promise::Deferred::New(env)) {}
  // An environment that ends before the answer could be handed over must not leak descriptors.
  ~OpenWorker() override {
    if (handedOver_) return;
    for (const Record& record : batch_.records) UniqueFd(record.fd).reset(-1);
  }
  Napi::Promise promise() { return deferred_.Promise(); }

 protected:
  void Execute() override {
    AsCaller rights(caller_);
    if (rights.error() != 0) return SetError("the rights of the caller could not be taken over");
    for (const OpenRequest& request : requests_) batch_.records.push_back(openOne(request, options_, batch_));
  }
  void OnOK() override {
    Napi::Object value = batchValue(Env(), batch_);
    handedOver_ = true;
    deferred_.Resolve(value);
  }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  std::vector<OpenRequest> requests_;
  OpenOptions options_;
  Caller caller_;
  Napi::Promise::Deferred deferred_;
  Batch batch_;
  bool handedOver_ = false;
};

Caller callerOf(const Napi::Value& value) {
  Caller caller;
  if (value.IsNull() || value.IsUndefined()) return caller;
  Napi::Object given = value.As<Napi::Object>();
  caller.set = true;
  caller.uid = static_cast<uid_t>(unsignedOf(given.Get("uid")));
  caller.gid = static_cast<gid_t>(unsignedOf(given.Get("gid")));
  Napi::Array groups = given.Get("groups").As<Napi::Array>();
  for (uint32_t index = 0; index < groups.Length(); index++)
    caller.groups.push_back(static_cast<gid_t>(unsignedOf(groups.Get(index))));
  return caller;
}

// openMany([directoryFd, path, …], followLast, noSymlinks, caller|null) → Promise<{records, blob}>
Napi::Value openMany(const Napi::CallbackInfo& info) {
  Napi::Array flat = info[0].As<Napi::Array>();
  std::vector<OpenRequest> requests;
  for (uint32_t index = 0; index + 1 < flat.Length(); index += 2) {
    OpenRequest request;
    int directoryFd = numberOf(flat.Get(index));
    request.directoryFd = directoryFd < 0 ? AT_FDCWD : directoryFd;
    request.path = bytesOf(flat.Get(index + 1));
    requests.push_back(std::move(request));
  }
  Caller caller = callerOf(info[3]);
  OpenOptions options{info[1].ToBoolean(), info[2].ToBoolean(), caller.set};
  auto* worker = new OpenWorker(info.Env(), std::move(requests), options, std::move(caller));
  Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

// placeOf(path, followLast) → {records, blob}: one record, with where the path leads. Opens nothing, and waits for no
// user's program.
Napi::Value placeOf(const Napi::CallbackInfo& info) {
  Batch batch;
  Record record;
  UniqueFd named = namePath(AT_FDCWD, bytesOf(info[0]), info[1].ToBoolean(), false);
  record.error = named.valid() ? statInto(named.get(), "", AT_EMPTY_PATH, record) : errno;
  char path[PATH_MAX];
  const ssize_t bytes =
      record.error == 0 ? readlink(("/proc/self/fd/" + std::to_string(named.get())).c_str(), path, sizeof path) : 0;
  if (bytes < 0) record.error = errno;
  if (bytes > 0) {
    record.pathOffset = batch.append(path, static_cast<size_t>(bytes));
    record.pathLength = static_cast<uint32_t>(bytes);
  }
  batch.records.push_back(record);
  return batchValue(info.Env(), batch);
}

}  // namespace

void registerOpen(Napi::Env env, Napi::Object exports) {
  exports.Set("openMany", Napi::Function::New(env, openMany, "openMany"));
  exports.Set("placeOf", Napi::Function::New(env, placeOf, "placeOf"));
}

}  // namespace safefs
