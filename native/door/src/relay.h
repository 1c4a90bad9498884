// SPDX-License-Identifier: Apache-2.0
// One client's conversation, handed through in both directions until the agent ends it, or the client is gone. A client
// that only says no more (shutdown, as `nc -N`) is still answered. Parses nothing.
#pragma once
#include "vet.h"

namespace lazaret::door {

/** Open descriptors that it works with: it may open none itself. */
struct Aids {
  Tables tables;
  int nothing;  // of no file
};

/** In the place of a descriptor that is not harmless the agent gets one of no file. Answers when the conversation is
 * over. */
void relay(int client, int agent, const Aids& aids);

}  // namespace lazaret::door
