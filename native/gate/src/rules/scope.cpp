// SPDX-License-Identifier: Apache-2.0
#include "rules/scope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/scope-rules.h"

namespace lazaret::gate {

namespace {

constexpr std::string_view none{};

/** Calls `visit` with the length and the hash of each directory from `/` down to the path itself. Cost: the path's
 * length. */
template <typename Visit>
void eachDirectory(std::string_view directory, Visit visit) {
  uint64_t hash = hashOn(hashStart, '/');
  visit(size_t{1}, hash);
  if (directory.size() == 1) return;
  for (size_t index = 1; index < directory.size(); index++) {
    if (directory[index] == '/') visit(index, hash);
    hash = hashOn(hash, directory[index]);
  }
  visit(directory.size(), hash);
}

/** The longest extension of a folded name that the table has: those begin behind a dot, or with it. */
template <typename Value>
const Value* findExtension(const TextTable<Value>& table, std::string_view name, bool withDot) {
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const std::string_view extension = name.substr(withDot ? dot : dot + 1);
    if (extension.empty() || !table.mayHave(extension.size())) continue;
    if (const Value* found = table.find(extension)) return found;
  }
  return nullptr;
}

/** RT-3c: the same, and `""` for a name without an extension: no dot, or one only at its begin or end. */
const std::string* findListedExtension(const TextTable<std::string>& table, std::string_view name) {
  if (const std::string* found = findExtension(table, name, false)) return found;
  const size_t last = name.rfind('.');
  const bool without = last == std::string_view::npos || last == 0 || last == name.size() - 1;
  return without ? table.find("") : nullptr;
}

std::string_view globHit(const std::vector<GlobRule>& globs, std::string_view path) {
  for (const GlobRule& rule : globs)
    if (isInside(path, rule.base) && pathMatches(rule.names, path)) return rule.decidedBy;
  return none;
}

std::string_view directoryHit(const PathRules& rules, std::string_view directory) {
  const std::string* nearest = nullptr;
  if (!rules.literal.empty())
    eachDirectory(directory, [&](size_t length, uint64_t hash) {
      if (!rules.literal.mayHave(length)) return;
      if (const std::string* hit = rules.literal.find(directory.substr(0, length), hash)) nearest = hit;
    });
  return nearest != nullptr ? std::string_view(*nearest) : globHit(rules.globs, directory);
}

std::string_view fileHit(const PathRules& rules, std::string_view file) {
  if (!rules.literal.empty() && rules.literal.mayHave(file.size()))
    if (const std::string* hit = rules.literal.find(file)) return *hit;
  return globHit(rules.globs, file);
}

/** What a folded name holds behind its first parts is, or begins with, the row's text; false where it has no more than
 * those parts. */
bool fitsKind(std::string_view name, const KindRow& row) {
  size_t at = 0;
  for (uint32_t part = 0; part < row.openParts; part++) {
    at = name.find('.', at) + 1;
    if (at == 0) return false;
  }
  const std::string_view rest = name.substr(at);
  return row.exact ? rest == row.text : rest.starts_with(row.text);
}

bool isWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

size_t wordLength(std::string_view text, size_t index) {
  size_t end = index;
  while (end < text.size() && isWord(text[end])) end++;
  return end - index;
}

std::string lowerAscii(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

/** `host:/x` with a host of two letters or more (one is a drive), `user@host:/x`. */
bool isHostPath(std::string_view path) {
  const size_t first = wordLength(path, 0);
  size_t end = first;
  if (first > 0 && first < path.size() && path[first] == '@') {
    const size_t second = wordLength(path, first + 1);
    if (second == 0) return false;
    end = first + 1 + second;
  } else if (first < 2) {
    return false;
  }
  return path.substr(end).starts_with(":/");
}

}  // namespace

Scope::Scope(std::unique_ptr<const ScopeRules> rules) : rules_(std::move(rules)) {}
Scope::~Scope() = default;

std::shared_ptr<const Scope> Scope::parse(const nlohmann::json& json, std::string& fault) {
  try {
    return std::shared_ptr<const Scope>(new Scope(parseScopeRules(json)));
  } catch (const std::exception& error) {
    fault = error.what();
    return nullptr;
  }
}

namespace {

/** `files`: the directory's own files are in the directory scope. */
struct DirectoryDecision {
  bool files;
  std::string_view why, decidedBy;
};

}  // namespace

/** The parts of a decision, on canonical paths. */
struct Decider {
  const ScopeRules& rules;
  bool foreign;

