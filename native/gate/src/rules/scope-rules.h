// SPDX-License-Identifier: Apache-2.0
// The rules as Scope keeps them: scope-parse.cpp makes them of JSON, scope.cpp decides by them.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "rules/scope-glob.h"
#include "rules/scope-table.h"
#include "rules/scope-text.h"
#include "rules/scope.h"

namespace lazaret::gate {

enum class FileRule { all, extensions, intelliscan };

struct ListEntry {
  bool subdirectories;
  std::string decidedBy;
};

struct GlobRule {
  std::string base;
  std::vector<GlobName> names;
  std::string decidedBy;
};

/** Literal paths in a table, the others in a list: most exceptions are literal, and then their number costs nothing. */
struct PathRules {
  TextTable<std::string> literal;  // to decidedBy
  std::vector<GlobRule> globs;
};

struct ThreatRule {
  std::vector<GlobPart> parts;
  std::string decidedBy;
};

struct KindRow {
  uint32_t openParts;
  std::string text;
  bool pass;
  bool exact;  // nothing follows the text
};

struct ProcessRule {
  uint64_t device, inode;
  int64_t changedNs;
  int64_t uid;       // -1: any
  std::string unit;  // "": any
  size_t position;   // in the policy: the first decides
  std::string decidedBy;
};

enum class UnscannedAction : uint8_t { allow, notify, deny, quarantine };  // weakest first

struct UnscannedRule {
  std::vector<std::string> reasons;  // none: every one
  bool everywhere;
  std::string directory;
  UnscannedAction action;
  std::string decidedBy;
};

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

struct ScopeRules {
  bool allDirectories = true;
  std::string directoriesBy;
  TextTable<ListEntry> entries;
  std::vector<std::string> entryPaths;  // sorted
  std::vector<std::string> own;

  FileRule files = FileRule::all;
  std::string filesBy;
  TextTable<std::string> extensions;  // of the scope, to decidedBy
  TextSet listedNames;                // IntelliScan's whole names
  TextTable<bool> listedExtensions;   // … and extensions, with their dot

  PathRules exceptDirectories;
  PathRules exceptFiles;
  TextTable<std::string> exceptExtensions;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> exceptDigests;
  std::vector<ThreatRule> exceptThreats;
  std::unordered_multimap<uint64_t, ProcessRule> exceptProcesses;  // by device and inode mixed
  CaseFold fold;

  TextSet pseudo, network, fuseNetwork, networkSchemes;
  std::vector<KindRow> kinds;
  bool passOther = false, passAny = false;
  std::vector<UnscannedRule> unscanned;

  static uint64_t processKey(uint64_t device, uint64_t inode) { return device * 0x9e3779b97f4a7c15ULL ^ inode; }
};

/** Throws std::exception with what is wrong. */
std::unique_ptr<ScopeRules> parseScopeRules(const nlohmann::json& json);

}  // namespace lazaret::gate
