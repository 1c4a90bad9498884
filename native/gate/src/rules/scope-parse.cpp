// SPDX-License-Identifier: Apache-2.0
// JSON to rules. Everything is checked: a value of another shape is a fault, never half a policy. Unknown fields are
// left alone (a newer core may add one that an older gate can do without; what it cannot do without raises `version`).
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "rules/scope-rules.h"

namespace lazaret::gate {

namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& where, const char* what) {
  throw std::runtime_error("rules" + where + ": " + what);
}

const json& at(const json& value, const char* name, const std::string& where) {
  if (!value.is_object()) fail(where, "is not an object");
  const auto found = value.find(name);
  if (found == value.end()) fail(where + "/" + name, "is missing");
  return *found;
}

const json& listAt(const json& value, const char* name, const std::string& where) {
  const json& list = at(value, name, where);
  if (!list.is_array()) fail(where + "/" + name, "is not a list");
  return list;
}

const std::string& textOf(const json& value, const std::string& where) {
  if (!value.is_string()) fail(where, "is not a text");
  return value.get_ref<const std::string&>();
}

const std::string& textAt(const json& value, const char* name, const std::string& where) {
  return textOf(at(value, name, where), where + "/" + name);
}

bool flagAt(const json& value, const char* name, const std::string& where) {
  const json& flag = at(value, name, where);
  if (!flag.is_boolean()) fail(where + "/" + name, "is neither true nor false");
  return flag.get<bool>();
}

/** Bytes as text: each character U+0000–U+00FF is one byte. */
std::string bytesOf(const json& value, const std::string& where) {
  const std::string& text = textOf(value, where);
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t index = 0; index < text.size(); index++) {
    const unsigned first = static_cast<unsigned char>(text[index]);
    if (first < 0x80) {
      bytes.push_back(static_cast<char>(first));
    } else if ((first == 0xc2 || first == 0xc3) && index + 1 < text.size()) {
      const unsigned second = static_cast<unsigned char>(text[++index]);
      bytes.push_back(static_cast<char>(((first & 3) << 6) | (second & 0x3f)));
    } else {
      fail(where, "contains a character that is not a byte");
    }
  }
  return bytes;
}

std::string bytesAt(const json& value, const char* name, const std::string& where) {
  return bytesOf(at(value, name, where), where + "/" + name);
}

std::string pathAt(const json& value, const char* name, const std::string& where) {
  std::string path = bytesAt(value, name, where);
  if (!isCanonical(path)) fail(where + "/" + name, "is not a canonical path");
  return path;
}

/** A pointer is never empty: an empty answer means "nothing decided". */
std::string decidedBy(const json& value, const std::string& where) {
  const std::string& pointer = textAt(value, "decidedBy", where);
  if (pointer.empty()) fail(where + "/decidedBy", "is empty");
  return pointer;
}

template <typename Number>
Number decimalAt(const json& value, const char* name, const std::string& where) {
  const std::string& text = textAt(value, name, where);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) fail(where + "/" + name, "is not a whole number");
  return number;
}

std::string itemOf(const std::string& where, const char* list, size_t index) {
  return where + "/" + list + "/" + std::to_string(index);
}

/** Calls `use(item, where)` for each item of a list. */
template <typename Use>
void each(const json& value, const char* name, const std::string& where, Use use) {
  const json& list = listAt(value, name, where);
  for (size_t index = 0; index < list.size(); index++) use(list[index], itemOf(where, name, index));
}

std::vector<GlobPart> partsOf(const json& value, const std::string& where) {
  if (!value.is_array()) fail(where, "is not a list");
  std::vector<GlobPart> parts;
  for (const json& part : value) {
    if (part.is_array()) {
      if (part.size() != 1) fail(where, "contains a literal that is not a single text");
      std::string text = bytesOf(part[0], where);
      if (text.empty()) fail(where, "contains an empty literal");
      const bool foreign = !isUtf8(text);
      parts.push_back({GlobPart::Kind::literal, std::move(text), foreign});
      continue;
    }
    const std::string& wildcard = textOf(part, where);
    if (wildcard != "*" && wildcard != "?") fail(where, "contains an unknown wildcard");
    parts.push_back({wildcard == "*" ? GlobPart::Kind::any : GlobPart::Kind::one, {}, false});
  }
  return parts;
}

