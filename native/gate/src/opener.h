// SPDX-License-Identifier: Apache-2.0
// Who opened (RT-11), read from /proc while the opener waits or shortly after. Foreign text: the agent masks what a policy says.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "../../supervisor/src/open-table.h"

namespace lazaret::gate {

nlohmann::json describeOpener(int pid);
/** From what the supervisor wrote down of it. */
nlohmann::json openerOfRecord(const LetThrough& record);
/** The program's path, or "". */
std::string programOf(int pid);
int parentOf(int pid);

}  // namespace lazaret::gate
