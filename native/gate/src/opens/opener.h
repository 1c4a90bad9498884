// SPDX-License-Identifier: Apache-2.0
// Who opened (RT-11), read from /proc while the opener waits or shortly after. Foreign text: the agent masks what a
// policy says.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "shared/open-table.h"
#include "rules/scope.h"

namespace lazaret::gate {

nlohmann::json describeOpener(int pid);
/** Shared by all its opens that end together. */
using Opener = std::shared_ptr<const nlohmann::json>;
/** From what the supervisor, or a former gate, wrote down of it. */
nlohmann::json openerOfRecord(const LetThrough& record);
/** The other way: as much of it as a record holds. */
void writeOpener(LetThrough& record, const nlohmann::json& opener);
/** The program's path, or "". */
std::string programOf(int pid);
int parentOf(int pid);
/** No thread of it lives, though its parent may not have asked for its end. */
bool hasEnded(int pid);
/** EX-2e: the exception of its program, whose files are not scanned; "": none. */
std::string_view programException(int pid, const Scope& scope);

}  // namespace lazaret::gate
