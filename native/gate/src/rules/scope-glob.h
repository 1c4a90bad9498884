// SPDX-License-Identifier: Apache-2.0
// Patterns of exceptions, already parsed by packages/core (exceptions/glob.ts): here they are only matched, on bytes.
// Matching goes back to the last wildcard alone: its time is bounded by text × pattern, without recursion, so that
// nobody who names files can make it slow.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::gate {

struct GlobPart {
  enum class Kind { any, one, literal } kind;
  std::string text;  // of a literal
  // The literal holds bytes that are not UTF-8: then it may not begin or end within a character of the name.
  bool foreign = false;
};

struct GlobName {
  bool deep = false;  // `**`: any number of names, also none
  std::vector<GlobPart> parts;
};

/** Whether one name (or a pattern's name) meets its parts. */
bool nameMatches(const std::vector<GlobPart>& parts, std::string_view name);

/** Whether all names of a canonical path meet a pattern. */
bool pathMatches(const std::vector<GlobName>& names, std::string_view path);

}  // namespace lazaret::gate
