// SPDX-License-Identifier: Apache-2.0
// A listening Unix socket on Node's event loop. Owns the socket; an accepted descriptor belongs to whom it is given.
#pragma once
#include <napi.h>

#include "watched_socket.hpp"

namespace fdlink {

class Listener : public Napi::ObjectWrap<Listener> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Listener(const Napi::CallbackInfo& info);

 private:
  void close(const Napi::CallbackInfo& info);
  static void onPoll(uv_poll_t* handle, int status, int events);
  void acceptable();
  void finish();

  WatchedSocket socket_;
  Napi::FunctionReference onConnection_;
};

}  // namespace fdlink
