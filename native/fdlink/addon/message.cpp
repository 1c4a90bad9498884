// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fdlink {

static std::vector<int> takeDescriptors(msghdr& message) {
  std::vector<int> taken;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; index++) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + index * sizeof(int), sizeof(int));
      taken.push_back(descriptor);
    }
  }
  return taken;
}

Received receiveMessage(int socket, uint8_t* buffer, size_t bytes) {
  iovec piece{buffer, bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(kDescriptorsMax * sizeof(int))];
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t count = -1;
  do count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {Outcome::nothing};
  if (count < 0) return {Outcome::ended};
  std::vector<int> descriptors = takeDescriptors(message);
  if (count > 0 && (message.msg_flags & MSG_TRUNC) == 0)
    return {Outcome::message, static_cast<size_t>(count), std::move(descriptors)};
  for (const int descriptor : descriptors) ::close(descriptor);
  return {Outcome::ended};
}

ssize_t sendMessage(int socket, const uint8_t* bytes, size_t size, const std::vector<int>& descriptors) {
  iovec piece{const_cast<uint8_t*>(bytes), size};
  alignas(cmsghdr) char control[CMSG_SPACE(kSentDescriptorsMax * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size() * sizeof(int));
  }
  ssize_t count = -1;
  do count = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace fdlink
