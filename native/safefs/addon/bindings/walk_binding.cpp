// SPDX-License-Identifier: Apache-2.0
// The walk as a JavaScript object: next() fills one batch on a worker thread. One batch at a time – the caller's pull
// is the back-pressure. The walk is shared with the worker, so an object that is collected early leaves nothing
// dangling.
#include <memory>

#include "bindings.hpp"
#include "tree_walk.hpp"
#include "values.hpp"

namespace safefs {
namespace {

class FillWorker : public Napi::AsyncWorker {
 public:
  FillWorker(Napi::Env env, std::shared_ptr<TreeWalk> walk, std::shared_ptr<bool> busy)
      : Napi::AsyncWorker(env),
        walk_(std::move(walk)),
        busy_(std::move(busy)),
        deferred_(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise promise() { return deferred_.Promise(); }

 protected:
  void Execute() override { more_ = walk_->fill(batch_); }
  void OnOK() override {
    *busy_ = false;
    if (more_) deferred_.Resolve(batchValue(Env(), batch_));
    else deferred_.Resolve(Env().Null());
  }
  void OnError(const Napi::Error& error) override {
    *busy_ = false;
    deferred_.Reject(error.Value());
  }

 private:
  std::shared_ptr<TreeWalk> walk_;
  std::shared_ptr<bool> busy_;
  Napi::Promise::Deferred deferred_;
  Batch batch_;
  bool more_ = false;
};

class Walk : public Napi::ObjectWrap<Walk> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Walk", {InstanceMethod("next", &Walk::next), InstanceMethod("close", &Walk::close)});
  }

  explicit Walk(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Walk>(info), busy_(std::make_shared<bool>(false)) {
    Napi::Object given = info[0].As<Napi::Object>();
    WalkOptions options;
    options.root = bytesOf(given.Get("root"));
    Napi::Value cursor = given.Get("cursor");
    options.hasCursor = !cursor.IsNull();
    if (options.hasCursor) options.cursor = bytesOf(cursor);
    options.prune = byteListOf(given.Get("prune"));
    options.crossTypes = byteListOf(given.Get("crossFileSystemTypes"));
    Napi::Array mounts = given.Get("crossMountIds").As<Napi::Array>();
    for (uint32_t index = 0; index < mounts.Length(); index++)
      options.crossMounts.push_back(unsignedOf(mounts.Get(index)));
    options.subdirectories = given.Get("subdirectories").ToBoolean();
    options.directoryNameBytesMax = unsignedOf(given.Get("directoryNameBytesMax"));
    options.nameBytesMax = unsignedOf(given.Get("nameBytesMax"));
    walk_ = std::make_shared<TreeWalk>(std::move(options));
  }

 private:
  Napi::Value next(const Napi::CallbackInfo& info) {
    if (*busy_) throwInvalid(info.Env(), "the last batch of the walk is not finished yet");
    if (!walk_) {
      Napi::Promise::Deferred ended = Napi::Promise::Deferred::New(info.Env());
      ended.Resolve(info.Env().Null());
      return ended.Promise();
    }
    *busy_ = true;
    auto* worker = new FillWorker(info.Env(), walk_, busy_);
    Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
  }

  // The descriptors go now, or when the batch under way has ended.
  void close(const Napi::CallbackInfo&) {
    if (walk_) walk_->cancel();
    walk_.reset();
  }

  std::shared_ptr<TreeWalk> walk_;
  std::shared_ptr<bool> busy_;
};

}  // namespace

void registerWalk(Napi::Env env, Napi::Object exports) { exports.Set("Walk", Walk::define(env)); }

}  // namespace safefs
