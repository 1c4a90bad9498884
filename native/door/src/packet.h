// SPDX-License-Identifier: Apache-2.0
// What the door tells the agent.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace lazaret::door {

/** Who has connected, as the kernel saw it then. */
struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // none where there are more than a packet has room for: then he has fewer rights
};

Peer describePeer(int client);

/** One packet, with a descriptor unless that is -1. False: nobody is there any more. */
bool tell(int agent, const std::vector<uint32_t>& numbers, int descriptor);

}  // namespace lazaret::door
