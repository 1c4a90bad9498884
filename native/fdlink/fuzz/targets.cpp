// SPDX-License-Identifier: Apache-2.0
// Messages with descriptors as any peer could send them, through the addon's own reading and writing. No descriptor may
// be left open.
#include "../../fuzz/target.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "../addon/message.hpp"

namespace lazaret::fuzz {

static int lowestFree() {
  const int free = dup(0);
  close(free);
  return free;
}

static void readAll(int socket, size_t room) {
  static std::vector<uint8_t> buffer(65'536);
  for (;;) {
    const fdlink::Received message = fdlink::receiveMessage(socket, buffer.data(), room);
    if (message.bytes > room || message.descriptors.size() > fdlink::kDescriptorsMax) std::abort();
    for (const int descriptor : message.descriptors) close(descriptor);
    if (message.outcome != fdlink::Outcome::message) return;
  }
}

// First byte: stream or packets; then for each message how many descriptors, how long it is, how much room its reader
// has.
static void runMessages(const uint8_t* data, size_t size) {
  if (size < 1) return;
  const int before = lowestFree();
  int pair[2];
  if (socketpair(AF_UNIX, (data[0] & 1 ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    std::abort();
  for (size_t at = 1; at + 4 <= size;) {
    const size_t files = std::min<size_t>(data[at], fdlink::kSentDescriptorsMax), room = 1 + data[at + 1] * 256u;
    const size_t bytes = std::min<size_t>(data[at + 2] | data[at + 3] << 8, size - at - 4);
    fdlink::sendMessage(pair[0], data + at + 4, bytes, std::vector<int>(files, pair[1]));
    if (data[at + 1] & 1) readAll(pair[1], room);
    at += 4 + bytes;
  }
  readAll(pair[1], 65'536);
  close(pair[0]);
  readAll(pair[1], 65'536);
  close(pair[1]);
  if (lowestFree() != before) std::abort();
}

static constexpr Target list[] = {{"fdlink-messages", runMessages}};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
