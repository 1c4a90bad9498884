// SPDX-License-Identifier: Apache-2.0
#include "judging/judging.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <thread>
#include <utility>

#include "shared/clock.h"
#include "opens/content-rest.h"
#include "opens/opener.h"
#include "judging/verdict.h"

namespace lazaret::gate {

static constexpr size_t followUpsOfUserMax = 1, followUpsOfUsersMax = 2;
static constexpr uint64_t resendPauseMs = 50, endedPauseMs = 500;
// What was written is nobody's open, and no follow-up either: of them there are few, and each has a minute.
static constexpr uint8_t classOpen = 0, classWritten = 2;

static uint64_t nowMicroseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1'000;
}

Judging::Judging(const Parts& parts, size_t openable) : parts_(parts), shares_(std::min(openable, inquiriesMax)) {}

Judging::Inquiry& Judging::begin(const FileKey& key, FileNote note, bool nameListed, bool background, OwnerId owner) {
  auto inquiry = std::make_unique<Inquiry>();
  inquiry->id = nextId_++;
  inquiry->key = key;
  inquiry->note = std::move(note);
  inquiry->nameListed = nameListed;
  inquiry->background = background;
  inquiry->generation = parts_.cache.generation();
  inquiry->rulesGeneration = parts_.cache.rulesGeneration();
  inquiry->owners.push_back(owner);
  inquiry->askedAtUs = nowMicroseconds();
  byKey_[key] = inquiry->id;
  return keep(std::move(inquiry));
}

Judging::Inquiry& Judging::keep(std::unique_ptr<Inquiry> inquiry) {
  Inquiry& kept = *(byId_[inquiry->id] = std::move(inquiry));
  inquiryCount_.store(byId_.size());
  return kept;
}

Judging::Asked Judging::ask(Slot& slot, const FileKey& key, FileNote note, bool nameListed, OwnerId owner,
                            OwnerId fileOwner, const GateConfiguration& rules) {
  const std::lock_guard lock(mutex_);
  const auto known = byKey_.find(key);
  Inquiry* inquiry = known == byKey_.end() ? nullptr : byId_[known->second].get();
  if (inquiry && inquiry->generation != parts_.cache.generation()) inquiry = nullptr;
  if (!shares_.take(owner)) return Asked::share;
  if (!inquiry && byId_.size() >= inquiriesMax) {
    shares_.give(owner);
    return Asked::full;
  }
  const bool fresh = inquiry == nullptr;
  if (fresh) inquiry = &begin(key, note, nameListed, false, owner);
  inquiry->fileOwner = fileOwner;
  const OpenId id = parts_.opens.idOf(slot);
  ownerOfSlot_[id.slot] = owner;
  noteOfSlot_[id.slot] = std::move(note);
  // One that has waited long enough in the kernel's queue is answered at the next look.
  parts_.opens.wait(slot, std::max(slot.cameAtMs.load(std::memory_order_relaxed) + rules.deadlineMs, monotonicMs()));
  inquiry->waiters.push_back(id);
  inquiryOfSlot_[id.slot] = inquiry->id;
  // A background scan that somebody waits for now is asked for again, before the others: it may stand behind a scan of
  // ours that nobody here knows of.
  const bool wasBackground = std::exchange(inquiry->background, false);
  if (wasBackground) inquiry->owners = {owner};
  if (wasBackground || fresh) send(*inquiry);
  else askFor(*inquiry, owner);
  return Asked::waits;
}

/** Another owner waits for the same file: its turn may come before that of who asked first, whose other files stand
 * before this one. */
void Judging::askFor(Inquiry& inquiry, OwnerId owner) {
  if (inquiry.owners.size() >= ownersMax ||
      std::find(inquiry.owners.begin(), inquiry.owners.end(), owner) != inquiry.owners.end())
    return;
  inquiry.owners.push_back(owner);
  if (inquiry.sent) parts_.scanner.scan(descriptorOf(inquiry), inquiry.id, classOpen, owner, inquiry.nameListed);
}

Slot* Judging::claim(OpenId id) {
  Slot* slot = parts_.opens.claim(id);
  if (slot) shares_.give(ownerOfSlot_[id.slot]);
  return slot;
}