  /** Safe value first, as in core's decideDirectory. */
  DirectoryDecision directory(std::string_view path) const {
    if (!foreign && isOwn(path)) return {false, "vault", rules.directoriesBy};
    if (rules.allDirectories) return {true, "all", rules.directoriesBy};
    const ListEntry* entry = nearestEntry(path);
    if (entry == nullptr) return {false, "not-listed", rules.directoriesBy};
    return {true, "listed", entry->decidedBy};
  }

  bool isOwn(std::string_view path) const {
    return std::any_of(rules.own.begin(), rules.own.end(), [&](const std::string& own) { return isInside(path, own); });
  }

  /** Itself, else the nearest above that goes into its sub-directories. */
  const ListEntry* nearestEntry(std::string_view path) const {
    const ListEntry* nearest = nullptr;
    eachDirectory(path, [&](size_t length, uint64_t hash) {
      if (!rules.entries.mayHave(length)) return;
      const ListEntry* entry = rules.entries.find(path.substr(0, length), hash);
      if (entry != nullptr && (entry->subdirectories || length == path.size())) nearest = entry;
    });
    return nearest;
  }

  Decision name(std::string_view text, const DirectoryDecision& place) const {
    TextBuffer room;
    switch (rules.files) {
      case FileRule::all: return {true, false, false, place.why, place.decidedBy};
      case FileRule::intelliscan: return {true, true, isListed(rules.fold.fold(text, room)), "content", rules.filesBy};
      case FileRule::extensions: break;
    }
    const std::string* hit = findListedExtension(rules.extensions, rules.fold.fold(text, room));
    if (hit == nullptr) return {false, false, false, "no-extension-listed", rules.filesBy};
    return {true, false, false, "extension", *hit};
  }

  bool isListed(std::string_view folded) const {
    return rules.listedNames.contains(folded) || findExtension(rules.listedExtensions, folded, true) != nullptr;
  }

  std::string_view exception(std::string_view path, std::string_view directory, std::string_view name) const {
    if (const std::string_view hit = directoryHit(rules.exceptDirectories, directory); !hit.empty()) return hit;
    if (const std::string_view hit = fileHit(rules.exceptFiles, path); !hit.empty()) return hit;
    if (rules.exceptExtensions.empty()) return none;
    TextBuffer room;
    const std::string* hit = findListedExtension(rules.exceptExtensions, rules.fold.fold(name, room));
    return hit == nullptr ? none : std::string_view(*hit);
  }

  Decision path(std::string_view path) const {
    const std::string_view parent = parentOf(path), last = nameOf(path);
    const DirectoryDecision place = directory(parent);
    if (!place.files) return {false, false, false, place.why, place.decidedBy};
    const Decision decision = name(last, place);
    if (!decision.scan || foreign) return decision;
    const std::string_view hit = exception(path, parent, last);
    // EX-1e: an exception beats the scope.
    return hit.empty() ? decision : Decision{false, false, false, "exception", hit};
  }

