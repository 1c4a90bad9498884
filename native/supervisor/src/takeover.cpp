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

#include "clock.h"
#include "file-facts.h"

namespace lazaret {

/** Then the supervisor looks after its children again. */
static constexpr size_t answeredAtOnce = 10'000;

static bool respond(int group, int fd, bool allow) {
  const fanotify_response response{fd, static_cast<uint32_t>(allow ? FAN_ALLOW : FAN_DENY)};
  return write(group, &response, sizeof response) == static_cast<ssize_t>(sizeof response);
}

static size_t readText(const char* path, char* buffer, size_t bytes) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t got = read(fd, buffer, bytes);
  close(fd);
  return got < 0 ? 0 : static_cast<size_t>(got);
}

/** The opener, while it still waits and so cannot be another. */
static void describeOpener(Orphan& orphan, int pid) {
  char path[64], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/exe", pid);
  const ssize_t program = readlink(path, orphan.program, sizeof orphan.program);
  orphan.programBytes = program < 0 ? 0 : static_cast<uint32_t>(program);
  std::snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  orphan.commandBytes = static_cast<uint32_t>(readText(path, orphan.command, sizeof orphan.command));
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const size_t bytes = readText(path, text, sizeof text - 1);
  text[bytes] = 0;
  // Field 22; counted behind the last bracket, for a name may hold anything.
  const char* at = std::strrchr(text, ')');
  for (int field = 2; at && field < 22; field++) at = std::strchr(at + 1, ' ');
  if (at) orphan.startTime = std::strtoull(at + 1, nullptr, 10);
  struct stat owner;
  std::snprintf(path, sizeof path, "/proc/%d", pid);
  if (stat(path, &owner) == 0) orphan.uid = owner.st_uid;
}

/** One place of the ring. A follow-up that nobody takes for so long is lost, and the counts say it. */
static Orphan& nextOrphan(Table& table) {
  Orphan& orphan = table.orphans[table.orphanCount.load() % orphansMax];
  std::memset(static_cast<void*>(&orphan), 0, sizeof orphan);
  return orphan;
}

static void answerSlot(int group, Table& table, Slot& slot, OrphanCause cause) {
  const bool allow = table.failClosed.load() == 0;
  Orphan& orphan = nextOrphan(table);
  orphan.cause = cause;
  orphan.pid = slot.event.pid;
  orphan.allowed = allow;
  const uint64_t readAt = slot.readAtMs.load();
  orphan.waitedMs = readAt ? monotonicMs() - readAt : 0;
  orphan.file = slot.file;
  describeOpener(orphan, slot.event.pid);
  // Not ours any more when the gate had answered it and died before it said so.
  if (respond(group, slot.event.fd, allow)) table.orphanCount.fetch_add(1);
}

void answerForDeadGate(int group, Table& table, OrphanCause cause, int descriptorsMax) {
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
    Orphan& orphan = nextOrphan(table);
    orphan.cause = cause;
    orphan.allowed = allow;
    table.orphanCount.fetch_add(1);
  }
  for (auto& busy : table.readerBusyMs) busy.store(0);
}

void refuseForDeadGate(int group, int descriptorsMax) {
  for (int fd = 0; fd < descriptorsMax; fd++) respond(group, fd, false);
}

static void describeFile(FileFacts& file, int fd) {
  readObject(fd, file);
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t bytes = readlink(link, file.path, sizeof file.path);
  file.pathBytes = bytes < 0 ? 0 : static_cast<uint32_t>(bytes);
}

static bool isOwn(const Table& table, int pid) {
  return std::any_of(std::begin(table.own), std::end(table.own), [pid](const auto& own) { return own.load() == pid; });
}

void answerQueued(int group, Table& table) {
  fanotify_event_metadata event;
  pollfd ready{group, POLLIN, 0};
  for (size_t answered = 0; answered < answeredAtOnce && poll(&ready, 1, 0) == 1 && read(group, &event, sizeof event) == static_cast<ssize_t>(sizeof event); answered++) {
    if (event.fd < 0) continue;
    const bool own = isOwn(table, event.pid);
    const bool allow = own || table.failClosed.load() == 0;
    Orphan& orphan = nextOrphan(table);
    if (!own) {
      orphan.cause = OrphanCause::gateDown;
      orphan.pid = event.pid;
      orphan.allowed = allow;
      describeFile(orphan.file, event.fd);
      describeOpener(orphan, event.pid);
    }
    respond(group, event.fd, allow);
    close(event.fd);
    if (!own) table.orphanCount.fetch_add(1);
  }
}

}  // namespace lazaret
