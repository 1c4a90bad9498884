// SPDX-License-Identifier: GPL-2.0-only
// For tests: what the closed tables make of a reader's answer. Each line answers one: `archive MESSAGE`; `engine
// NUMBER`, with the engine's own words for it.
#include <clamav.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "reading/outcomes.h"
#include "version.h"

using namespace lazaret;

static std::string engine(int status) {
  const std::optional<Reason> reason = reasonOf(outcomeOfEngine(status));
  return std::string(reason ? reasonName(*reason) : "read") + " " + cl_strerror(static_cast<cl_error_t>(status));
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "outcome-vectors")) return 0;
  for (std::string line; std::getline(std::cin, line);) {
    const std::string text = line.substr(line.find(' ') + 1);
    if (line.starts_with("archive ")) std::puts(std::string(reasonName(reasonOf(outcomeOfArchive(text)))).c_str());
    else if (line.starts_with("engine ")) std::puts(engine(std::stoi(text)).c_str());
    else return 2;
  }
  return 0;
}