  Decision decide(std::string_view text) const { return isCanonical(text) ? path(text) : path(canonicalPath(text)); }
};

Decision Scope::decide(std::string_view path) const { return Decider{*rules_, false}.decide(path); }
Decision Scope::decideForeign(std::string_view path) const { return Decider{*rules_, true}.decide(path); }

bool Scope::holdsDirectory(std::string_view directory, bool foreign) const {
  const Decider decider{*rules_, foreign};
  return isCanonical(directory) ? decider.directory(directory).files
                                : decider.directory(canonicalPath(directory)).files;
}

const std::vector<std::string>& Scope::entryPaths() const { return rules_->entryPaths; }

std::string_view Scope::exceptDigest(std::string_view sha256) const {
  if (rules_->exceptDigests.empty()) return none;
  const auto found = rules_->exceptDigests.find(lowerAscii(sha256));
  return found == rules_->exceptDigests.end() ? none : std::string_view(found->second);
}

std::string_view Scope::exceptThreats(std::span<const std::string_view> names) const {
  std::string_view first;
  for (const std::string_view name : names) {
    const auto rule = std::find_if(rules_->exceptThreats.begin(), rules_->exceptThreats.end(),
                                   [&](const ThreatRule& each) { return nameMatches(each.parts, name); });
    if (rule == rules_->exceptThreats.end()) return none;
    if (first.empty()) first = rule->decidedBy;
  }
  return first;
}

bool Scope::passes(std::span<const std::string_view> names) const {
  const ScopeRules& rules = *rules_;
  if (!rules.passAny) return false;
  const auto passesOne = [&](std::string_view name) {
    TextBuffer room;
    const std::string_view folded = rules.fold.fold(name, room);
    for (const KindRow& row : rules.kinds)
      if (fitsKind(folded, row)) return row.pass;
    return rules.passOther;
  };
  return names.empty() ? rules.passOther : std::all_of(names.begin(), names.end(), passesOne);
}

UnscannedDecision Scope::decideUnscanned(std::string_view path, std::span<const std::string_view> reasons) const {
  const UnscannedRule* strongest = nullptr;
  std::string_view because;
  for (const std::string_view reason : reasons) {
    const auto fits = [&](const UnscannedRule& rule) {
      const bool named =
          rule.reasons.empty() || std::find(rule.reasons.begin(), rule.reasons.end(), reason) != rule.reasons.end();
      return named && (rule.everywhere || isInside(path, rule.directory));
    };
    const auto rule = std::find_if(rules_->unscanned.begin(), rules_->unscanned.end(), fits);
    if (rule == rules_->unscanned.end() || rule->action <= (strongest ? strongest->action : UnscannedAction::allow))
      continue;
    strongest = &*rule;
    because = reason;
  }
  if (!strongest) return {};
  return {true, strongest->action != UnscannedAction::notify, because, strongest->decidedBy,
          "Not-Scanned." + std::string(because)};
}

bool Scope::hasProcessExceptions() const { return !rules_->exceptProcesses.empty(); }

/** Calls `visit` with each rule for the program. */
template <typename Visit>
static void eachProcessRule(const ScopeRules& rules, const ProgramFile& program, Visit visit) {
  const auto [begin, end] = rules.exceptProcesses.equal_range(ScopeRules::processKey(program.device, program.inode));
  for (auto at = begin; at != end; ++at) {
    const ProcessRule& rule = at->second;
    if (rule.device == program.device && rule.inode == program.inode && rule.changedNs == program.changedNs)
      visit(rule);
  }
}

bool Scope::namesProgram(const ProgramFile& program) const {
  bool named = false;
  eachProcessRule(*rules_, program, [&](const ProcessRule&) { named = true; });
  return named;
}

std::string_view Scope::exceptProcess(const ProgramFile& program, const ProcessOwner& owner) const {
  const ProcessRule* first = nullptr;
  eachProcessRule(*rules_, program, [&](const ProcessRule& rule) {
    if ((rule.uid >= 0 && rule.uid != owner.uid) || (!rule.unit.empty() && rule.unit != owner.unit)) return;
    if (first == nullptr || rule.position < first->position) first = &rule;
  });
  return first == nullptr ? none : std::string_view(first->decidedBy);
}

bool Scope::isPseudo(std::string_view type) const { return rules_->pseudo.contains(type); }

bool Scope::isNetwork(std::string_view type, std::string_view source) const {
  if (isPseudo(type)) return false;
  if (rules_->network.contains(type)) return true;
  if (type != "fuse" && !type.starts_with("fuse.")) return false;
  const std::string_view program = type.size() > 5 ? type.substr(5) : none;
  if (rules_->fuseNetwork.contains(program)) return true;
  if (source.starts_with("\\\\") || source.starts_with("//") || isHostPath(source)) return true;
  const size_t colon = source.find(':');
  return colon != std::string_view::npos && rules_->networkSchemes.contains(lowerAscii(source.substr(0, colon)));
}

}  // namespace lazaret::gate
