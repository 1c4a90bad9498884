// SPDX-License-Identifier: Apache-2.0
#include "reading/readers.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "shared/clock.h"
#include "shared/file-facts.h"
#include "shared/urgent.h"
#include "opens/content-rest.h"
#include "opens/opener.h"
#include "opens/program-content.h"

namespace lazaret::gate {

static constexpr auto fullPause = std::chrono::milliseconds(1);
static constexpr uint8_t hitsForIgnoreMark = 2;

bool Readers::isOwn(int pid) const {
  for (const auto& own : parts_.opens.table().own)
    if (own.load(std::memory_order_relaxed) == pid && pid > 0) return true;
  return false;
}

bool Readers::isOwnChild(int pid) const { return isOwn(parentOf(pid)); }

void Readers::start() {
  // Without SA_RESTART, so that it takes a reader out of its read.
  struct sigaction wake {};
  wake.sa_handler = [](int) {};
  sigaction(SIGUSR1, &wake, nullptr);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  sched_getaffinity(0, sizeof cpus, &cpus);
  for (unsigned cpu = 0; cpu < CPU_SETSIZE && threads_.size() < readersMax; cpu++) {
    if (!CPU_ISSET(cpu, &cpus)) continue;
    running_.fetch_add(1);
    threads_.emplace_back([this, reader = static_cast<unsigned>(threads_.size()), cpu] { run(reader, cpu); });
  }
}

void Readers::takeOver() {
  ConfigurationView rules(parts_.rules);
  for (Slot* slot : parts_.opens.takeLeft()) {
    const bool isThere = fcntl(slot->event.fd, F_SETFD, FD_CLOEXEC) == 0;
    if (!isThere || slot->recorded.load() != 0) answerLost(*slot, rules.get());
    else if (handle(*slot, rules.get())) continue;
    parts_.opens.giveBack(*slot);
  }
}

void Readers::answerLost(Slot& slot, const GateConfiguration& rules) {
  const bool allow = isOwn(slot.event.pid) || !rules.failClosed;
  // Nothing was read since: a number that is known still names this open.
  const bool answered = parts_.opens.answerBlind(slot, allow);
  if (answered && slot.recorded.load() == 0 && !isOwn(slot.event.pid))
    parts_.letThroughs.write(Cause::gateDied, slot, describeOpener(slot.event.pid), allow);
  if (fcntl(slot.event.fd, F_GETFD) >= 0) close(slot.event.fd);
  slot.recorded.store(0);
}

void Readers::stop() {
  stopping_.store(true);
  // One that was just about to read has not seen it: again, until it has.
  while (running_.load() > 0) {
    for (std::thread& thread : threads_) pthread_kill(thread.native_handle(), SIGUSR1);
    std::this_thread::sleep_for(fullPause);
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  stopping_.store(false);
}

void Readers::run(unsigned reader, unsigned cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
  runUrgently();
  auto& busy = parts_.opens.table().readerBusyMs[reader];
  ConfigurationView rules(parts_.rules);
  Slot* slot = nullptr;
  while (!stopping_.load()) {
    if (!slot && !(slot = parts_.opens.take())) {
      age_.stalled(monotonicMs());
      std::this_thread::sleep_for(fullPause);
      continue;
    }
    age_.beforeRead(monotonicMs());
    // The kernel writes into the shared table itself: an event that was read is in it, whatever becomes of this thread.
    const ssize_t got = read(parts_.opens.group(), &slot->event, sizeof slot->event);
    if (got != static_cast<ssize_t>(sizeof slot->event) || slot->event.fd < 0) {
      slot->event.event_len = 0;
      if (got < 0 && errno != EINTR) std::this_thread::sleep_for(fullPause);
      continue;
    }
    const uint64_t now = monotonicMs();
    slot->cameAtMs.store(age_.arrivedAt(now), std::memory_order_relaxed);
    busy.store(now, std::memory_order_relaxed);
    if (handle(*slot, rules.get())) slot = nullptr;
    busy.store(0, std::memory_order_relaxed);
  }
  if (slot) parts_.opens.giveBack(*slot);
  running_.fetch_sub(1);
}

/** In the order of their cost; the first that knows answers. */
bool Readers::handle(Slot& slot, const GateConfiguration& rules) {
  Counters& counters = parts_.statistics.counters;
  counters.opens.fetch_add(1, std::memory_order_relaxed);
  if (isOwn(slot.event.pid)) {
    counters.own.fetch_add(1, std::memory_order_relaxed);
    return allow(slot), false;
  }
  struct stat facts;
  if (!rules.active || fstat(slot.event.fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return allow(slot), false;
  const FileKey key = keyOf(facts);
  VerdictCache::Found found = parts_.cache.find(key);
  if (found.known == Known::cleanAtRest && !hasNoWriter(slot.event.fd)) {
    parts_.cache.forgetAtRest(key);
    found.known = Known::nothing;
  }
  if (found.known == Known::clean || found.known == Known::cleanAtRest) {
    counters.cacheHits.fetch_add(1, std::memory_order_relaxed);
    const Descriptor file = parts_.opens.answerAtOnce(slot, true);
    if (found.hits == hitsForIgnoreMark) parts_.ignoreMarks.consider(file.get(), key);
    return false;
  }
  // An empty file has nothing to find; what is written into it is scanned when its writer closes it.
  if (facts.st_size == 0) return allow(slot), false;
  return handOn(slot, key, facts.st_uid, found.known == Known::refused, rules);
}

bool Readers::refuse(Slot& slot, const FileKey& key, FileNote note, const GateConfiguration& rules) {
  // So many attempts wait to be told that this one is only counted: whoever opens next must not wait for them.
  if (parts_.responder.isBehind(key)) {
    parts_.statistics.counters.refusals.fetch_add(1, std::memory_order_relaxed);
    parts_.opens.answerAtOnce(slot, false);
    return false;
  }
  const OpenId id = parts_.opens.idOf(slot);
  parts_.opens.wait(slot, monotonicMs() + rules.deadlineMs);
  if (Slot* claimed = parts_.opens.claim(id)) parts_.responder.refusedAgain(key, std::move(note), claimed);
  return true;
}

bool Readers::handOn(Slot& slot, const FileKey& key, uint32_t fileUser, bool refused, const GateConfiguration& rules) {
  Counters& counters = parts_.statistics.counters;
  // Should this process die, the supervisor tells of the file by what stands here.
  readObject(slot.event.fd, slot.file);
  const auto view = parts_.mounts.view();
  FileNote note;
  note.access = slot.event.mask & FAN_OPEN_EXEC_PERM ? Access::execute : Access::open;
  note.place = placeOf(slot.event.fd, key.device, *view, parts_.mounts);
  slot.file.pathBytes = static_cast<uint32_t>(note.place.path.copy(slot.file.path, pathBytesMax));
  const Judgement judgement = judgePlace(note.place, *view, *rules.scope);
  if (!judgement.scan || isOwnChild(slot.event.pid)) {
    counters.outOfScope.fetch_add(1, std::memory_order_relaxed);
    if (judgement.excepted) parts_.statistics.exceptions.add(judgement.decidedBy);
    return allow(slot), false;
  }
  const std::string_view exception =
      note.access == Access::execute ? std::string_view() : programException(slot.event.pid, *rules.scope);
  if (!exception.empty() && !mayRun(slot.event.fd, note.place.path)) {
    parts_.statistics.exceptions.add(exception);
    return allow(slot), false;
  }
  note.decidedBy = judgement.decidedBy;
  if (refused) return refuse(slot, key, std::move(note), rules);
  counters.misses.fetch_add(1, std::memory_order_relaxed);
  const OwnerId owner = parts_.owners.ofProcess(slot.event.pid);
  const auto asked =
      parts_.judging.ask(slot, key, note, judgement.nameListed, owner, parts_.owners.ofUser(fileUser), rules);
  if (asked == Judging::Asked::waits) return true;
  // Its own files are in its way, not ours: while the scan process answers, that is. Refused, nothing is let through
  // that would have to be followed up.
  if (asked == Judging::Asked::share && rules.overloadDenies && parts_.scanner.isAnswering()) {
    counters.overloadRefused.fetch_add(1, std::memory_order_relaxed);
    parts_.opens.answerAtOnce(slot, false);
    return false;
  }
  return overload(slot, std::move(note), rules);
}

/** More waits than can be judged in time: answered by policy, recorded, followed up. */
bool Readers::overload(Slot& slot, FileNote note, const GateConfiguration& rules) {
  const auto opener = std::make_shared<nlohmann::json>(describeOpener(slot.event.pid));
  const uint64_t waitedMs = monotonicMs() - slot.cameAtMs.load();
  const uint64_t number = parts_.letThroughs.write(Cause::overload, slot, *opener, !rules.failClosed);
  nlohmann::json facts = fileJson(slot.file);
  Descriptor file = parts_.opens.answerAtOnce(slot, !rules.failClosed);
  parts_.responder.letThrough({number, Cause::overload, std::move(note), opener, !rules.failClosed, waitedMs,
                               std::move(facts), std::move(file)});
  return false;
}

}  // namespace lazaret::gate
