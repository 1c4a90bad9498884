// SPDX-License-Identifier: Apache-2.0
// One message of a Unix socket with its descriptors, in and out. Knows nothing of Node.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fdlink {

constexpr size_t kDescriptorsMax = 16;       // more in one message are closed by the kernel (MSG_CTRUNC)
constexpr size_t kSentDescriptorsMax = 253;  // the kernel's SCM_MAX_FD

enum class Outcome : uint8_t { message, nothing, ended };

struct Received {
  Outcome outcome;
  size_t bytes = 0;
  std::vector<int> descriptors = {};  // the caller's from now on
};

/** Never waits. A message that is longer than the buffer ends the link: half of it means nothing. */
Received receiveMessage(int socket, uint8_t* buffer, size_t bytes);

/** Never waits. What sendmsg(2) answers; `descriptors`: no more than kSentDescriptorsMax. */
ssize_t sendMessage(int socket, const uint8_t* bytes, size_t size, const std::vector<int>& descriptors);

}  // namespace fdlink
