// SPDX-License-Identifier: Apache-2.0
#include "reading/missed.h"

#include <algorithm>

#include "shared/clock.h"

namespace lazaret::gate {

/** Beyond every number of a let-through open; by the time, so that two gates never use the same. */
static constexpr uint64_t firstNumber = 1ull << 52;

void Missed::tell(const char* cause, uint64_t fromMs, uint64_t toMs) {
  const std::lock_guard lock(mutex_);
  last_ = std::max(last_ + 1, firstNumber + unixMs());
  const uint64_t before = table_.missedFromMs.load();
  table_.missedFromMs.store(before == 0 ? fromMs : std::min(before, fromMs));
  // Dropped: it stands in the table all the same, and the next gate tells it.
  outbox_.put({{"type", "missed"}, {"number", last_}, {"cause", cause}, {"fromMs", fromMs}, {"toMs", toMs}},
              Descriptor(), Weight::needed, last_);
}

void Missed::overflowed(uint64_t fromMs) { tell("overflow", fromMs, unixMs()); }

void Missed::takeLeftBehind() {
  const uint64_t unsettled = table_.unsettledSinceMs.exchange(0), missed = table_.missedFromMs.load();
  if (unsettled == 0 && missed == 0) return;
  tell("gate-died", unsettled == 0 || (missed != 0 && missed < unsettled) ? missed : unsettled, unixMs());
}

bool Missed::done(uint64_t number) {
  if (number < firstNumber) return false;
  const std::lock_guard lock(mutex_);
  if (number == last_) table_.missedFromMs.store(0);
  return true;
}

void Missed::begin(uint64_t sinceMs) {
  if (isSettled()) table_.unsettledSinceMs.store(sinceMs);
}

}  // namespace lazaret::gate
