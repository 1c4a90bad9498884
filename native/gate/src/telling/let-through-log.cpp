// SPDX-License-Identifier: Apache-2.0
#include "telling/let-through-log.h"

#include <sys/fanotify.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "shared/clock.h"
#include "shared/let-through.h"
#include "opens/opener.h"

namespace lazaret::gate {

uint64_t LetThroughLog::write(LetThroughCause cause, Slot& slot, const nlohmann::json& opener, bool allowed) {
  const std::lock_guard lock(mutex_);
  LetThrough& record = nextLetThrough(table_);
  record.cause = cause;
  record.pid = slot.event.pid;
  record.allowed = allowed;
  record.executed = (slot.event.mask & FAN_OPEN_EXEC_PERM) != 0;
  record.waitedMs = monotonicMs() - slot.cameAtMs.load();
  record.file = slot.file;
  writeOpener(record, opener);
  const uint64_t number = table_.letThroughCount.fetch_add(1) + 1;
  // Should this process die before it answers, the supervisor answers and need not write it down again.
  slot.recorded.store(1);
  return number;
}

void LetThroughLog::done(uint64_t number) {
  const std::lock_guard lock(mutex_);
  uint64_t before = table_.letThroughsDone.load();
  if (number <= before || number > table_.letThroughCount.load()) return;
  doneBeyond_.insert(number);
  while (doneBeyond_.erase(before + 1)) before++;
  table_.letThroughsDone.store(before);
}

LetThroughLog::Waiting LetThroughLog::waitingOf(uint32_t user) {
  const std::lock_guard lock(mutex_);
  const uint64_t end = table_.letThroughCount.load();
  const uint64_t first = std::max(table_.letThroughsDone.load(), end > letThroughsMax ? end - letThroughsMax : 0);
  Waiting waiting;
  for (uint64_t at = first; at < end; at++) {
    const LetThrough& record = table_.letThroughs[at % letThroughsMax];
    if (!record.allowed || record.uid == 0 || record.cause != LetThroughCause::deadline || doneBeyond_.contains(at + 1))
      continue;
    waiting.ofUsers++;
    if (record.uid == user) waiting.ofUser++;
  }
  return waiting;
}

/** Version 8 of RFC 9562: 64 bits of the supervisor's life, the rest is the number. */
std::string LetThroughLog::nameOf(uint64_t number) const {
  const uint64_t life = table_.life;
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-8%03x-%04x-%012" PRIx64, static_cast<unsigned>(life >> 32),
                static_cast<unsigned>(life >> 16 & 0xffff), static_cast<unsigned>(life >> 4 & 0xfff),
                static_cast<unsigned>(0x8000 | (life & 0xf) << 8), number & 0xffff'ffff'ffff);
  return text;
}

uint64_t LetThroughLog::each(const std::function<void(const LetThrough& record, uint64_t number)>& tell) {
  const uint64_t end = table_.letThroughCount.load();
  uint64_t next = table_.letThroughsDone.load(), lost = 0;
  // No sum: counters of a table that is damaged may stand anywhere.
  if (end > next && end - next > letThroughsMax) {
    lost = end - letThroughsMax - next;
    next = end - letThroughsMax;
    table_.letThroughsDone.store(next);
  }
  for (; next < end; next++) tell(table_.letThroughs[next % letThroughsMax], next + 1);
  return lost;
}

}  // namespace lazaret::gate
