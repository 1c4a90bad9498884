// SPDX-License-Identifier: Apache-2.0
#include "relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "shared/descriptor.h"
#include "vet.h"

namespace lazaret::door {

namespace {

constexpr size_t bytesMax = 64 * 1024;
constexpr size_t descriptorsMax = 16;  // of one message; the kernel drops what is beyond
constexpr size_t refusedMax = 64;      // are kept, because to close them may last: first the client gets its answer

/** One direction: what was read and not yet written. */
class Flow {
 public:
  Flow(int from, int to) : from_(from), to_(to) {}

  bool isEmpty() const { return begin_ == end_; }
  std::vector<Descriptor>& descriptors() { return descriptors_; }

  /** False: the other side has ended it. Nothing is held then. */
  bool fill() {
    iovec part{buffer_.data(), buffer_.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(descriptorsMax * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = recvmsg(from_, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) take(*head);
    begin_ = 0;
    end_ = static_cast<size_t>(got);
    return got > 0;
  }

  bool drain() {
    iovec part{buffer_.data() + begin_, end_ - begin_};
    alignas(cmsghdr) char control[CMSG_SPACE(descriptorsMax * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors_.empty()) attach(message, control);
    const ssize_t sent = sendmsg(to_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    descriptors_.clear();
    begin_ += static_cast<size_t>(sent);
    return true;
  }

  void drop() { begin_ = end_; }

 private:
  void take(const cmsghdr& head) {
    if (head.cmsg_level != SOL_SOCKET || head.cmsg_type != SCM_RIGHTS) return;
    const size_t count = (head.cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; index++) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(&head) + index * sizeof fd, sizeof fd);
      descriptors_.emplace_back(fd);
    }
  }

  void attach(msghdr& message, char* control) {
    const size_t bytes = descriptors_.size() * sizeof(int);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(bytes);
    for (size_t index = 0; index < descriptors_.size(); index++) {
      const int fd = descriptors_[index].get();
      std::memcpy(CMSG_DATA(head) + index * sizeof fd, &fd, sizeof fd);
    }
  }

  int from_, to_;
  std::array<char, bytesMax> buffer_;
  size_t begin_ = 0, end_ = 0;
  std::vector<Descriptor> descriptors_;
};

void vet(std::vector<Descriptor>& descriptors, const Aids& aids, std::vector<Descriptor>& refused) {
  for (Descriptor& descriptor : descriptors) {
    if (isHarmless(descriptor.get(), aids.tables)) continue;
    if (refused.size() >= refusedMax) refused.clear();
    refused.push_back(std::move(descriptor));
    descriptor = Descriptor(fcntl(aids.nothing, F_DUPFD_CLOEXEC, 0));
  }
}

}  // namespace

void relay(int client, int agent, const Aids& aids) {
  Flow in(client, agent), out(agent, client);
  std::vector<Descriptor> refused;
  bool isAsked = false;  // the client says no more, or the agent hears no more: what is left are answers
  const auto events = [](bool reads, const Flow& writes) {
    return static_cast<short>((reads ? POLLIN : 0) | (writes.isEmpty() ? 0 : POLLOUT));
  };
  for (;;) {
    const short ofClient = events(in.isEmpty() && !isAsked, out), ofAgent = events(out.isEmpty(), in);
    // Who is asked for nothing is left out: that it hung up would be told without end. Of a client that only listens
    // this is what must be known.
    pollfd watched[] = {{ofClient || isAsked ? client : -1, ofClient, 0}, {ofAgent ? agent : -1, ofAgent, 0}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
    if (isAsked && (watched[0].revents & (POLLHUP | POLLERR))) break;
    if (!out.isEmpty() && watched[0].revents && !out.drain()) break;
    if (!in.isEmpty() && watched[1].revents && !in.drain()) {
      in.drop();
      isAsked = true;
    }
    if ((ofClient & POLLIN) && watched[0].revents) {
      isAsked = !in.fill();
      if (isAsked) shutdown(agent, SHUT_WR);
      vet(in.descriptors(), aids, refused);
    }
    if ((ofAgent & POLLIN) && watched[1].revents && !out.fill()) break;
  }
  // Both learn it now: what is still open here may keep this process for ever.
  shutdown(agent, SHUT_RDWR);
  shutdown(client, SHUT_RDWR);
}

}  // namespace lazaret::door
