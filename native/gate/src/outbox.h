// SPDX-License-Identifier: Apache-2.0
// What is told to the agent, in order, until it takes it. Bounded: of its descriptors first (the agent then opens the file by its handle), then
// of what can be done without. What had to be dropped is counted and told.
#pragma once
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "descriptor.h"

namespace lazaret::gate {

struct Message {
  std::string text;
  Descriptor file;
  uint64_t orphan = 0;  // 1 + the number of the supervisor's record that this tells; 0: none
};

enum class Weight { needed, spare };

class Outbox {
 public:
  explicit Outbox(int wake) : wake_(wake) {}  // eventfd of the agent's thread
  void put(const nlohmann::json& message, Descriptor file, Weight weight = Weight::needed, uint64_t orphan = 0);
  std::optional<Message> take();
  /** A message that could not be sent goes back to its place. */
  void putBack(Message message);
  uint64_t dropped() const;

 private:
  static constexpr size_t messagesMax = 20'000, spareMax = 1'000, descriptorsMax = 2'048;
  mutable std::mutex mutex_;
  std::deque<Message> queue_;
  size_t descriptors_ = 0;
  uint64_t dropped_ = 0;
  int wake_;
};

}  // namespace lazaret::gate
