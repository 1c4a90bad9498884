// SPDX-License-Identifier: Apache-2.0
// What the agent has configured: the compiled scope and the few numbers that an answer needs. One immutable value at a
// time; readers keep a copy of the pointer and ask only a counter whether there is another. It lies in DIR/gate.json,
// too, so that the next gate does not wait for JavaScript.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "rules/scope.h"

namespace lazaret::gate {

struct GateConfiguration {
  uint64_t generation = 0;
  bool active = false;
  uint32_t deadlineMs = 10'000;
  bool failClosed = false;
  bool overloadDenies = true;          // what an open gets beyond its owner's share
  std::shared_ptr<const Scope> scope;  // null as long as nothing is configured
  std::string profile;                 // the scanner's 96 bytes
  std::string verdicts;                // verdicts under another text are void
  bool answersDetections = false;      // the agent says when it has done with one
};

/** Null with `fault` where the text is none that was agreed on. */
std::shared_ptr<const GateConfiguration> parseConfiguration(const std::string& text, std::string& fault);

class ConfigurationKeeper {
 public:
  std::shared_ptr<const GateConfiguration> current() const;
  void set(std::shared_ptr<const GateConfiguration> rules);
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const GateConfiguration> rules_ = std::make_shared<GateConfiguration>();
  std::atomic<uint64_t> version_{1};
};

/** A thread's own copy, renewed when there is another. */
class ConfigurationView {
 public:
  explicit ConfigurationView(const ConfigurationKeeper& keeper) : keeper_(keeper) {}
  const GateConfiguration& get() {
    if (const uint64_t now = keeper_.version(); now != version_) {
      version_ = now;
      rules_ = keeper_.current();
    }
    return *rules_;
  }

 private:
  const ConfigurationKeeper& keeper_;
  uint64_t version_ = 0;
  std::shared_ptr<const GateConfiguration> rules_;
};

}  // namespace lazaret::gate
