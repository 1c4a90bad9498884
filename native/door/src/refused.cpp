// SPDX-License-Identifier: Apache-2.0
#include "refused.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "hand-over.h"
#include "seal.h"

namespace lazaret::door {

/** Reads away what the client has sent. True: no descriptor was with it, and none can come any more. The next byte is
 * looked at before it is taken: then the kernel tells of a descriptor without receiving or dropping it. */
static bool isEmptied(int client) {
  static char bytes[64 * 1024];
  const int on = 1;
  // A byte out of band comes in its place, or it would hide what stands behind it.
  if (setsockopt(client, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on) != 0) return false;
  for (;;) {
    iovec part{bytes, sizeof bytes};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t seen = recvmsg(client, &message, MSG_PEEK | MSG_DONTWAIT);
    if (seen <= 0) return seen == 0;
    if (message.msg_flags & MSG_CTRUNC) return false;
    if (recv(client, bytes, static_cast<size_t>(seen), MSG_DONTWAIT) != seen) return false;
  }
}

void Refused::keep(uint32_t owner, int client) {
  shutdown(client, SHUT_RDWR);  // nothing is added from here on
  if (isEmptied(client)) close(client);
  else kept_[owner].push_back(client);
}

void Refused::take(uint32_t owner, int client) {
  keep(owner, client);
  startClosing(owner);
}

void Refused::gone(pid_t process) {
  const auto found = closing_.find(process);
  if (found == closing_.end()) return;
  const uint32_t owner = found->second;
  closing_.erase(found);
  startClosing(owner);
}

void Refused::leave() {
  closing_.clear();
  while (!kept_.empty()) {
    const uint32_t owner = kept_.begin()->first;
    startClosing(owner);
    kept_.erase(owner);
  }
}

void Refused::startClosing(uint32_t owner) {
  const auto kept = kept_.find(owner);
  const bool isClosing =
      std::any_of(closing_.begin(), closing_.end(), [&](const auto& one) { return one.second == owner; });
  if (kept == kept_.end() || isClosing) return;
  const pid_t process = handOver(kept->second, -1, [&, first = getpid()] { seal(user_, kept->second, first); });
  if (process <= 0) return;  // no process can be made now: with his next one
  kept_.erase(owner);
  closing_.emplace(process, owner);
}

}  // namespace lazaret::door
