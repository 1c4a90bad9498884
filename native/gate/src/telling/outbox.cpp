// SPDX-License-Identifier: Apache-2.0
#include "telling/outbox.h"

#include <cstdint>

namespace lazaret::gate {

bool Outbox::put(const nlohmann::json& message, Descriptor file, Weight weight, uint64_t number) {
  std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() + sent_.size() >= (weight == Weight::spare ? spareMax : messagesMax)) {
      dropped_++;
      return false;
    }
    if (descriptors_ >= descriptorsMax_) file.reset();
    descriptors_ += file ? 1 : 0;
    queue_.push_back({std::move(text), std::move(file), number});
  }
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  return true;
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

void Outbox::keep(Message message) {
  const std::lock_guard lock(mutex_);
  if (sent_.size() >= sentMax) {
    dropped_++;
    return;
  }
  descriptors_ += message.file ? 1 : 0;
  sent_[message.number] = std::move(message);
}

void Outbox::done(uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = sent_.find(number);
  if (found == sent_.end()) return;
  descriptors_ -= found->second.file ? 1 : 0;
  sent_.erase(found);
}

void Outbox::tellAgain() {
  const std::lock_guard lock(mutex_);
  for (auto each = sent_.rbegin(); each != sent_.rend(); ++each) queue_.push_front(std::move(each->second));
  sent_.clear();
}

bool Outbox::hasUnsent() const {
  const std::lock_guard lock(mutex_);
  return !queue_.empty();
}

uint64_t Outbox::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace lazaret::gate
