// SPDX-License-Identifier: Apache-2.0
#include "verdict.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lazaret::gate {

using nlohmann::json;

static void addNames(const json& answer, std::vector<std::string>& names) {
  if (!answer.is_object() || !answer.contains("threats") || !answer["threats"].is_array()) return;
  for (const json& threat : answer["threats"])
    if (threat.is_object() && threat.contains("name") && threat["name"].is_string()) names.push_back(threat["name"]);
}

/** The same order as core's contentException: the file's hash, then one for each of its threats. */
static std::string_view exceptionOf(const json& answer, const std::vector<std::string_view>& names, const Scope& scope) {
  const bool hashed = answer.contains("sha256") && answer["sha256"].is_string();
  const std::string_view byHash = hashed ? scope.exceptDigest(answer["sha256"].get<std::string>()) : std::string_view();
  return byHash.empty() ? scope.exceptThreats(names) : byHash;
}

static Verdict ofInfected(const json& answer, const std::vector<std::string>& rows, const Rules& rules) {
  std::vector<std::string> names;
  addNames(answer, names);
  for (const std::string& row : rows) addNames(json::parse(row, nullptr, false), names);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view exception = exceptionOf(answer, views, *rules.scope);
  if (!exception.empty()) return {Outcome::excepted, std::string(exception)};
  return {rules.scope->passes(views) ? Outcome::passed : Outcome::infected, ""};
}

static std::vector<std::string> namesOf(const std::vector<std::string>& packets) {
  std::vector<std::string> names;
  for (const std::string& packet : packets) addNames(json::parse(packet, nullptr, false), names);
  return names;
}

void addHits(std::vector<std::string>& rows, const std::vector<std::string>& hits, std::string_view text) {
  if (hits.empty()) return;
  std::vector<std::string> told = namesOf(rows);
  addNames(json::parse(text, nullptr, false), told);
  for (const std::string& hit : hits) {
    const std::vector<std::string> names = namesOf({hit});
    const auto isTold = [&told](const std::string& name) { return std::find(told.begin(), told.end(), name) != told.end(); };
    if (!std::all_of(names.begin(), names.end(), isTold)) rows.push_back(hit);
  }
}

bool hitsRefuse(const std::vector<std::string>& hits, const Rules& rules) {
  const std::vector<std::string> names = namesOf(hits);
  const std::vector<std::string_view> views(names.begin(), names.end());
  return !views.empty() && rules.scope->exceptThreats(views).empty() && !rules.scope->passes(views);
}

static void addReasons(const json& answer, std::vector<std::string>& reasons) {
  if (!answer.is_object() || !answer.contains("unscanned") || !answer["unscanned"].is_array()) return;
  for (const json& leaf : answer["unscanned"])
    if (leaf.is_object() && leaf.contains("reason") && leaf["reason"].is_string()) reasons.push_back(leaf["reason"]);
}

Verdict ruleUnscanned(Verdict partly, std::string_view text, const std::vector<std::string>& rows, std::string_view path, const Rules& rules) {
  const json answer = json::parse(text, nullptr, false);
  std::vector<std::string> reasons;
  addReasons(answer, reasons);
  for (const std::string& row : rows) addReasons(json::parse(row, nullptr, false), reasons);
  const std::vector<std::string_view> views(reasons.begin(), reasons.end());
  const UnscannedDecision decision = rules.scope->decideUnscanned(path, views);
  if (!decision.tell) return partly;
  if (!exceptionOf(answer, {decision.threat}, *rules.scope).empty()) return partly;
  return {decision.refuse ? Outcome::infected : Outcome::passed, "", decision.reason == "time" || decision.reason == "engine-failure"};
}

static constexpr size_t rowsTold = 100;

static void join(json& answer, const json& more, const char* list) {
  if (!more.is_object() || !more.contains(list) || !more[list].is_array()) return;
  for (const json& row : more[list])
    if (answer[list].size() < rowsTold) answer[list].push_back(row);
}

std::string wholeAnswer(std::string_view text, const std::vector<std::string>& rows) {
  json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return std::string(text);
  json whole = answer;
  for (const char* list : {"threats", "unscanned"}) {
    whole[list] = json::array();
    for (const std::string& row : rows) join(whole, json::parse(row, nullptr, false), list);
    join(whole, answer, list);
  }
  if (!whole["threats"].empty()) whole["verdict"] = "infected";
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

static bool engineFailed(std::string_view text, const std::vector<std::string>& rows) {
  constexpr std::string_view word = "\"reason\":\"engine-failure\"";
  if (text.find(word) != std::string_view::npos) return true;
  for (const std::string& row : rows)
    if (row.find(word) != std::string::npos) return true;
  return false;
}

Verdict readVerdict(std::string_view text, const std::vector<std::string>& rows, const Rules& rules) {
  const bool found = std::any_of(rows.begin(), rows.end(), [](const std::string& row) { return row.starts_with("{\"threats\":[{"); });
  if (found) return ofInfected(json::parse(text, nullptr, false), rows, rules);
  // By far the most: no parsing for them.
  if (text.starts_with("{\"verdict\":\"clean\"") || text.starts_with("{\"verdict\":\"out-of-scope\"")) return {Outcome::clean, ""};
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object() || !answer.contains("verdict") || !answer["verdict"].is_string()) return {Outcome::unreadable, ""};
  const std::string verdict = answer["verdict"];
  if (verdict == "infected") return ofInfected(answer, rows, rules);
  if (verdict == "partly") return {engineFailed(text, rows) ? Outcome::engineFailed : Outcome::partly, ""};
  return {verdict == "clean" || verdict == "out-of-scope" ? Outcome::clean : Outcome::unreadable, ""};
}

}  // namespace lazaret::gate