GlobName globNameOf(const json& value, const std::string& where) {
  if (!value.is_string()) return {false, partsOf(value, where)};
  if (textOf(value, where) != "**") fail(where, "is neither ** nor a list");
  return {true, {}};
}

/** `beneath`: a directory's exception holds all beneath it. */
void readPathRules(const json& value, const std::string& where, bool beneath, PathRules& rules) {
  each(value, "literal", where, [&](const json& item, const std::string& place) {
    rules.literal.add(pathAt(item, "path", place), decidedBy(item, place));
  });
  each(value, "globs", where, [&](const json& item, const std::string& place) {
    GlobRule rule{pathAt(item, "base", place), {}, decidedBy(item, place)};
    each(item, "names", place,
         [&](const json& name, const std::string& at) { rule.names.push_back(globNameOf(name, at)); });
    if (beneath) rule.names.push_back({true, {}});
    rules.globs.push_back(std::move(rule));
  });
}

void readExtensions(const json& value, const std::string& where, TextTable<std::string>& table) {
  each(value, "extensions", where, [&](const json& item, const std::string& place) {
    table.add(bytesAt(item, "text", place), decidedBy(item, place));
  });
}

void readDirectories(const json& value, const std::string& where, ScopeRules& rules) {
  const std::string& kind = textAt(value, "kind", where);
  rules.directoriesBy = decidedBy(value, where);
  rules.allDirectories = kind == "all";
  if (rules.allDirectories) return;
  if (kind != "list") fail(where + "/kind", "is unknown");
  each(value, "entries", where, [&](const json& item, const std::string& place) {
    std::string path = pathAt(item, "path", place);
    rules.entryPaths.push_back(path);
    rules.entries.add(std::move(path), {flagAt(item, "subdirectories", place), decidedBy(item, place)});
  });
  std::sort(rules.entryPaths.begin(), rules.entryPaths.end());
}

void readFiles(const json& value, const std::string& where, ScopeRules& rules) {
  const std::string& kind = textAt(value, "kind", where);
  rules.filesBy = decidedBy(value, where);
  if (kind == "all") {
    rules.files = FileRule::all;
  } else if (kind == "extensions") {
    rules.files = FileRule::extensions;
    readExtensions(value, where, rules.extensions);
  } else if (kind == "intelliscan") {
    rules.files = FileRule::intelliscan;
    each(value, "names", where,
         [&](const json& item, const std::string& at) { rules.listedNames.insert(bytesOf(item, at)); });
    each(value, "extensions", where,
         [&](const json& item, const std::string& at) { rules.listedExtensions.add(bytesOf(item, at), true); });
  } else {
    fail(where + "/kind", "is unknown");
  }
}

/** Null, or absent in rules of a version before 3: whoever runs the program. */
int64_t userAt(const json& item, const std::string& where) {
  const auto found = item.find("uid");
  if (found == item.end() || found->is_null()) return -1;
  if (!found->is_number_unsigned() || *found > UINT32_MAX) fail(where + "/uid", "is not a user id");
  return found->get<int64_t>();
}

std::string unitAt(const json& item, const std::string& where) {
  const auto found = item.find("unit");
  if (found == item.end() || found->is_null()) return {};
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) fail(where + "/unit", "is not a name");
  return found->get<std::string>();
}

void readExceptions(const json& value, const std::string& where, ScopeRules& rules) {
  readPathRules(at(value, "directories", where), where + "/directories", true, rules.exceptDirectories);
  readPathRules(at(value, "files", where), where + "/files", false, rules.exceptFiles);
  readExtensions(value, where, rules.exceptExtensions);
  each(value, "digests", where, [&](const json& item, const std::string& place) {
    rules.exceptDigests.emplace(textAt(item, "sha256", place), decidedBy(item, place));
  });
  each(value, "threats", where, [&](const json& item, const std::string& place) {
    rules.exceptThreats.push_back({partsOf(at(item, "parts", place), place + "/parts"), decidedBy(item, place)});
  });
  each(value, "processes", where, [&](const json& item, const std::string& place) {
    const uint64_t device = decimalAt<uint64_t>(item, "device", place),
                   inode = decimalAt<uint64_t>(item, "inode", place);
    rules.exceptProcesses.emplace(
        ScopeRules::processKey(device, inode),
        ProcessRule{device, inode, decimalAt<int64_t>(item, "changedNs", place), userAt(item, place),
                    unitAt(item, place), rules.exceptProcesses.size(), decidedBy(item, place)});
  });
}

