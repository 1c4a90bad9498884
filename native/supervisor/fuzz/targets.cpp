// SPDX-License-Identifier: Apache-2.0
// The table as a dead gate may have left it, byte for byte foreign: the supervisor answers for it, the next gate tells
// what was let through.
#include "../../fuzz/target.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "../../gate/src/telling/responder.h"
#include "../src/takeover.h"

namespace lazaret::fuzz {

/** The bytes go over the table's beginning, one slot after another and one record after another; what is far behind
 * stays zero. */
struct Filling {
  const uint8_t* data;
  size_t size;

  template <typename Place>
  void into(Place& place, size_t most = sizeof(Place)) {
    const size_t bytes = std::min(size, std::min(most, sizeof place));
    if (bytes == 0) return;
    std::memcpy(reinterpret_cast<char*>(&place), data, bytes);
    data += bytes;
    size -= bytes;
  }
};

static constexpr size_t touched = 4;

static void fill(Table& table, const uint8_t* data, size_t size) {
  Filling filling{data, size};
  filling.into(table.own);
  filling.into(table.failClosed);
  filling.into(table.slotsUsed);
  filling.into(table.letThroughCount);
  filling.into(table.letThroughsDone);
  filling.into(table.life);
  for (size_t index = 0; index < touched; index++) {
    filling.into(table.slots[index].word);
    filling.into(table.slots[index].event);
    filling.into(table.slots[index].file);
    filling.into(table.letThroughs[index]);
  }
  // The keeper has the descriptors; here this process is it, or none lives.
  table.keeper.store(size % 3 == 0 ? getpid() : 0);
}

/** What the kernel's queue still holds: descriptors in it are real. */
static void runQueue(Table& table, const uint8_t* data, size_t size) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
  fanotify_event_metadata event{};
  Filling filling{data, size};
  for (size_t index = 0; index < touched; index++) {
    filling.into(event);
    event.fd = event.fd < 0 ? -1 : dup(pair[1]);
    if (write(pair[1], &event, sizeof event) < 0) std::abort();
  }
  answerQueued(pair[0], table);
  refuseForDeadGate(pair[0], touched);
  close(pair[0]);
  close(pair[1]);
}

static void runTakeover(const uint8_t* data, size_t size) {
  static Table& table = *new Table{};
  static const int group = open("/dev/full", O_WRONLY | O_CLOEXEC), wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  static const int taking = open("/dev/null", O_WRONLY | O_CLOEXEC);
  fill(table, data, size);
  // A table may claim any number of slots; the walk over thousands of free ones is the same each time.
  table.slotsUsed.store(table.slotsUsed.load() % (2 * touched));
  const bool answered = size % 2;
  answerForDeadGate(answered ? taking : group, table, LetThroughCause::gateDied, 4);
  runQueue(table, data, size);
  gate::Outbox outbox(wake, 4);
  gate::Statistics statistics;
  gate::LetThroughLog log(table);
  gate::Opens opens(table, group, touched);
  gate::Responder responder(opens, log, outbox, statistics, 4);
  // At most so many of the ring as were written here: the others are alike.
  const uint64_t end = table.letThroughCount.load();
  if (end > 2 * touched && end - 2 * touched > table.letThroughsDone.load())
    table.letThroughsDone.store(end - 2 * touched);
  log.each([&](const LetThrough& record, uint64_t number) { responder.letThroughBefore(record, number); });
  while (auto message = outbox.take()) log.done(message->number);
  std::memset(static_cast<void*>(table.slots), 0, sizeof(Slot) * 2 * touched);
  std::memset(static_cast<void*>(table.letThroughs), 0, sizeof(LetThrough) * touched);
}

static constexpr Target list[] = {{"supervisor-takeover", runTakeover}};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
