// SPDX-License-Identifier: Apache-2.0
// The gate's two lines, fed over real sockets. And the rules that questions of other targets are asked of.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/configuration.h"

namespace lazaret::gate {

/** LAZARET_FUZZ_RULES: a file of configurations, one a line. */
const std::vector<std::shared_ptr<const GateConfiguration>>& knownRules();

std::vector<std::string> linesOf(std::string_view text);

void runAgentLink(const uint8_t* data, size_t size);
void runScannerLink(const uint8_t* data, size_t size);

}  // namespace lazaret::gate
