// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "errors.hpp"
#include "message.hpp"

namespace fdlink {

namespace {
constexpr size_t kMessageBytesMax = 256 * 1024;
constexpr int kMessagesPerTurn = 128;  // then the loop may do something else

std::vector<int> numbersOf(const Napi::Array& list) {
  const uint32_t count = std::min<uint32_t>(list.Length(), kSentDescriptorsMax);
  std::vector<int> numbers(count);
  for (uint32_t index = 0; index < count; index++) numbers[index] = list.Get(index).As<Napi::Number>().Int32Value();
  return numbers;
}
}  // namespace

Napi::Function Link::define(Napi::Env env) {
  return DefineClass(env, "Link",
                     {InstanceMethod("send", &Link::send), InstanceMethod("wantWrite", &Link::wantWrite),
                      InstanceMethod("setReading", &Link::setReading), InstanceMethod("close", &Link::close),
                      InstanceMethod("peer", &Link::peer)});
}

Link::Link(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Link>(info), buffer_(kMessageBytesMax) {
  Napi::Env env = info.Env();
  onMessage_ = Napi::Persistent(info[1].As<Napi::Function>());
  onWritable_ = Napi::Persistent(info[2].As<Napi::Function>());
  onEnd_ = Napi::Persistent(info[3].As<Napi::Function>());
  if (info[4].IsFunction()) onHalfEnd_ = Napi::Persistent(info[4].As<Napi::Function>());
  const int status = socket_.open(env, info[0].As<Napi::Number>().Int32Value(), this);
  if (status != 0) throw errorOf(env, "poll", -status);
  Ref();  // the loop holds it until it is closed
  poll();
}

void Link::poll() {
  // Half an end would be told without end; the kernel tells a whole one beside whatever is asked for, so something must
  // be.
  const int reads = half_ ? UV_PRIORITIZED : reading_ ? UV_READABLE | UV_DISCONNECT : 0;
  socket_.watch(reads | (writing_ ? UV_WRITABLE : 0), &Link::onPoll);
}

void Link::onPoll(uv_poll_t* handle, int status, int events) {
  auto* self = WatchedSocket::ownerOf<Link>(handle);
  if (self == nullptr) return;
  Napi::HandleScope scope(self->Env());
  if (status < 0 || (self->half_ && (events & UV_PRIORITIZED) != 0)) return self->finish();
  if ((events & UV_WRITABLE) != 0) self->writable();
  if (self->socket_.isOpen() && self->reading_ && !self->half_ && (events & (UV_READABLE | UV_DISCONNECT)) != 0)
    self->readable();
}

void Link::readable() {
  Napi::Env env = Env();
  for (int turn = 0; turn < kMessagesPerTurn && socket_.isOpen() && reading_ && !half_; turn++) {
    const Received message = receiveMessage(socket_.socket(), buffer_.data(), buffer_.size());
    if (message.outcome == Outcome::nothing) return;
    if (message.outcome == Outcome::ended) return endOrHalf();
    const std::vector<int>& descriptors = message.descriptors;
    Napi::HandleScope scope(env);
    Napi::Array list = Napi::Array::New(env, descriptors.size());
    for (uint32_t index = 0; index < descriptors.size(); index++) list.Set(index, descriptors[index]);
    Napi::Buffer<uint8_t> bytes = Napi::Buffer<uint8_t>::Copy(env, buffer_.data(), message.bytes);
    onMessage_.MakeCallback(Value(), {bytes, list});
    if (env.IsExceptionPending()) return;
  }
}

void Link::endOrHalf() {
  pollfd whole{socket_.socket(), 0, 0};
  if (onHalfEnd_.IsEmpty() || ::poll(&whole, 1, 0) != 0) return finish();
  half_ = true;
  poll();
  onHalfEnd_.MakeCallback(Value(), {});
}

void Link::writable() {
  writing_ = false;
  poll();
  onWritable_.MakeCallback(Value(), {});
}

Napi::Value Link::send(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!socket_.isOpen()) throw errorOf(env, "send", EPIPE);
  auto bytes = info[0].As<Napi::Buffer<uint8_t>>();
  const std::vector<int> descriptors = numbersOf(info[1].As<Napi::Array>());
  const ssize_t count = sendMessage(socket_.socket(), bytes.Data(), bytes.Length(), descriptors);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) return Napi::Number::New(env, -1);
  if (count < 0) throw errorOf(env, "send", errno);
  return Napi::Number::New(env, static_cast<double>(count));
}

void Link::wantWrite(const Napi::CallbackInfo&) {
  writing_ = true;
  poll();
}

void Link::setReading(const Napi::CallbackInfo& info) {
  reading_ = info[0].As<Napi::Boolean>().Value();
  poll();
}

Napi::Value Link::peer(const Napi::CallbackInfo& info) { return peerOf(info.Env(), socket_.socket()); }

void Link::close(const Napi::CallbackInfo&) { finish(); }

void Link::finish() {
  if (!socket_.close()) return;
  onEnd_.MakeCallback(Value(), {});
  release();
  Unref();
}

// The functions know whoever made this link, and those know the link: while it held them, neither could ever be
// collected.
void Link::release() {
  onMessage_.Reset();
  onWritable_.Reset();
  onEnd_.Reset();
  onHalfEnd_.Reset();
  std::vector<uint8_t>().swap(buffer_);
}

}  // namespace fdlink
