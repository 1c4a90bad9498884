// SPDX-License-Identifier: GPL-2.0-only
#include "base/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/limits.h"

namespace lazaret {

void Descriptor::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

SendResult sendPacket(int socket, Bytes header, Bytes payload, const std::vector<int>& descriptors) {
  iovec parts[2] = {{const_cast<uint8_t*>(header.data), header.size},
                    {const_cast<uint8_t*>(payload.data), payload.size}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = payload.size ? 2 : 1;
  std::vector<char> control;
  if (!descriptors.empty()) {
    control.resize(CMSG_SPACE(sizeof(int) * descriptors.size()));
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(part), descriptors.data(), sizeof(int) * descriptors.size());
  }
  for (;;) {
    if (sendmsg(socket, &message, MSG_NOSIGNAL) >= 0) return SendResult::sent;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? SendResult::wouldBlock : SendResult::failed;
  }
}

ssize_t receivePacket(int socket, uint8_t* buffer, size_t bytes, std::vector<Descriptor>& descriptors) {
  iovec part{buffer, bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * (limits::canariesMax + 1))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0) return got;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; index++) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
    errno = EMSGSIZE;
    return -1;
  }
  return got;
}

}  // namespace lazaret
