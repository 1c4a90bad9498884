// SPDX-License-Identifier: Apache-2.0
#include "takeover.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "shared/clock.h"
#include "shared/file-facts.h"
#include "shared/let-through.h"

namespace lazaret {

/** Then the supervisor looks after its children again. */
static constexpr size_t answeredAtOnce = 10'000;

static bool respond(int group, int fd, bool allow) {
  const fanotify_response response{fd, static_cast<uint32_t>(allow ? FAN_ALLOW : FAN_DENY)};
  return write(group, &response, sizeof response) == static_cast<ssize_t>(sizeof response);
}

static void describeFile(FileFacts& file, int fd) {
  readObject(fd, file);
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t bytes = readlink(link, file.path, sizeof file.path);
  file.pathBytes = bytes < 0 ? 0 : static_cast<uint32_t>(bytes);
}

static bool isOwn(const Table& table, int pid) {
  return pid > 0 &&
         std::any_of(std::begin(table.own), std::end(table.own), [pid](const auto& own) { return own.load() == pid; });
}

/** By the dead gate's descriptor of that number, which its keeper has. Opened as a path alone: that asks nobody. */
static void describeKept(FileFacts& file, const Table& table, int number) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/%d/fd/%d", table.keeper.load(), number);
  const int fd = open(link, O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  describeFile(file, fd);
  close(fd);
}

static void answerSlot(int group, Table& table, Slot& slot, LetThroughCause cause) {
  const bool own = isOwn(table, slot.event.pid);
  const bool allow = own || table.failClosed.load() == 0;
  if (own || slot.recorded.load() != 0) {
    respond(group, slot.event.fd, allow);
    return;
  }
  LetThrough& record = nextLetThrough(table);
  record.cause = cause;
  record.pid = slot.event.pid;
  record.allowed = allow;
  record.executed = (slot.event.mask & FAN_OPEN_EXEC_PERM) != 0;
  const uint64_t cameAt = slot.cameAtMs.load();
  record.waitedMs = cameAt ? monotonicMs() - cameAt : 0;
  record.file = slot.file;
  // It had not come to look at it.
  if (record.file.device == 0 || record.file.pathBytes == 0) describeKept(record.file, table, slot.event.fd);
  readOpener(record, slot.event.pid);
  // Not ours any more when the gate had answered it and died before it said so.
  if (respond(group, slot.event.fd, allow)) table.letThroughCount.fetch_add(1);
}

void answerForDeadGate(int group, Table& table, LetThroughCause cause, int descriptorsMax) {
  for (size_t index = 0; index < std::min<size_t>(table.slotsUsed.load(), slotsMax); index++) {
    Slot& slot = table.slots[index];
    if (stateOf(slot.word.load()) == SlotState::free) continue;
    if (slot.event.event_len != 0 && slot.event.fd >= 0) answerSlot(group, table, slot, cause);
    slot.event.event_len = 0;
    slot.word.store(slotWord(SlotState::free, sequenceOf(slot.word.load())));
  }
  // Nothing should be left. What is (a reader that died within read) would wait for ever: numbers are cheap to try.
  const bool allow = table.failClosed.load() == 0;
  for (int fd = 0; fd < descriptorsMax; fd++) {
    if (!respond(group, fd, allow)) continue;
    LetThrough& record = nextLetThrough(table);
    record.cause = cause;
    record.allowed = allow;
    describeKept(record.file, table, fd);
    table.letThroughCount.fetch_add(1);
  }
  for (auto& busy : table.readerBusyMs) busy.store(0);
}

void refuseForDeadGate(int group, int descriptorsMax) {
  for (int fd = 0; fd < descriptorsMax; fd++) respond(group, fd, false);
}

void answerQueued(int group, Table& table) {
  fanotify_event_metadata event;
  pollfd ready{group, POLLIN, 0};
  for (size_t answered = 0; answered < answeredAtOnce && poll(&ready, 1, 0) == 1 &&
                            read(group, &event, sizeof event) == static_cast<ssize_t>(sizeof event);
       answered++) {
    if (event.fd < 0) continue;
    const bool own = isOwn(table, event.pid);
    const bool allow = own || table.failClosed.load() == 0;
    LetThrough& record = nextLetThrough(table);
    if (!own) {
      record.cause = LetThroughCause::gateDown;
      record.pid = event.pid;
      record.allowed = allow;
      describeFile(record.file, event.fd);
      readOpener(record, event.pid);
    }
    respond(group, event.fd, allow);
    close(event.fd);
    if (!own) table.letThroughCount.fetch_add(1);
  }
}

}  // namespace lazaret
