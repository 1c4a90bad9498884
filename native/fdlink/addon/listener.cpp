// SPDX-License-Identifier: Apache-2.0
#include "listener.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "errors.hpp"

namespace fdlink {

Napi::Function Listener::define(Napi::Env env) {
  return DefineClass(env, "Listener", {InstanceMethod("close", &Listener::close)});
}

Listener::Listener(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Listener>(info) {
  socket_ = info[0].As<Napi::Number>().Int32Value();
  onConnection_ = Napi::Persistent(info[1].As<Napi::Function>());
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(info.Env(), &loop);
  handle_ = new uv_poll_t;
  handle_->data = this;
  uv_poll_init(loop, handle_, socket_);
  uv_poll_start(handle_, UV_READABLE, &Listener::onPoll);
  Ref();
}

void Listener::onPoll(uv_poll_t* handle, int, int) {
  auto* self = static_cast<Listener*>(handle->data);
  if (self != nullptr) self->acceptable();
}

void Listener::acceptable() {
  Napi::Env env = Env();
  Napi::HandleScope scope(env);
  while (handle_ != nullptr) {
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0 && errno == EINTR) continue;
    if (connection < 0) return;
    onConnection_.MakeCallback(Value(), {Napi::Number::New(env, connection)});
    if (env.IsExceptionPending()) return;
  }
}

void Listener::close(const Napi::CallbackInfo&) { finish(); }

void Listener::finish() {
  if (handle_ == nullptr) return;
  uv_poll_t* handle = handle_;
  handle_ = nullptr;
  uv_poll_stop(handle);
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) { delete reinterpret_cast<uv_poll_t*>(closed); });
  ::close(socket_);
  socket_ = -1;
  Unref();
}

}  // namespace fdlink
