// SPDX-License-Identifier: Apache-2.0
// The gate's composition root: every part once, and what a new configuration does to them, in order.
#pragma once
#include <signal.h>

#include <string>

#include "telling/agent-link.h"
#include "clock-thread.h"
#include "marks/ignore-marks.h"
#include "judging/judging.h"
#include "telling/let-through-log.h"
#include "reading/gaps.h"
#include "mounts/mount-keeper.h"
#include "reading/notify-reader.h"
#include "opens/opens.h"
#include "telling/outbox.h"
#include "marks/pre-access.h"
#include "reading/readers.h"
#include "telling/responder.h"
#include "rules/configuration.h"
#include "judging/scanner-link.h"
#include "telling/statistics.h"
#include "judging/verdict-cache.h"

namespace lazaret::gate {

struct GateOptions {
  std::string runDirectory;
  std::string mode;    // "permission" | "notification" | "none"
  std::string reason;  // why it is not "permission"
  size_t slots = 0;
  char** arguments = nullptr;     // by which the next program is called
  size_t toldDescriptorsMax = 0;  // that the agent has not done with
};

class Gate {
 public:
  Gate(GateOptions options, Table& table);
  /** Never returns: the gate ends with its process. */
  [[noreturn]] void run();

 private:
  std::string configurationFile() const { return options_.runDirectory + "/gate.json"; }
  nlohmann::json hello() const;
  nlohmann::json configure(const std::string& text);
  void takeRules(std::shared_ptr<const GateConfiguration> rules);
  void takeLastConfiguration();
  void takeLeftBehind();
  void done(const std::vector<uint64_t>& numbers);
  void deny(Descriptor file);
  nlohmann::json stats() const;
  void awaitUpgrade();
  void awaitQuiet(const sigset_t& again);
  void becomeNext();
  void setOverExec(bool keep);
  void takeOver();

  GateOptions options_;
  Table& table_;
  bool hasPermission_, hasNotify_;
  int wake_;
  Statistics statistics_;
  ConfigurationKeeper rules_;
  VerdictCache cache_;
  Outbox outbox_;
  Opens opens_;
  LetThroughLog letThroughs_;
  Gaps gaps_;
  Responder responder_;
  IgnoreMarks ignoreMarks_;
  PreAccess preAccess_;
  MountKeeper mounts_;
  ScannerLink scanner_;
  Owners owners_;
  Judging judging_;
  Readers readers_;
  NotifyReader notify_;
  ClockThread clock_;
  AgentLink agent_;
};

}  // namespace lazaret::gate
