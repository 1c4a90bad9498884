// SPDX-License-Identifier: Apache-2.0
#include "outbox.h"

#include <cstdint>

namespace lazaret::gate {

void Outbox::put(const nlohmann::json& message, Descriptor file, Weight weight, uint64_t orphan) {
  std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= (weight == Weight::spare ? spareMax : messagesMax)) {
      dropped_++;
      return;
    }
    if (descriptors_ >= descriptorsMax) file.reset();
    descriptors_ += file ? 1 : 0;
    queue_.push_back({std::move(text), std::move(file), orphan});
  }
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

std::optional<Message> Outbox::take() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  Message message = std::move(queue_.front());
  queue_.pop_front();
  descriptors_ -= message.file ? 1 : 0;
  return message;
}

void Outbox::putBack(Message message) {
  const std::lock_guard lock(mutex_);
  descriptors_ += message.file ? 1 : 0;
  queue_.push_front(std::move(message));
}

uint64_t Outbox::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace lazaret::gate
