// SPDX-License-Identifier: Apache-2.0
// What a scan's answer means for an open. The answer comes from a process that a file may have taken over: the worst
// that it can do here is to call its own file clean.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "rules/configuration.h"

namespace lazaret::gate {

enum class Outcome : uint8_t { clean, partly, engineFailed, infected, passed, excepted, unreadable };

struct Verdict {
  Outcome outcome;
  std::string decidedBy;  // of an exception
  bool passing = false;   // may be another the next time, and is not kept
};

/** `rows`: packets that came before the last one and add to its lists. */
Verdict readVerdict(std::string_view json, const std::vector<std::string>& rows, const GateConfiguration& rules);

/** What the scan told the moment it found it: stands whatever the last packet says. Adds to `rows` what the answer does
 * not name again. */
void addHits(std::vector<std::string>& rows, const std::vector<std::string>& hits, std::string_view json);

/** Whether what was found so far is refused: no exception names it, and it is not one that is only told. */
bool hitsRefuse(const std::vector<std::string>& hits, const GateConfiguration& rules);

/** AC-12: what becomes of an answer that is not whole, for a file of this path: `infected` where nobody may open it,
 * `passed` where it is only told. */
Verdict ruleUnscanned(Verdict partly, std::string_view json, const std::vector<std::string>& rows,
                      std::string_view path, const GateConfiguration& rules);

/** One answer out of all packets, short enough to be told: of each list the first hundred. */
std::string wholeAnswer(std::string_view json, const std::vector<std::string>& rows);

}  // namespace lazaret::gate
