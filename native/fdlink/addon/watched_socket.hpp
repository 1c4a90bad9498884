// SPDX-License-Identifier: Apache-2.0
// A socket that Node's event loop watches. Owns the socket and its handle: both are given back together, once.
#pragma once
#include <napi.h>
#include <unistd.h>
#include <uv.h>

namespace fdlink {

class WatchedSocket {
 public:
  WatchedSocket() = default;
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  /** Takes the socket, also when it fails. Answers 0 or libuv's error. `owner` is what `ownerOf` answers until `close`. */
  int open(Napi::Env env, int socket, void* owner) {
    socket_ = socket;
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(env, &loop);
    handle_ = new uv_poll_t;
    handle_->data = owner;
    const int status = uv_poll_init(loop, handle_, socket_);
    if (status != 0) {
      delete handle_;
      handle_ = nullptr;
      ::close(socket_);
      socket_ = -1;
    }
    return status;
  }

  void watch(int events, uv_poll_cb callback) {
    if (handle_ != nullptr) uv_poll_start(handle_, events, callback);
  }

  /** False when it was closed before. */
  bool close() {
    if (handle_ == nullptr) return false;
    uv_poll_stop(handle_);
    handle_->data = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(handle_), [](uv_handle_t* closed) { delete reinterpret_cast<uv_poll_t*>(closed); });
    handle_ = nullptr;
    ::close(socket_);
    socket_ = -1;
    return true;
  }

  bool isOpen() const { return handle_ != nullptr; }
  int socket() const { return socket_; }

  /** Null once it was closed: the loop may still have an event in its hands. */
  template <typename Owner>
  static Owner* ownerOf(uv_poll_t* handle) {
    return static_cast<Owner*>(handle->data);
  }

 private:
  int socket_ = -1;
  uv_poll_t* handle_ = nullptr;
};

}  // namespace fdlink
