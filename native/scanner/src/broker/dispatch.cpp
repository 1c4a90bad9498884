// SPDX-License-Identifier: GPL-2.0-only
// Which scan a worker does next, and which has to make room (docs/adr/0015-fairness.md). Workers by their slot, of
// `ordinary` ones and the quick ones behind them:
//   quick      opens alone, of owners in good standing: whatever the others do, a short scan finds a worker
//   the first  follow-ups before opens, so that RT-9b's minute holds while opens come without end
//   the last   the slow lane before anything else: what killed or held up a worker, one at a time, nowhere else;
//              follow-ups and the others in turn
//
// Otherwise by class. Within a class owners share by time (fair-queue.h).
#include <algorithm>
#include <ctime>

#include "broker/broker.h"
#include "base/clock.h"

namespace lazaret {

static uint64_t processorUs(int pid) {
  clockid_t clock;
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<uint64_t>(used.tv_sec) * 1000000 + static_cast<uint64_t>(used.tv_nsec) / 1000;
}

FairQueue<Job>& Broker::queueOf(const Job& job) {
  // cppcheck-suppress returnTempReference ; both are members
  return job.slow && job.probe == Probe::none ? laneOf(job.priority) : queue_[job.priority];
}

void Broker::enqueue(Job job) {
  FairQueue<Job>& queue = queueOf(job);
  if (queue.empty()) servedMs_[job.priority] = nowMs();
  queuedJobs_++;
  queue.push(job.owner, std::move(job));
}

void Broker::giveBack(Job job) {
  FairQueue<Job>& queue = queueOf(job);
  queuedJobs_++;
  queue.putBack(job.owner, std::move(job));
}

size_t Broker::queuedOf(uint64_t owner) const {
  size_t count = lane_[0].sizeOf(owner) + lane_[1].sizeOf(owner);
  for (const FairQueue<Job>& queue : queue_) count += queue.sizeOf(owner);
  return count;
}

bool Broker::isInGoodStanding(uint64_t owner) const {
  const auto found = lostStanding_.find(owner);
  return found == lostStanding_.end() || found->second <= nowMs();
}

void Broker::loseStanding(uint64_t owner, uint64_t forMs) {
  const uint64_t now = nowMs();
  if (lostStanding_.size() >= limits::standingsMax)
    std::erase_if(lostStanding_, [now](const auto& entry) { return entry.second <= now; });
  if (lostStanding_.size() >= limits::standingsMax && !lostStanding_.contains(owner)) return;
  uint64_t& until = lostStanding_[owner];
  const bool lost = until <= now;
  until = std::max(until, now + forMs);
  if (lost) tellAllCostly(owner);
}

/** Who holds an open for it may want to know that it waits for its owner's other files, not for everybody's. */
void Broker::tellCostly(const Job& job) {
  if (job.client != 0 && !job.cancelled && job.priority == static_cast<uint8_t>(ScanClass::open))
    answer(job.client, AnswerKind::costly, job.id, "{}");
}

void Broker::tellAllCostly(uint64_t owner) {
  const auto tell = [this](const Job& job) { tellCostly(job); };
  for (const FairQueue<Job>& queue : lane_) queue.eachOf(owner, tell);
  queue_[static_cast<size_t>(ScanClass::open)].eachOf(owner, tell);
  for (const auto& release : releases_)
    for (const Worker& worker : release->workers)
      for (const Job& job : worker.jobs)
        if (job.owner == owner) tellCostly(job);
}

void Broker::beginsAt(Worker& worker) {
  worker.sinceMs = nowMs();
  worker.sinceUs = nowUs();
  worker.packets = 0;
  worker.processorUs = processorUs(worker.pid);
}

/** By wall clock for its share, for that is what a worker is to the others; by processor for its standing, for a busy
 * machine is nobody's fault. */
void Broker::chargeFor(const Worker& worker, const Job& job) {
  queueOf(job).charge(job.owner, nowUs() - worker.sinceUs);
  const uint64_t now = processorUs(worker.pid),
                 usedMs = now > worker.processorUs ? (now - worker.processorUs) / 1000 : 0;
  if (usedMs > limits::goodScanCpuMs)
    loseStanding(job.owner, std::min<uint64_t>(usedMs * limits::standingFactor, limits::lostStandingMs));
}

static bool runsSlow(const Worker& worker) {
  return !worker.jobs.empty() && worker.jobs.front().slow && worker.jobs.front().probe == Probe::none;
}

bool Broker::laneIsFree(const Release& release) const {
  return std::none_of(release.workers.begin(), release.workers.end(), runsSlow);
}

/** `laneHadIt`: where one worker does all, the lane has every second turn. */
bool Broker::isLanesTurn(const Release& release, size_t slot) const {
  const size_t ordinary = release.workers.size() - options_.urgentWorkers;
  if (slot + 1 != ordinary || laneIsEmpty() || !laneIsFree(release)) return false;
  const bool othersWait =
      std::any_of(queue_.begin(), queue_.end(), [](const FairQueue<Job>& queue) { return !queue.empty(); });
  return ordinary > 1 || !laneHadIt_ || !othersWait;
}

bool Broker::isStarved(uint8_t scanClass) const {
  return scanClass > 0 && !queue_[scanClass].empty() && nowMs() > servedMs_[scanClass] + limits::starvedMs;
}

/** The order of classes at this worker. */
int Broker::turnOf(const Release& release, size_t slot, uint8_t scanClass) const {
  const bool followUpsFirst = slot == 0 && release.workers.size() - options_.urgentWorkers > 1;
  return followUpsFirst && scanClass == static_cast<uint8_t>(ScanClass::followUp) ? -1 : scanClass;
}

/** In turn, so that neither is kept waiting by the other without end (RT-9b gives a follow-up a minute). */
Broker::Pick Broker::pickFromLane() const {
  const bool followUp = !lane_[0].empty() && (lane_[1].empty() || !laneHadFollowUp_);
  const FairQueue<Job>& lane = lane_[followUp ? 0 : 1];
  const uint64_t owner = *lane.next([](uint64_t) { return true; });
  return Pick{lane.frontOf(owner).priority, owner, true};
}

std::optional<Broker::Pick> Broker::pickFor(const Release& release, size_t slot, std::optional<uint64_t> except) const {
  const auto anybody = [except](uint64_t owner) { return owner != except; };
  const size_t ordinary = release.workers.size() - options_.urgentWorkers;
  const auto of = [&](uint8_t scanClass) -> std::optional<Pick> {
    const auto owner = queue_[scanClass].next(anybody);
    return owner ? std::optional(Pick{scanClass, *owner, false}) : std::nullopt;
  };
  if (slot >= ordinary) {
    const auto owner = queue_[0].next([&](uint64_t each) { return anybody(each) && isInGoodStanding(each); });
    return owner ? std::optional(Pick{0, *owner, false}) : std::nullopt;
  }
  if (isLanesTurn(release, slot)) {
    return pickFromLane();
  }
  for (uint8_t scanClass = 1; scanClass < scanClasses; scanClass++)
    if (isStarved(scanClass)) return of(scanClass);
  std::optional<Pick> first;
  for (uint8_t scanClass = 0; scanClass < scanClasses; scanClass++)
    if (const auto pick = of(scanClass);
        pick && (!first || turnOf(release, slot, scanClass) < turnOf(release, slot, first->scanClass)))
      first = pick;
  return first;
}

/** Behind what runs waits at a worker only what is the same owner's and would be next anyway: it saves a turn, and
 * costs nobody his. */
bool Broker::mayWaitBehind(const Worker& worker, const Pick& pick) const {
  const Job& last = worker.jobs.back();
  const size_t most =
      pick.scanClass == static_cast<uint8_t>(ScanClass::run) ? limits::descriptorsPerWorker : limits::waitAtWorkerMax;
  return worker.jobs.size() < most && !pick.slow && !last.slow && last.probe == Probe::none &&
         last.owner == pick.owner && last.priority == pick.scanClass;
}

bool Broker::giveNext(Release& release) {
  for (size_t depth = 0; depth < limits::descriptorsPerWorker; depth++)
    for (size_t slot = 0; slot < release.workers.size(); slot++) {
      const Worker& worker = release.workers[slot];
      if (worker.state != WorkerState::ready || worker.killedFor != 0 || worker.jobs.size() != depth) continue;
      const auto pick = pickFor(release, slot);
      if (!pick || (depth > 0 && !mayWaitBehind(worker, *pick))) continue;
      Job job = (pick->slow ? laneOf(pick->scanClass) : queue_[pick->scanClass]).take(pick->owner);
      queuedJobs_--;
      if (!pick->slow) servedMs_[pick->scanClass] = nowMs();
      laneHadIt_ = pick->slow;
      if (pick->slow) laneHadFollowUp_ = pick->scanClass == static_cast<uint8_t>(ScanClass::followUp);
      return giveTo(release, slot, std::move(job));
    }
  return false;
}

void Broker::dispatch() {
  Release* release = activeRelease();
  if (!release) return;
  while (queuedJobs_ > 0 && giveNext(*release)) {}
}

/** Whether something waits for this worker that goes before what runs there: a class before it, another owner of the
 * same, the slow lane on its own worker. What runs is charged when it ends: its owner may seem to be next. */
bool Broker::isInTheWay(const Release& release, size_t slot) const {
  const Job& running = release.workers[slot].jobs.front();
  const auto goesBefore = [&](const std::optional<Pick>& pick) {
    if (!pick || pick->slow || pick->scanClass == running.priority)
      return pick && (pick->slow || pick->owner != running.owner);
    return isStarved(pick->scanClass) ||
           turnOf(release, slot, pick->scanClass) < turnOf(release, slot, running.priority);
  };
  return goesBefore(pickFor(release, slot)) || goesBefore(pickFor(release, slot, running.owner));
}

/** One at a time: the worker that comes next may be all that was wanted. What makes room begins again in the slow lane.
 */
void Broker::makeRoom(Release& release, uint64_t now) {
  if (release.state != ReleaseState::active || queuedJobs_ == 0 || now < madeRoomMs_ + limits::sliceMs / 10) return;
  for (size_t slot = 0; slot < release.workers.size(); slot++) {
    Worker& worker = release.workers[slot];
    if (worker.state != WorkerState::ready || worker.jobs.empty() || worker.killedFor != 0 ||
        now < worker.sinceMs + limits::sliceMs)
      continue;
    const Job& running = worker.jobs.front();
    if (running.slow || running.cancelled || !isInTheWay(release, slot)) continue;
    madeRoomMs_ = now;
    worker.madeRoom = true;
    return killRunning(worker);
  }
}

/** Of one in the slow lane: it has had its time, and another's waits. A follow-up makes way for another's follow-up
 * alone. */
bool Broker::keepsOthers(const Job& job, uint64_t ranMs) const {
  const auto another = [&](uint64_t owner) { return owner != job.owner; };
  if (job.priority == static_cast<uint8_t>(ScanClass::followUp))
    return ranMs >= limits::slowLaneFollowUpMs && lane_[0].next(another).has_value();
  if (ranMs >= limits::slowLaneFollowUpMs && !lane_[0].empty()) return true;
  return ranMs >= limits::slowLaneMs && lane_[1].next(another).has_value();
}

/** Until when the worker's job may run. */
uint64_t Broker::endOf(const Worker& worker, uint64_t now) const {
  const Job& job = worker.jobs.front();
  if (job.probe != Probe::none) return worker.sinceMs + limits::probeMs;
  // Not at once: who asks and goes away in turn must not cost a worker each time.
  if (job.cancelled) return worker.sinceMs + limits::goodScanCpuMs;
  const Profile profile = job.profile;
  uint64_t until = worker.sinceMs + profile.engineTimeMs + profile.walkTimeMs + limits::killSlackMs;
  if (job.deadlineMs) until = std::min(until, job.deadlineMs);
  return job.slow && keepsOthers(job, now - worker.sinceMs) ? now - 1 : until;
}

/** What it said of its rows will be said again; what it found stands. */
void Broker::beginAgain(Job job) {
  job.rowPackets.clear();
  job.rowBytes = 0;
  giveBack(std::move(job));
}

/** It ran when its worker died, was ended for the time it took, or made room. */
void Broker::settleLost(Worker& worker, Job lost) {
  chargeFor(worker, lost);
  if (lost.cancelled) return finishJob(lost, "");
  if (lost.probe != Probe::none) return probed(std::move(lost), "");
  loseStanding(lost.owner, limits::lostStandingMs);
  tellCostly(lost);  // it stood in no queue
  Job learn;
  if (worker.madeRoom) learn = std::move(lost);
  else {
    failJob(lost, worker.killedForTime ? "time" : "engine-failure");
    if (lost.slow) return;
    learn.key = nextJob_++;
    learn.owner = lost.owner;
    learn.bytes = lost.bytes;
    learn.priority = lost.priority;
    learn.profile = lost.profile;
    learn.file = std::move(lost.file);
    learn.forItself = true;
  }
  learn.slow = true;
  learn.probe = Probe::learn;
  beginAgain(std::move(learn));
}

/** `digest`: "" where it could not be had; then the file itself waits in the slow lane, and its copies are not known.
 */
void Broker::probed(Job job, std::string_view digest) {
  const uint64_t now = nowMs();
  const bool learn = std::exchange(job.probe, Probe::none) == Probe::learn;
  if (learn && !digest.empty()) suspects_.add(job.owner, job.bytes, digest, now);
  if (job.forItself || job.cancelled) return;
  job.slow = learn || digest.empty() || suspects_.has(job.owner, job.bytes, digest, now);
  if (job.slow) enqueue(std::move(job));
  else giveBack(std::move(job));
}

}  // namespace lazaret
