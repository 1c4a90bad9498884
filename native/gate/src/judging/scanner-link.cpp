// SPDX-License-Identifier: Apache-2.0
#include "judging/scanner-link.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "shared/clock.h"
#include "shared/urgent.h"

namespace lazaret::gate {

// The bytes of native/scanner/PROTOCOL.md, written down a second time on purpose: that program is GPL-2.0, this one is
// not.
struct __attribute__((packed)) RequestHeader {
  uint32_t magic;
  uint8_t kind;
  uint8_t priority;
  uint16_t profile;
  uint64_t id;
  uint32_t deadlineMs;
  uint32_t flags;
};
static_assert(sizeof(RequestHeader) == 24);
struct __attribute__((packed)) AnswerHeader {
  uint32_t magic;
  uint8_t kind;
  uint8_t reserved[3];
  uint64_t id;
};
static_assert(sizeof(AnswerHeader) == 16);

static constexpr uint32_t requestMagic = 0x31525a4c, answerMagic = 0x31415a4c;
static constexpr uint8_t kindProfile = 2, kindScan = 3, kindPing = 7;
static constexpr uint8_t kindCancel = 4;
static constexpr uint32_t flagNameListed = 1, flagIfWaiting = 1;
static constexpr uint64_t pingAfterMs = 1'000, deadAfterMs = 3'000, answeringMs = 1'500;
static constexpr auto connectPause = std::chrono::milliseconds(20);

ScannerLink::ScannerLink(std::string socketPath, ScannerHandlers handlers)
    : socketPath_(std::move(socketPath)), handlers_(std::move(handlers)) {}

bool ScannerLink::connectOnce() {
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!socket || socketPath_.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socketPath_.c_str(), socketPath_.size() + 1);
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
  ucred peer{};
  socklen_t bytes = sizeof peer;
  getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes);
  const std::lock_guard lock(mutex_);
  socket_ = std::move(socket);
  peer_.store(peer.pid);
  heardAtMs_.store(monotonicMs());
  askedAtMs_.store(0);
  return profile_.empty() || sendProfile();
}

void ScannerLink::run() {
  runUrgently();
  for (;;) {
    if (!connectOnce()) {
      std::this_thread::sleep_for(connectPause);
      continue;
    }
    up_.store(true);
    handlers_.up();
    receive();
    up_.store(false);
    const std::lock_guard lock(mutex_);
    socket_.reset();
  }
}

void ScannerLink::receive() {
  static thread_local char buffer[65'536];
  for (;;) {
    pollfd ready{socket_.get(), POLLIN, 0};
    if (poll(&ready, 1, -1) < 0 && errno != EINTR) return;
    const ssize_t got = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return;
    AnswerHeader header;
    if (static_cast<size_t>(got) < sizeof header) return;
    std::memcpy(&header, buffer, sizeof header);
    if (header.magic != answerMagic) return;
    heardAtMs_.store(monotonicMs());
    askedAtMs_.store(0);
    handlers_.answer(static_cast<AnswerKind>(header.kind), header.id,
                     {buffer + sizeof header, static_cast<size_t>(got) - sizeof header});
  }
}

SendResult ScannerLink::send(const void* header, size_t headerBytes, std::string_view payload, int fd) {
  if (!socket_) return SendResult::down;
  iovec parts[2] = {{const_cast<void*>(header), headerBytes}, {const_cast<char*>(payload.data()), payload.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = payload.empty() ? 1 : 2;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(part), &fd, sizeof fd);
  }
  for (;;) {
    if (sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return SendResult::sent;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS ? SendResult::full : SendResult::down;
  }
}

bool ScannerLink::sendProfile() {
  const RequestHeader header{requestMagic, kindProfile, 0, profileNumber_, 0, 0, 0};
  return send(&header, sizeof header, profile_, -1) == SendResult::sent;
}

void ScannerLink::setProfile(std::string profile) {
  const std::lock_guard lock(mutex_);
  if (profile == profile_) return;
  profile_ = std::move(profile);
  profileNumber_ = (profileNumber_ + 1) % 16;
  if (socket_) sendProfile();
}

SendResult ScannerLink::scan(int fd, uint64_t id, uint8_t scanClass, uint64_t owner, bool nameListed) {
  const std::lock_guard lock(mutex_);
  const RequestHeader header{requestMagic, kindScan, scanClass, profileNumber_, id, 0, nameListed ? flagNameListed : 0};
  return send(&header, sizeof header, {reinterpret_cast<const char*>(&owner), sizeof owner}, fd);
}

void ScannerLink::cancel(uint64_t id, bool ifWaiting) {
  const std::lock_guard lock(mutex_);
  const RequestHeader header{requestMagic, kindCancel, 0, 0, id, 0, ifWaiting ? flagIfWaiting : 0};
  send(&header, sizeof header, {}, -1);
}

bool ScannerLink::isAnswering() const { return up_.load() && monotonicMs() < heardAtMs_.load() + answeringMs; }

void ScannerLink::watch(bool answersDue) {
  const uint64_t now = monotonicMs(), asked = askedAtMs_.load();
  if (!up_.load() || !answersDue) return;
  if (asked == 0) {
    if (now < heardAtMs_.load() + pingAfterMs) return;
    const std::lock_guard lock(mutex_);
    const RequestHeader header{requestMagic, kindPing, 0, 0, 0, 0, 0};
    send(&header, sizeof header, {}, -1);
    askedAtMs_.store(now);
  } else if (now > asked + deadAfterMs && peer_.load() > 1) kill(peer_.load(), SIGKILL);  // its parent starts the next
}

}  // namespace lazaret::gate