bool Judging::askInBackground(Descriptor file, const FileKey& key, FileNote note, bool nameListed, OwnerId fileOwner) {
  const std::lock_guard lock(mutex_);
  if (byKey_.contains(key)) return true;
  if (byId_.size() >= inquiriesMax || !written_.take(fileOwner)) return false;
  Inquiry& inquiry = begin(key, std::move(note), nameListed, true, fileOwner);
  inquiry.fileOwner = inquiry.writtenOwner = fileOwner;
  inquiry.file = std::move(file);
  inquiry.hasShare = true;
  backgroundCount_.fetch_add(1);
  parts_.statistics.counters.backgroundScans.fetch_add(1);
  send(inquiry);
  return true;
}

int Judging::descriptorOf(const Inquiry& inquiry) const {
  if (inquiry.file) return inquiry.file.get();
  return inquiry.waiters.empty() ? -1 : parts_.opens.table().slots[inquiry.waiters[0].slot].event.fd;
}

void Judging::send(Inquiry& inquiry) {
  const int fd = descriptorOf(inquiry);
  if (fd < 0) return;
  inquiry.notLoaded = false;
  inquiry.rows.clear();
  inquiry.sent = true;
  inquiry.costly = false;
  for (const OwnerId owner : inquiry.owners)
    if (parts_.scanner.scan(fd, inquiry.id, inquiry.background ? classWritten : classOpen, owner, inquiry.nameListed) !=
        SendResult::sent)
      inquiry.sent = false;
}

std::unique_ptr<Judging::Inquiry> Judging::take(uint64_t id) {
  const auto found = byId_.find(id);
  if (found == byId_.end()) return nullptr;
  std::unique_ptr<Inquiry> inquiry = std::move(found->second);
  byId_.erase(found);
  inquiryCount_.store(byId_.size());
  const auto key = byKey_.find(inquiry->key);
  if (key != byKey_.end() && key->second == id) byKey_.erase(key);
  if (inquiry->file) backgroundCount_.fetch_sub(1);
  if (std::exchange(inquiry->hasShare, false)) written_.give(inquiry->writtenOwner);
  return inquiry;
}

void Judging::answered(AnswerKind kind, uint64_t id, std::string_view json) {
  std::unique_ptr<Inquiry> inquiry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = byId_.find(id);
    if (found == byId_.end()) return;
    if (kind == AnswerKind::rows && found->second->rows.size() < rowPacketsMax) found->second->rows.emplace_back(json);
    if (kind == AnswerKind::hits && found->second->hits.size() < rowPacketsMax) found->second->hits.emplace_back(json);
    if (kind == AnswerKind::costly) found->second->costly = true;
    if (kind == AnswerKind::error) return refuseToScan(id, json);
    if (kind != AnswerKind::scan) return;
    inquiry = take(id);
  }
  settle(std::move(inquiry), json);
}

/** Its queue is full, or its patterns are not there yet: asked again until the deadline answers. A file is never let
 * through for it at once. */
void Judging::refuseToScan(uint64_t id, std::string_view json) {
  Inquiry& inquiry = *byId_[id];
  // Of several that were asked, the others still stand there.
  if (inquiry.owners.size() > 1 && json.find("scanner.queue_full") != std::string_view::npos) return;
  inquiry.sent = false;
  inquiry.notLoaded = json.find("scanner.not_loaded") != std::string_view::npos;
  if (inquiry.waiters.empty() && !inquiry.file) take(id);
}

