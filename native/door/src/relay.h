// SPDX-License-Identifier: Apache-2.0
// One client's conversation, handed through in both directions until either side ends it. Parses nothing.
#pragma once
#include <sys/types.h>

namespace lazaret::door {

/** In the place of a descriptor that is not harmless the agent gets one of no file. Answers when the conversation is over. */
void relay(int client, int agent, pid_t peer);

}  // namespace lazaret::door
