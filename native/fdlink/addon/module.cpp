// SPDX-License-Identifier: Apache-2.0
// Sockets that pass descriptors: connect, listen, accept. What is said over them is the caller's business.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "errors.hpp"
#include "link.hpp"
#include "listener.hpp"

namespace fdlink {

Napi::Error errorOf(Napi::Env env, const char* syscall, int number) {
  Napi::Error error = Napi::Error::New(env, std::string(syscall) + ": " + std::strerror(number));
  error.Set("code", Napi::String::New(env, uv_err_name(-number)));
  error.Set("syscall", Napi::String::New(env, syscall));
  return error;
}

Napi::Value peerOf(Napi::Env env, int socket) {
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) throw errorOf(env, "getsockopt", errno);
  std::vector<gid_t> groups(65536);
  socklen_t bytes = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes) != 0)
    throw errorOf(env, "getsockopt", errno);
  groups.resize(bytes / sizeof(gid_t));
  Napi::Object peer = Napi::Object::New(env);
  peer.Set("pid", Napi::Number::New(env, credentials.pid));
  peer.Set("uid", Napi::Number::New(env, credentials.uid));
  peer.Set("gid", Napi::Number::New(env, credentials.gid));
  Napi::Array list = Napi::Array::New(env, groups.size());
  for (uint32_t index = 0; index < groups.size(); index++) list.Set(index, Napi::Number::New(env, groups[index]));
  peer.Set("groups", list);
  return peer;
}

namespace {
sockaddr_un addressOf(Napi::Env env, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw errorOf(env, "socket path", ENAMETOOLONG);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

int openSocket(Napi::Env env, const std::string& kind) {
  const int type = kind == "seqpacket" ? SOCK_SEQPACKET : SOCK_STREAM;
  const int socket = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) throw errorOf(env, "socket", errno);
  return socket;
}

/** connect(path, kind): descriptor */
Napi::Value connectTo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const sockaddr_un address = addressOf(env, info[0].As<Napi::String>().Utf8Value());
  const int socket = openSocket(env, info[1].As<Napi::String>().Utf8Value());
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int number = errno;
    ::close(socket);
    throw errorOf(env, "connect", number);
  }
  return Napi::Number::New(env, socket);
}

/** listen(path, kind, mode): descriptor. A stale file of the name is the caller's to remove. */
Napi::Value listenOn(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const sockaddr_un address = addressOf(env, path);
  const int socket = openSocket(env, info[1].As<Napi::String>().Utf8Value());
  const mode_t mode = info[2].As<Napi::Number>().Uint32Value();
  const mode_t before = umask(0177);
  const bool bound = bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int bindError = errno;
  umask(before);
  if (!bound || chmod(path.c_str(), mode) != 0 || ::listen(socket, 128) != 0) {
    const int number = bound ? errno : bindError;
    ::close(socket);
    throw errorOf(env, "listen", number);
  }
  return Napi::Number::New(env, socket);
}

/** pair(): two descriptors. The first is for a Link; the second waits when it is read and written, and is for another
 * process. */
Napi::Value makePair(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) throw errorOf(env, "socketpair", errno);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  Napi::Array pair = Napi::Array::New(env, 2);
  for (uint32_t index = 0; index < 2; index++) pair.Set(index, ends[index]);
  return pair;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("Link", Link::define(env));
  exports.Set("Listener", Listener::define(env));
  exports.Set("connect", Napi::Function::New(env, connectTo));
  exports.Set("listen", Napi::Function::New(env, listenOn));
  exports.Set("pair", Napi::Function::New(env, makePair));
  return exports;
}
}  // namespace
}  // namespace fdlink

static Napi::Object init(Napi::Env env, Napi::Object exports) { return fdlink::initialise(env, exports); }
NODE_API_MODULE(fdlink, init)
