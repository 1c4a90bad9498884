// SPDX-License-Identifier: Apache-2.0
#include "judging/verdict.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace lazaret::gate {

using nlohmann::json;

static void addNames(const json& answer, std::vector<std::string>& names) {
  if (!answer.is_object() || !answer.contains("threats") || !answer["threats"].is_array()) return;
  for (const json& threat : answer["threats"])
    if (threat.is_object() && threat.contains("name") && threat["name"].is_string()) names.push_back(threat["name"]);
}

/** The same order as core's contentException: the file's hash, then one for each of its threats. */
static std::string_view exceptionOf(const json& answer, const std::vector<std::string_view>& names,
                                    const Scope& scope) {
  const bool hashed = answer.contains("sha256") && answer["sha256"].is_string();
  const std::string_view byHash = hashed ? scope.exceptDigest(answer["sha256"].get<std::string>()) : std::string_view();
  return byHash.empty() ? scope.exceptThreats(names) : byHash;
}

static Verdict ofInfected(const json& answer, const std::vector<std::string>& rows, const GateConfiguration& rules) {
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
    const auto isTold = [&told](const std::string& name) {
      return std::find(told.begin(), told.end(), name) != told.end();
    };
    if (!std::all_of(names.begin(), names.end(), isTold)) rows.push_back(hit);
  }
}

bool hitsRefuse(const std::vector<std::string>& hits, const GateConfiguration& rules) {
  const std::vector<std::string> names = namesOf(hits);
  const std::vector<std::string_view> views(names.begin(), names.end());
  return !views.empty() && rules.scope->exceptThreats(views).empty() && !rules.scope->passes(views);
}

static void addReasons(const json& answer, std::vector<std::string>& reasons) {
  if (!answer.is_object() || !answer.contains("unscanned") || !answer["unscanned"].is_array()) return;
  for (const json& leaf : answer["unscanned"])
    if (leaf.is_object() && leaf.contains("reason") && leaf["reason"].is_string()) reasons.push_back(leaf["reason"]);
}

Verdict ruleUnscanned(Verdict partly, std::string_view text, const std::vector<std::string>& rows,
                      std::string_view path, const GateConfiguration& rules) {
  const json answer = json::parse(text, nullptr, false);
  std::vector<std::string> reasons;
  addReasons(answer, reasons);
  for (const std::string& row : rows) addReasons(json::parse(row, nullptr, false), reasons);
  const std::vector<std::string_view> views(reasons.begin(), reasons.end());
  const UnscannedDecision decision = rules.scope->decideUnscanned(path, views);
  if (!decision.tell) return partly;
  if (!exceptionOf(answer, {decision.threat}, *rules.scope).empty()) return partly;
  return {decision.refuse ? Outcome::infected : Outcome::passed, "",
          decision.reason == "time" || decision.reason == "engine-failure"};
}

static constexpr size_t rowsTold = 100;

/** With it, a message to the agent fits into one packet, though as a text within a text it takes up to twice as many
 * bytes. */
static constexpr size_t answerBytesMax = 60 << 10;

static std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

static void collect(std::vector<json>& all, const json& answer, const char* list) {
  if (!answer.is_object() || !answer.contains(list) || !answer[list].is_array()) return;
  for (const json& row : answer[list])
    if (row.is_object()) all.push_back(row);
}

namespace {

/** Rows that are told while there is room for them. */
class ToldRows {
 public:
  ToldRows(size_t& bytesLeft) : bytesLeft_(bytesLeft) {}
  bool add(const json& row) {
    const size_t bytes = dumped(row).size() + 1;
    if (bytes > bytesLeft_) return false;
    bytesLeft_ -= bytes;
    list_.push_back(row);
    return true;
  }
  json list_ = json::array();

 private:
  size_t& bytesLeft_;
};

}  // namespace

/**
 * The first row of each word (`key`: a threat's name, a reason) goes before all others, without its place where that
 * does not fit. How many words are missing.
 */
static uint64_t tellFirstOfEach(ToldRows& told, const std::vector<json>& all, const char* key,
                                std::vector<const json*>& others) {
  std::set<std::string> known;
  uint64_t missing = 0;
  for (const json& row : all) {
    if (!known.insert(row.contains(key) ? dumped(row[key]) : "").second) {
      others.push_back(&row);
      continue;
    }
    if (told.add(row)) continue;
    json bare = row;
    bare["layers"] = json::array();
    bare.erase("layersBase64");
    missing += told.add(bare) ? 0 : 1;
  }
  return missing;
}