void readFolds(const json& value, ScopeRules& rules) {
  each(value, "folds", "", [&](const json& item, const std::string& where) {
    if (!item.is_array() || item.size() != 2) fail(where, "is not a pair");
    rules.fold.add(bytesOf(item[0], where), bytesOf(item[1], where));
  });
  rules.fold.finish();
}

void readWords(const json& value, const char* name, const std::string& where, TextSet& words) {
  each(value, name, where, [&](const json& item, const std::string& at) { words.insert(textOf(item, at)); });
}

void readFileSystems(const json& value, const std::string& where, ScopeRules& rules) {
  readWords(value, "pseudo", where, rules.pseudo);
  readWords(value, "network", where, rules.network);
  readWords(value, "fuseNetwork", where, rules.fuseNetwork);
  readWords(value, "networkSchemes", where, rules.networkSchemes);
}

/** More open parts than any name has dots: such a row fits nothing. */
constexpr uint64_t openPartsMax = 10000;

void readKinds(const json& value, ScopeRules& rules) {
  TextSet pass;
  readWords(value, "passKinds", "", pass);
  rules.passAny = !pass.empty();
  rules.passOther = pass.contains("other");
  each(value, "kinds", "", [&](const json& item, const std::string& where) {
    const json& parts = at(item, "openParts", where);
    if (!parts.is_number_unsigned() || parts.get<uint64_t>() > openPartsMax)
      fail(where + "/openParts", "is not a small number");
    const bool passes = pass.contains(textAt(item, "kind", where));
    rules.kinds.push_back({parts.get<uint32_t>(), bytesAt(item, "text", where), passes, flagAt(item, "exact", where)});
  });
}

UnscannedAction unscannedActionAt(const json& value, const std::string& where) {
  const std::string& text = textAt(value, "action", where);
  if (text == "allow") return UnscannedAction::allow;
  if (text == "notify") return UnscannedAction::notify;
  if (text == "deny") return UnscannedAction::deny;
  if (text == "quarantine") return UnscannedAction::quarantine;
  fail(where + "/action", "is unknown");
}

void readUnscanned(const json& value, ScopeRules& rules) {
  each(value, "unscanned", "", [&](const json& item, const std::string& where) {
    UnscannedRule rule{
        {}, at(item, "directory", where).is_null(), "", unscannedActionAt(item, where), decidedBy(item, where)};
    if (!rule.everywhere) rule.directory = pathAt(item, "directory", where);
    each(item, "reasons", where,
         [&](const json& reason, const std::string& place) { rule.reasons.push_back(textOf(reason, place)); });
    rules.unscanned.push_back(std::move(rule));
  });
}

}  // namespace

std::unique_ptr<ScopeRules> parseScopeRules(const json& value) {
  auto rules = std::make_unique<ScopeRules>();
  const json& version = at(value, "version", "");
  if (!version.is_number_integer() || version < 1 || version > 3) fail("/version", "is not 1, 2 or 3");
  readDirectories(at(value, "directories", ""), "/directories", *rules);
  const json& own = listAt(value, "own", "");
  for (size_t index = 0; index < own.size(); index++) {
    const std::string where = itemOf("", "own", index);
    rules->own.push_back(bytesOf(own[index], where));
    if (!isCanonical(rules->own.back())) fail(where, "is not a canonical path");
  }
  readFiles(at(value, "files", ""), "/files", *rules);
  readExceptions(at(value, "exceptions", ""), "/exceptions", *rules);
  readFolds(value, *rules);
  readFileSystems(at(value, "fileSystems", ""), "/fileSystems", *rules);
  readKinds(value, *rules);
  if (version >= 2) readUnscanned(value, *rules);  // 1: told to a gate that this one follows
  return rules;
}

}  // namespace lazaret::gate
