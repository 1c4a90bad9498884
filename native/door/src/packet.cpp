// SPDX-License-Identifier: Apache-2.0
#include "packet.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace lazaret::door {

static constexpr size_t groupsMax = 16'384;

Peer describePeer(int client) {
  Peer peer;
  ucred who{};
  socklen_t bytes = sizeof who;
  // A Unix socket says it always; a number that nobody has, should it not.
  if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &who, &bytes) != 0)
    who = {0, static_cast<uid_t>(-2), static_cast<gid_t>(-2)};
  peer.pid = who.pid;
  peer.uid = who.uid;
  peer.gid = who.gid;
  peer.groups.resize(groupsMax);
  socklen_t groupBytes = groupsMax * sizeof(gid_t);
  if (getsockopt(client, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &groupBytes) != 0) groupBytes = 0;
  peer.groups.resize(groupBytes / sizeof(gid_t));
  return peer;
}

bool tell(int agent, const std::vector<uint32_t>& numbers, int descriptor) {
  iovec part{const_cast<uint32_t*>(numbers.data()), numbers.size() * sizeof(uint32_t)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
  ssize_t sent;
  do sent = sendmsg(agent, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

}  // namespace lazaret::door