/** Counts what is not told beside what the scan process left out already. */
static void addLeftOut(json& whole, const char* field, uint64_t count) {
  if (count > 0) whole[field] = whole.value(field, uint64_t{0}) + count;
}

static std::map<std::string, uint64_t> countBy(const char* key, const json& rows) {
  std::map<std::string, uint64_t> counts;
  for (const json& row : rows)
    if (row.contains(key) && row[key].is_string()) counts[row[key]]++;
  return counts;
}

static void addReasonsLeftOut(json& whole, const std::vector<json>& all) {
  const std::map<std::string, uint64_t> told = countBy("reason", whole["unscanned"]);
  json leftOut = whole.value("unscannedLeftOut", json::object());
  for (const auto& [reason, count] : countBy("reason", json(all))) {
    const auto found = told.find(reason);
    addLeftOut(leftOut, reason.c_str(), count - (found == told.end() ? 0 : found->second));
  }
  if (!leftOut.empty()) whole["unscannedLeftOut"] = std::move(leftOut);
}

static uint64_t tellRows(json& whole, const std::vector<json>& all, const char* list, const char* key,
                         size_t& bytesLeft) {
  ToldRows told(bytesLeft);
  std::vector<const json*> others;
  const uint64_t missing = tellFirstOfEach(told, all, key, others);
  for (const json* row : others)
    if (told.list_.size() >= rowsTold || !told.add(*row)) break;
  whole[list] = std::move(told.list_);
  return missing;
}

std::string wholeAnswer(std::string_view text, const std::vector<std::string>& rows) {
  json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return std::string(text);
  std::vector<json> threats, unscanned;
  for (const std::string& row : rows) {
    const json packet = json::parse(row, nullptr, false);
    collect(threats, packet, "threats");
    collect(unscanned, packet, "unscanned");
  }
  collect(threats, answer, "threats");
  collect(unscanned, answer, "unscanned");
  json whole = answer;
  whole["threats"] = whole["unscanned"] = json::array();
  // Room for the rows, and for what is left out of them, by reason.
  size_t bytesLeft = answerBytesMax - std::min(answerBytesMax, dumped(whole).size() + 1'024);
  if (const uint64_t missing = tellRows(whole, threats, "threats", "name", bytesLeft)) whole["namesLeftOut"] = missing;
  tellRows(whole, unscanned, "unscanned", "reason", bytesLeft);
  addLeftOut(whole, "threatsLeftOut", threats.size() - whole["threats"].size());
  addReasonsLeftOut(whole, unscanned);
  if (!threats.empty()) whole["verdict"] = "infected";
  return dumped(whole);
}

static bool engineFailed(std::string_view text, const std::vector<std::string>& rows) {
  constexpr std::string_view word = "\"reason\":\"engine-failure\"";
  if (text.find(word) != std::string_view::npos) return true;
  for (const std::string& row : rows)
    if (row.find(word) != std::string::npos) return true;
  return false;
}

Verdict readVerdict(std::string_view text, const std::vector<std::string>& rows, const GateConfiguration& rules) {
  const bool found =
      std::any_of(rows.begin(), rows.end(), [](const std::string& row) { return row.starts_with("{\"threats\":[{"); });
  if (found) return ofInfected(json::parse(text, nullptr, false), rows, rules);
  // By far the most: no parsing for them.
  if (text.starts_with("{\"verdict\":\"clean\"") || text.starts_with("{\"verdict\":\"out-of-scope\""))
    return {Outcome::clean, ""};
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object() || !answer.contains("verdict") || !answer["verdict"].is_string())
    return {Outcome::unreadable, ""};
  const std::string verdict = answer["verdict"];
  if (verdict == "infected") return ofInfected(answer, rows, rules);
  if (verdict == "partly") return {engineFailed(text, rows) ? Outcome::engineFailed : Outcome::partly, ""};
  return {verdict == "clean" || verdict == "out-of-scope" ? Outcome::clean : Outcome::unreadable, ""};
}

}  // namespace lazaret::gate
