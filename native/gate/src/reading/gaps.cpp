// SPDX-License-Identifier: Apache-2.0
#include "reading/gaps.h"

#include <algorithm>

#include "shared/clock.h"

namespace lazaret::gate {

/** Beyond every number of a let-through open; by the time, so that two gates never use the same. */
static constexpr uint64_t firstNumber = 1ull << 52;

void Gaps::tell(const char* cause, uint64_t fromMs, uint64_t toMs) {
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_ + 1, firstNumber + unixMs());
  const uint64_t before = table_.gapFromMs.load();
  table_.gapFromMs.store(before == 0 ? fromMs : std::min(before, fromMs));
  // A message that is dropped loses nothing: the gap stands in the table, and the next gate tells it.
  outbox_.put({{"type", "missed"}, {"number", last_}, {"cause", cause}, {"fromMs", fromMs}, {"toMs", toMs}},
              Descriptor(), Weight::needed, last_);
}

void Gaps::overflowed(uint64_t fromMs) { tell("overflow", fromMs, unixMs()); }

void Gaps::takeLeftBehind() {
  const uint64_t unsettled = table_.unsettledSinceMs.exchange(0), from = table_.gapFromMs.load();
  if (unsettled == 0 && from == 0) return;
  tell("gate-died", unsettled == 0 || (from != 0 && from < unsettled) ? from : unsettled, unixMs());
}

bool Gaps::done(uint64_t number) {
  if (number < firstNumber) return false;
  const std::lock_guard lock(mutex_);
  if (number == last_) table_.gapFromMs.store(0);
  return true;
}

void Gaps::begin(uint64_t sinceMs) {
  if (isSettled()) table_.unsettledSinceMs.store(sinceMs);
}

}  // namespace lazaret::gate
