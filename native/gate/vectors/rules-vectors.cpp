// SPDX-License-Identifier: Apache-2.0
// Asks Scope in lines of JSON, for tests and measurements alone. A line in: {"rules": …} or {"text": JSON as
// bytes-text}, and {"questions": […]} to the rules of that line; {"paths": […], "rounds": N} measures. A line out:
// {"fault": text or null, "answers": […]}.
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "opens/process-owner.h"
#include "opens/program-content.h"
#include "rules/scope.h"
#include "version.h"

#ifndef PROGRAM
#define PROGRAM "gate-rules-vectors"
#endif

using lazaret::gate::Decision;
using lazaret::gate::Scope;
using nlohmann::json;

namespace {

/** Bytes as text and back: one character per byte. */
std::string toBytes(const std::string& text) {
  std::string bytes;
  for (size_t index = 0; index < text.size(); index++) {
    const unsigned first = static_cast<unsigned char>(text[index]);
    if (first < 0x80) {
      bytes.push_back(text[index]);
    } else {
      const unsigned second = index + 1 < text.size() ? static_cast<unsigned char>(text[++index]) : 0;
      bytes.push_back(static_cast<char>(((first & 3) << 6) | (second & 0x3f)));
    }
  }
  return bytes;
}

std::string bytesAt(const json& question, const char* name) { return toBytes(question.at(name).get<std::string>()); }

json decisionOf(const Decision& decision) {
  return {{"scan", decision.scan},
          {"byContent", decision.byContent},
          {"nameListed", decision.nameListed},
          {"why", decision.why},
          {"decidedBy", decision.decidedBy}};
}

std::vector<std::string> namesOf(const json& question) {
  std::vector<std::string> names;
  for (const json& name : question.at("names")) names.push_back(toBytes(name.get<std::string>()));
  return names;
}

json answer(const Scope& scope, const json& question) {
  const std::string& kind = question.at("question").get_ref<const std::string&>();
  if (kind == "decide") return decisionOf(scope.decide(bytesAt(question, "path")));
  if (kind == "decideForeign") return decisionOf(scope.decideForeign(bytesAt(question, "path")));
  if (kind == "holds") return scope.holdsDirectory(bytesAt(question, "path"), question.at("foreign").get<bool>());
  if (kind == "digest") return scope.exceptDigest(question.at("sha256").get<std::string>());
  if (kind == "process")
    return scope.exceptProcess(
        {std::stoull(question.at("device").get<std::string>()), std::stoull(question.at("inode").get<std::string>()),
         std::stoll(question.at("changedNs").get<std::string>())},
        {question.at("uid").get<int64_t>(), question.at("unit").get<std::string>()});
  if (kind == "unitOf") return lazaret::gate::unitOfCgroups(bytesAt(question, "text"));
  if (kind == "mayRun") return lazaret::gate::mayRun(bytesAt(question, "head"), bytesAt(question, "path"));
  if (kind == "unscanned") {
    std::vector<std::string> reasons = question.at("reasons");
    const std::vector<std::string_view> views(reasons.begin(), reasons.end());
    const auto decision = scope.decideUnscanned(bytesAt(question, "path"), views);
    return {{"tell", decision.tell},
            {"refuse", decision.refuse},
            {"reason", decision.reason},
            {"decidedBy", decision.decidedBy},
            {"threat", decision.threat}};
  }
  if (kind == "fileSystem") {
    const std::string type = question.at("type"), source = question.at("source");
    return scope.isPseudo(type) ? "pseudo" : scope.isNetwork(type, source) ? "network" : "local";
  }
  const std::vector<std::string> names = namesOf(question);
  const std::vector<std::string_view> views(names.begin(), names.end());
  return kind == "passes" ? json(scope.passes(views)) : json(scope.exceptThreats(views));
}

/** Nanoseconds of one decision, mean over all paths and rounds. */
json measure(const Scope& scope, const json& line) {
  std::vector<std::string> paths;
  for (const json& path : line.at("paths")) paths.push_back(toBytes(path.get<std::string>()));
  const int rounds = line.at("rounds");
  size_t scanned = 0;
  const auto startedAt = std::chrono::steady_clock::now();
  for (int round = 0; round < rounds; round++)
    for (const std::string& path : paths) scanned += scope.decide(path).scan;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - startedAt;
  return {{"nanoseconds", took.count() / rounds / static_cast<double>(paths.size())}, {"scanned", scanned}};
}

json answerLine(const json& line) {
  std::string fault;
  const json rules = line.contains("text") ? json::parse(bytesAt(line, "text"), nullptr, false) : line.at("rules");
  if (rules.is_discarded()) return {{"fault", "no JSON"}, {"answers", json::array()}};
  const std::shared_ptr<const Scope> scope = Scope::parse(rules, fault);
  if (scope == nullptr) return {{"fault", fault}, {"answers", json::array()}};
  if (line.contains("paths")) return measure(*scope, line);
  json answers = json::array();
  for (const json& question : line.value("questions", json::array())) answers.push_back(answer(*scope, question));
  return {{"fault", nullptr}, {"answers", answers}};
}

}  // namespace

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, PROGRAM)) return 0;
  for (std::string line; std::getline(std::cin, line);) {
    const json answered = answerLine(json::parse(line));
    // A fault may quote what was damaged: what is no UTF-8 is replaced.
    std::cout << answered.dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
  }
}
