// SPDX-License-Identifier: Apache-2.0
// The parent of gate, scanner and agent. Owns the fanotify groups and the table of unanswered opens from start to end.
// Must not own: any decision about a file. Who answers an open: the gate; if it is dead or hung, this, by the policy's
// rule for opens that nobody can judge (recorded, followed up by the next gate); if this dies, the kernel, for then
// nobody holds the group any more.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "groups.h"
#include "shared/open-table.h"

namespace lazaret {

struct SupervisorOptions {
  std::string runDirectory;
  std::string gate;
  std::string scanner;
  unsigned workers = 1;
  uint64_t agentSilentMsMax = 120'000;
  std::vector<std::string> agent;
};

class Supervisor {
 public:
  explicit Supervisor(SupervisorOptions options);
  /** Until the agent has ended, or SIGTERM. The exit code is the agent's. */
  int run();

 private:
  struct Child {
    int pid = 0;
    uint64_t startedMs = 0;
    uint64_t startAgainMs = 0;  // 0: not to be started
    unsigned quickEnds = 0;     // in a row
  };

  /** The agent's event loop touches a file: what its time was, and how long that has stood. */
  struct AgentSign {
    int64_t touchedNs = 0;
    uint64_t silentMs = 0, lookedAtMs = 0;
  };

  std::string signFile() const { return options_.runDirectory + "/agent-alive"; }
  bool open();
  void startGate();
  void startScanner();
  void startAgent();
  void startDue();
  void reap();
  void gateEnded(LetThroughCause cause);
  void endKeeper();
  bool lockRunDirectory() const;
  void endAll();
  void agentEnded(int status);
  void checkGate();
  void checkAgent();
  void handleSignals();
  void beginUpgrade();
  void trialEnded(int status);
  void checkTrial();
  void beginEnd();
  void setOwn(OwnProgram program, int pid);
  void scheduleStart(Child& child, uint64_t firstPauseMs, uint64_t pauseMsMax);
  int waitMs() const;

  SupervisorOptions options_;
  Groups groups_;
  Table* table_ = nullptr;
  int tableFd_ = -1;
  int signals_ = -1;
  unsigned long gateDescriptors_ = 0;
  Child gate_, scanner_, agent_, trial_;
  AgentSign sign_;
  unsigned deadBorn_ = 0;  // gates in a row that ended before their first sign of life
  bool agentHasLived_ = false;
  bool ending_ = false;
  bool killedHungGate_ = false;
  uint64_t endByMs_ = 0;
  int exitCode_ = 0;
};

}  // namespace lazaret
