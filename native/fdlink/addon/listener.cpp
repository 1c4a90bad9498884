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
  onConnection_ = Napi::Persistent(info[1].As<Napi::Function>());
  const int status = socket_.open(info.Env(), info[0].As<Napi::Number>().Int32Value(), this);
  if (status != 0) throw errorOf(info.Env(), "poll", -status);
  socket_.watch(UV_READABLE, &Listener::onPoll);
  Ref();
}

void Listener::onPoll(uv_poll_t* handle, int, int) {
  auto* self = WatchedSocket::ownerOf<Listener>(handle);
  if (self != nullptr) self->acceptable();
}

void Listener::acceptable() {
  Napi::Env env = Env();
  Napi::HandleScope scope(env);
  while (socket_.isOpen()) {
    const int connection = accept4(socket_.socket(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0 && errno == EINTR) continue;
    if (connection < 0) return;
    onConnection_.MakeCallback(Value(), {Napi::Number::New(env, connection)});
    if (env.IsExceptionPending()) return;
  }
}

void Listener::close(const Napi::CallbackInfo&) { finish(); }

void Listener::finish() {
  if (!socket_.close()) return;
  onConnection_.Reset();  // it knows whoever made this listener: neither could be collected
  Unref();
}

}  // namespace fdlink
