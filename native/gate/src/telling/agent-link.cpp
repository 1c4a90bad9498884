// SPDX-License-Identifier: Apache-2.0
#include "telling/agent-link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lazaret::gate {

using nlohmann::json;

static constexpr size_t packetBytesMax = 65'536;
static constexpr size_t configurationBytesMax = 64 << 20;

AgentLink::AgentLink(std::string socketPath, int wake, Outbox& outbox, AgentHandlers handlers)
    : socketPath_(std::move(socketPath)), wake_(wake), outbox_(outbox), handlers_(std::move(handlers)) {}

bool AgentLink::listen() {
  listener_ = Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socketPath_.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socketPath_.c_str(), socketPath_.size() + 1);
  unlink(socketPath_.c_str());
  const mode_t before = umask(0177);
  const bool bound = bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  umask(before);
  return bound && ::listen(listener_.get(), 4) == 0;
}

void AgentLink::accept() {
  Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (!socket || getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 || peer.uid != geteuid()) return;
  agent_ = std::move(socket);
  waitsForSpace_ = false;
  reply(handlers_.hello());
  handlers_.connected();
}

void AgentLink::run() {
  if (!listen()) return;
  for (;;) {
    pollfd ready[3] = {{listener_.get(), POLLIN, 0},
                       {agent_.get(), static_cast<short>(POLLIN | (waitsForSpace_ ? POLLOUT : 0)), 0},
                       {wake_, POLLIN, 0}};
    if (poll(ready, 3, -1) < 0) continue;
    if (ready[2].revents) {
      uint64_t count;
      [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof count);
    }
    if (ready[1].revents & (POLLIN | POLLHUP | POLLERR)) receive();
    if (ready[0].revents & POLLIN) accept();
    flush();
  }
}

void AgentLink::receive() {
  static thread_local char buffer[packetBytesMax];
  iovec part{buffer, sizeof buffer};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 4)];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = recvmsg(agent_.get(), &message, MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  Descriptor file;
  for (cmsghdr* header = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr; header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type != SCM_RIGHTS) continue;
    for (size_t index = 0; index < (header->cmsg_len - CMSG_LEN(0)) / sizeof(int); index++) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + index * sizeof fd, sizeof fd);
      file = Descriptor(fd);
    }
  }
  if (got <= 0) return agent_.reset();
  const json parsed = json::parse(std::string_view(buffer, static_cast<size_t>(got)), nullptr, false);
  if (parsed.is_object() && parsed.contains("type") && parsed["type"].is_string()) handle(parsed, std::move(file));
}

static std::string readAll(int fd) {
  std::string text;
  char buffer[65'536];
  for (ssize_t got; text.size() < configurationBytesMax &&
                    (got = pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0;)
    text.append(buffer, static_cast<size_t>(got));
  return text;
}

void AgentLink::handle(const json& message, Descriptor file) {
  const std::string type = message["type"];
  if (type == "configure" && file) reply(handlers_.configure(readAll(file.get())));
  if (type == "deny" && file) handlers_.deny(std::move(file));
  if (type == "stats") reply(handlers_.stats());
  if (type == "done") done(message);
}

void AgentLink::done(const json& message) {
  std::vector<uint64_t> numbers;
  const json list = message.value("numbers", json::array());
  for (const json& each : list)
    if (each.is_number_unsigned()) numbers.push_back(each);
  handlers_.done(numbers);
}

/** Answers go before what waits in the outbox; they are few and small. */
void AgentLink::reply(const json& message) {
  bool full = false;
  if (agent_) send({message.dump(-1, ' ', false, json::error_handler_t::replace), Descriptor(), 0}, full);
}

bool AgentLink::send(const Message& message, bool& full) {
  iovec part{const_cast<char*>(message.text.data()), message.text.size()};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  if (message.file) {
    packet.msg_control = control;
    packet.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&packet);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = message.file.get();
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  if (sendmsg(agent_.get(), &packet, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return true;
  full = errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS;
  return false;
}

void AgentLink::flush() {
  waitsForSpace_ = false;
  while (agent_) {
    std::optional<Message> message = outbox_.take();
    if (!message) return;
    bool full = false;
    if (send(*message, full)) {
      if (message->number != 0) outbox_.keep(std::move(*message));
      continue;
    }
    // Too long for a packet: nothing would ever take it.
    if (!full && errno == EMSGSIZE) {
      if (message->number != 0) handlers_.done({message->number});
      continue;
    }
    outbox_.putBack(std::move(*message));
    if (full) waitsForSpace_ = true;
    else agent_.reset();
    return;
  }
}

}  // namespace lazaret::gate
