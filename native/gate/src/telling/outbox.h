// SPDX-License-Identifier: Apache-2.0
// What is told to the agent, in order, until it takes it; what is numbered, until it says that it has done with it: an
// agent that dies meanwhile is followed by one that is told again. Bounded: of its descriptors first (the agent then
// opens the file by its handle), then of what can be done without. What had to be dropped is counted and told.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "shared/descriptor.h"

namespace lazaret::gate {

struct Message {
  std::string text;
  Descriptor file;
  // Of the table's let-through record that this tells, from 1 on; 0: none, and nobody says that it is done.
  uint64_t number = 0;
};

enum class Weight { needed, spare };

class Outbox {
 public:
  /** `wake`: eventfd of the agent's thread. */
  Outbox(int wake, size_t descriptorsMax) : descriptorsMax_(descriptorsMax), wake_(wake) {}
  /** False: it was dropped. */
  bool put(const nlohmann::json& message, Descriptor file, Weight weight = Weight::needed, uint64_t number = 0);
  std::optional<Message> take();
  /** A message that could not be sent goes back to its place. */
  void putBack(Message message);
  /** One that was sent and bears a number: kept until it is done. So many at most: of an agent that never has done with
   * them the rest is dropped. */
  void keep(Message message);
  void done(uint64_t number);
  /** Another agent: all that was sent and is not done, before what is new. */
  void tellAgain();
  uint64_t dropped() const;
  /** Something waits to be sent; what was sent and is not done does not count. */
  bool hasUnsent() const;

 private:
  static constexpr size_t messagesMax = 20'000, spareMax = 1'000, sentMax = 10'000;
  const size_t descriptorsMax_;
  mutable std::mutex mutex_;
  std::deque<Message> queue_;
  std::map<uint64_t, Message> sent_;
  size_t descriptors_ = 0;
  uint64_t dropped_ = 0;
  int wake_;
};

}  // namespace lazaret::gate