void Judging::settle(std::unique_ptr<Inquiry> inquiry, std::string_view json) {
  const auto rules = parts_.rules.current();
  addHits(inquiry->rows, inquiry->hits, json);
  Verdict verdict = readVerdict(json, inquiry->rows, *rules);
  if (verdict.outcome == Outcome::engineFailed && !inquiry->failedOnce) {
    // A second chance, for the neighbour may have been the one. Not a third. Who was answered meanwhile waits no more,
    // and the slot may be another's.
    const std::lock_guard lock(mutex_);
    inquiry->failedOnce = true;
    inquiry->sent = false;
    std::erase_if(inquiry->waiters, [this](const OpenId& waiter) { return !parts_.opens.isWaiting(waiter); });
    if (descriptorOf(*inquiry) < 0) return;  // the agent follows up what was let through
    byKey_[inquiry->key] = inquiry->id;
    if (inquiry->file) backgroundCount_.fetch_add(1);
    inquiry->hasShare = inquiry->file && written_.take(inquiry->writtenOwner);
    return send(keep(std::move(inquiry)));
  }
  if (inquiry->owners.size() > 1) parts_.scanner.cancel(inquiry->id, false);
  std::vector<Slot*> slots = claimAll(*inquiry);
  count(*inquiry, slots);
  const FileNote note = noteOf(*inquiry, slots);
  if (verdict.outcome == Outcome::partly || verdict.outcome == Outcome::engineFailed)
    verdict = ruleUnscanned(std::move(verdict), json, inquiry->rows,
                            note.place.believed ? note.place.path : note.place.ours, *rules);
  switch (verdict.outcome) {
    case Outcome::clean: return allowAll(*inquiry, std::move(slots), true);
    case Outcome::excepted: parts_.statistics.exceptions.add(verdict.decidedBy); [[fallthrough]];
    case Outcome::unreadable: return allowAll(*inquiry, std::move(slots), verdict.outcome == Outcome::excepted);
    case Outcome::partly:
    case Outcome::engineFailed:
      parts_.responder.partly(note, wholeAnswer(json, inquiry->rows));
      return allowAll(*inquiry, std::move(slots), true);
    case Outcome::passed:
      parts_.responder.detection(inquiry->key, note, wholeAnswer(json, inquiry->rows), std::move(slots),
                                 std::move(inquiry->file), true);
      return;
    case Outcome::infected:
      if (!verdict.passing) parts_.cache.keepRefused(inquiry->key, inquiry->fileOwner, inquiry->rulesGeneration);
      // Where every open was let through at its deadline, the agent has it in hand already.
      if (slots.empty() && !inquiry->file) return;
      parts_.responder.detection(inquiry->key, note, wholeAnswer(json, inquiry->rows), std::move(slots),
                                 std::move(inquiry->file), false);
      return;
  }
}

FileNote Judging::noteOf(const Inquiry& inquiry, const std::vector<Slot*>& claimed) const {
  return claimed.empty() ? inquiry.note : noteOfSlot_[static_cast<size_t>(claimed[0] - parts_.opens.table().slots)];
}

std::vector<Slot*> Judging::claimAll(const Inquiry& inquiry) {
  std::vector<Slot*> slots;
  for (const OpenId id : inquiry.waiters)
    if (Slot* slot = claim(id)) slots.push_back(slot);
  return slots;
}

void Judging::keepClean(const Inquiry& inquiry, int fd) {
  if (!contentRests(fd, inquiry.key)) return;
  if (storesAreTimed(fd)) return parts_.cache.keep(inquiry.key, Known::clean, inquiry.generation);
  parts_.cache.keep(inquiry.key, Known::cleanAtRest, inquiry.generation);
  // A writer that came before it was kept has found nothing to forget.
  if (!hasNoWriter(fd)) parts_.cache.forgetAtRest(inquiry.key);
}

/** The verdict is kept before anybody goes on, so that the next open meets it. */
void Judging::allowAll(const Inquiry& inquiry, std::vector<Slot*> slots, bool keep) {
  const int fd = inquiry.file ? inquiry.file.get() : slots.empty() ? -1 : slots[0]->event.fd;
  if (keep && fd >= 0) keepClean(inquiry, fd);
  for (Slot* slot : slots) parts_.opens.answer(*slot, true);
}

void Judging::count(const Inquiry& inquiry, const std::vector<Slot*>& slots) {
  const uint64_t took = nowMicroseconds() - inquiry.askedAtUs;
  parts_.statistics.counters.scanMicroseconds.fetch_add(took);
  parts_.statistics.paths.add(inquiry.note.place.path, took);
  // Who caused the scan is the first that waits for it.
  if (!slots.empty()) parts_.statistics.programs.add(programOf(slots[0]->event.pid), took);
}

void Judging::connected() {
  const std::lock_guard lock(mutex_);
  std::vector<uint64_t> gone;
  for (auto& [id, inquiry] : byId_) {
    inquiry->sent = false;
    if (descriptorOf(*inquiry) < 0) gone.push_back(id);
    else send(*inquiry);
  }
  for (const uint64_t id : gone) take(id);
}

/** RT-9b: what was let through is followed up within a minute. Costly files go one at a time, each for a part of it:
 * who brings more than that, or all users together, would have them read unjudged for longer. So further opens are
 * refused, as beyond a share. */
