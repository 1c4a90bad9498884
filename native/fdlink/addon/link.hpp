// SPDX-License-Identifier: Apache-2.0
// One connected Unix socket that passes descriptors, on the event loop of Node.
// Owns: the socket, and every descriptor that arrived until JavaScript has been given it.
// Must not own: descriptors that are sent (the caller keeps them open until `send` has said that they went).
#pragma once
#include <napi.h>

#include <cstdint>
#include <vector>

#include "watched_socket.hpp"

namespace fdlink {

class Link : public Napi::ObjectWrap<Link> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Link(const Napi::CallbackInfo& info);

 private:
  /** send(bytes: Buffer, descriptors: number[]): number of bytes that went, or -1 when there is no room now. */
  Napi::Value send(const Napi::CallbackInfo& info);
  /** wantWrite(): onWritable is called once when there is room again. */
  void wantWrite(const Napi::CallbackInfo& info);
  /** pause()/resume(): stops and starts reading. */
  void setReading(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  Napi::Value peer(const Napi::CallbackInfo& info);

  void poll();
  void endOrHalf();
  void readable();
  void writable();
  void finish();
  void release();
  static void onPoll(uv_poll_t* handle, int status, int events);

  WatchedSocket socket_;
  bool reading_ = true;
  bool writing_ = false;
  bool half_ = false;  // the other side sends no more
  std::vector<uint8_t> buffer_;
  Napi::FunctionReference onMessage_;
  Napi::FunctionReference onWritable_;
  Napi::FunctionReference onEnd_;
  Napi::FunctionReference onHalfEnd_;  // empty: half an end is one
};

}  // namespace fdlink
