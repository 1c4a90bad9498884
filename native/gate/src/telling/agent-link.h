// SPDX-License-Identifier: Apache-2.0
// DIR/gate.sock: the agent configures, the gate tells. One agent at a time; a new one takes the place of the old.
// Nothing that an open waits for depends on it.
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "shared/descriptor.h"
#include "telling/outbox.h"

namespace lazaret::gate {

struct AgentHandlers {
  std::function<nlohmann::json()> hello;
  /** The answer. */
  std::function<nlohmann::json(const std::string& configuration)> configure;
  std::function<void(Descriptor file)> deny;
  std::function<nlohmann::json()> stats;
  /** Another agent is there: what the last one had not done with is told again. */
  std::function<void()> connected;
  /** The agent has done with these. */
  std::function<void(const std::vector<uint64_t>& numbers)> done;
};

class AgentLink {
 public:
  /** `wake`: the outbox' eventfd. */
  AgentLink(std::string socketPath, int wake, Outbox& outbox, AgentHandlers handlers);
  void run();

 private:
  friend struct FuzzAccess;  // native/gate/fuzz
  bool listen();
  void accept();
  void receive();
  void handle(const nlohmann::json& message, Descriptor file);
  void flush();
  void done(const nlohmann::json& message);
  bool send(const Message& message, bool& full);
  void reply(const nlohmann::json& message);

  std::string socketPath_;
  int wake_;
  Outbox& outbox_;
  AgentHandlers handlers_;
  Descriptor listener_, agent_;
  bool waitsForSpace_ = false;
};

}  // namespace lazaret::gate