bool Judging::isBeyondFollowUp(const nlohmann::json& opener) {
  const uint32_t user = opener.value("uid", 0u);
  if (user == 0 || !parts_.rules.current()->overloadDenies || !parts_.scanner.isAnswering()) return false;
  const auto waiting = parts_.letThroughs.waitingOf(user);
  return waiting.ofUser >= followUpsOfUserMax || waiting.ofUsers >= followUpsOfUsersMax;
}

void Judging::expire(OpenId id, bool failClosed, Openers& openers) {
  std::unique_lock lock(mutex_);
  Slot* slot = claim(id);
  if (!slot) return;
  const auto found = byId_.find(inquiryOfSlot_[id.slot]);
  FileNote note = std::move(noteOfSlot_[id.slot]);
  Cause cause = Cause::deadline;
  bool costly = false;
  if (found != byId_.end()) {
    Inquiry& inquiry = *found->second;
    std::erase_if(inquiry.waiters,
                  [id](const OpenId& other) { return other.slot == id.slot && other.sequence == id.sequence; });
    cause = !parts_.scanner.isUp() ? Cause::scannerDown : inquiry.notLoaded ? Cause::notReady : Cause::deadline;
    costly = inquiry.costly && cause == Cause::deadline;
    // Something was found already: a scan that then does not end is no way past it.
    failClosed = failClosed || hitsRefuse(inquiry.hits, *parts_.rules.current());
    // Without a descriptor it cannot be asked again; the agent follows it up.
    if (!inquiry.sent && inquiry.waiters.empty() && !inquiry.file) take(inquiry.id);
    else if (inquiry.waiters.empty() && !inquiry.file) parts_.scanner.cancel(inquiry.id, true);
  }
  lock.unlock();
  Opener& opener = openers[slot->event.pid];
  if (!opener) opener = std::make_shared<nlohmann::json>(describeOpener(slot->event.pid));
  const uint64_t waitedMs = monotonicMs() - slot->cameAtMs.load();
  failClosed = failClosed || (costly && isBeyondFollowUp(*opener));
  const uint64_t number = parts_.letThroughs.write(cause, *slot, *opener, !failClosed);
  nlohmann::json facts = fileJson(slot->file);
  Descriptor file = parts_.opens.answer(*slot, !failClosed);
  parts_.responder.letThrough(
      {number, cause, std::move(note), opener, !failClosed, waitedMs, std::move(facts), std::move(file)});
}

void Judging::letAllGo() {
  std::vector<std::unique_ptr<Inquiry>> all;
  {
    const std::lock_guard lock(mutex_);
    while (!byId_.empty()) all.push_back(take(byId_.begin()->first));
  }
  for (const auto& inquiry : all) allowAll(*inquiry, claimAll(*inquiry), false);
}

/** Opens whose process was killed while it waited: the kernel tells nobody. What nobody waits for then is not scanned.
 */
void Judging::leaveEnded() {
  std::unordered_map<int, bool> ended;
  std::vector<uint64_t> left;
  for (auto& [id, inquiry] : byId_) {
    if (inquiry->waiters.empty()) continue;
    std::erase_if(inquiry->waiters, [&](const OpenId& waiter) {
      const int pid = parts_.opens.table().slots[waiter.slot].event.pid;
      const auto [known, fresh] = ended.try_emplace(pid, false);
      if (fresh) known->second = hasEnded(pid);
      if (!known->second) return false;
      if (Slot* slot = claim(waiter)) parts_.opens.answer(*slot, false);
      return true;
    });
    if (inquiry->waiters.empty() && !inquiry->file) left.push_back(id);
  }
  for (const uint64_t id : left) {
    parts_.scanner.cancel(id, false);
    take(id);
  }
}

void Judging::tick() {
  const std::lock_guard lock(mutex_);
  const bool due = std::any_of(byId_.begin(), byId_.end(), [](const auto& entry) { return entry.second->sent; });
  parts_.scanner.watch(due);
  const uint64_t now = monotonicMs();
  if (now >= endedLookMs_ + endedPauseMs) {
    endedLookMs_ = now;
    leaveEnded();
  }
  if (now < resendAtMs_ || !parts_.scanner.isUp()) return;
  resendAtMs_ = now + resendPauseMs;
  for (auto& [_, inquiry] : byId_)
    if (!inquiry->sent) send(*inquiry);
}

}  // namespace lazaret::gate
