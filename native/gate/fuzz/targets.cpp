// SPDX-License-Identifier: Apache-2.0
// What the gate reads that others can choose: configurations, paths, mount tables, answers of a scan process, texts of
// /proc.
#include "../../fuzz/target.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "rules/bytes-text.h"
#include "shared/descriptor.h"
#include "mounts/mount-table.h"
#include "opens/process-owner.h"
#include "opens/program-content.h"
#include "rules/scope-text.h"
#include "judging/verdict.h"
#include "links.h"

namespace lazaret::gate {

static std::string_view textOf(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

static void runRules(const uint8_t* data, size_t size) {
  std::string fault;
  const auto whole = parseConfiguration(std::string(textOf(data, size)), fault);
  if (!whole && fault.empty()) std::abort();
  const auto value = nlohmann::json::parse(textOf(data, size), nullptr, false);
  const auto scope = Scope::parse(value, fault);
  if (scope) scope->decide("/home/a/b.txt");
}

static void runPath(const uint8_t* data, size_t size) {
  if (size < 1) return;
  const Scope& scope = *knownRules()[data[0] % knownRules().size()]->scope;
  // The kernel gives no longer one, and none with a NUL.
  const std::string_view text = textOf(data + 1, std::min<size_t>(size - 1, 4096));
  const std::string path = canonicalPath(text.substr(0, text.find('\0')));
  if (!isCanonical(path)) std::abort();
  scope.decide(path);
  scope.decideForeign(path);
  scope.holdsDirectory(path, false);
  scope.holdsDirectory(path, true);
  const std::string_view names[] = {text};
  scope.exceptThreats(names);
  scope.passes(names);
  scope.exceptDigest(text);
  const std::string_view reasons[] = {"encrypted", text};
  scope.decideUnscanned(path, reasons);
  scope.isNetwork(text, text);
  if (textBytes(bytesText(text)) != text) std::abort();
}

static void runMounts(const uint8_t* data, size_t size) {
  for (const Mount& mount : parseMountInfo(textOf(data, size))) {
    mountOptions(mount, "lowerdir");
    mountOptions(mount, "upperdir");
  }
}

static void runVerdict(const uint8_t* data, size_t size) {
  if (size < 1) return;
  const GateConfiguration& rules = *knownRules()[data[0] % knownRules().size()];
  std::vector<std::string> rows = linesOf(textOf(data + 1, size - 1));
  const std::string answer = rows.front();
  rows.erase(rows.begin());
  addHits(rows, {rows.begin(), rows.begin() + static_cast<ptrdiff_t>(rows.size() / 2)}, answer);
  hitsRefuse(rows, rules);
  const Verdict verdict = readVerdict(answer, rows, rules);
  if (verdict.outcome == Outcome::partly) ruleUnscanned(verdict, answer, rows, "/home/a", rules);
  wholeAnswer(answer, rows);
}

static void runProcess(const uint8_t* data, size_t size) {
  const std::string_view text = textOf(data, size);
  unitOfCgroups(text);
  effectiveUserOf(text);
  const size_t cut = std::min<size_t>(size, 64);
  const std::string_view head = text.substr(0, cut), path = text.substr(cut);
  const Descriptor file(memfd_create("fuzz", MFD_CLOEXEC));
  if (write(file.get(), head.data(), head.size()) != static_cast<ssize_t>(head.size())) std::abort();
  if (mayRun(file.get(), path) != mayRun(head, path)) std::abort();
}

}  // namespace lazaret::gate

namespace lazaret::fuzz {

static constexpr Target list[] = {{"gate-rules", gate::runRules},
                                  {"gate-path", gate::runPath},
                                  {"gate-mounts", gate::runMounts},
                                  {"gate-verdict", gate::runVerdict},
                                  {"gate-process", gate::runProcess},
                                  {"gate-agent-link", gate::runAgentLink},
                                  {"gate-scanner-link", gate::runScannerLink}};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
