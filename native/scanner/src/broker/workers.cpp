// SPDX-License-Identifier: GPL-2.0-only
// The broker's workers: hand out jobs, take results, bring the dead back.
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "broker/broker.h"
#include "base/clock.h"
#include "base/json.h"

namespace lazaret {

void Broker::killWorker(Worker& worker) {
  // Our own child, not reaped yet: its number cannot belong to anybody else.
  if (worker.pid > 0) kill(worker.pid, SIGKILL);
}

// Ends a worker for the sake of the job that runs.
void Broker::killRunning(Worker& worker) {
  worker.killedFor = worker.jobs.front().key;
  worker.killedMs = nowMs();
  killWorker(worker);
}

bool Broker::giveTo(Release& release, size_t slot, Job job) {
  Worker& worker = release.workers[slot];
  JobHeader header{};
  header.job = job.key;
  header.profile = job.profile;
  header.flags = job.probe == Probe::none ? job.flags : jobFlagFingerprint;
  if (sendPacket(worker.socket.get(), asBytes(header), {}, {job.file.get()}) != SendResult::sent) {
    giveBack(std::move(job));
    return false;
  }
  if (worker.jobs.empty()) beginsAt(worker);
  worker.jobs.push_back(std::move(job));
  return true;
}

// On its way to the client at once: neither the worker's death nor a last word of its own takes it back.
void Broker::tellHit(Job& job, std::string_view json) {
  if (job.cancelled || job.hits >= limits::earlyHitsMax) return;
  job.hits++;
  answer(job.client, AnswerKind::scanHits, job.id, json);
}

void Broker::finishJob(Job& job, std::string_view json) {
  scansDone_++;
  scansOf_[job.priority]++;
  if (job.cancelled) return;
  if (const auto client = clients_.find(job.client); client != clients_.end()) client->second->queued--;
  for (const std::string& rows : job.rowPackets) answer(job.client, AnswerKind::scanRows, job.id, rows);
  answer(job.client, AnswerKind::scanFinal, job.id, json);
}

std::optional<uint64_t> Broker::knownSize(int file) {
  struct statx facts;
  const bool known = statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_SIZE | STATX_TYPE, &facts) == 0 &&
                     S_ISREG(facts.stx_mode);
  return known ? std::optional<uint64_t>(facts.stx_size) : std::nullopt;
}

void Broker::failJob(Job& job, std::string_view reason) {
  const std::optional<uint64_t> size = knownSize(job.file.get());
  const std::string bytes = std::to_string(size.value_or(0));
  job.rowPackets.clear();
  const std::string verdict = job.hits ? "infected" : "partly";
  finishJob(job, "{\"verdict\":\"" + verdict + "\",\"threats\":[],\"unscanned\":[{\"reason\":\"" + std::string(reason) +
                     "\",\"layers\":[],\"bytes\":" + (size ? bytes : "null") +
                     "}],\"trueType\":\"unknown\",\"bytes\":" + bytes +
                     ",\"sha256\":null,\"coverage\":{\"lookedAt\":0,\"all\":1},\"timeMs\":0}");
}

void Broker::readWorker(uint64_t number, size_t slot, size_t packetsMax) {
  static uint8_t buffer[limits::packetBytesMax];
  for (size_t packets = 0; packets < packetsMax; packets++) {
    Release* release = findRelease(number);
    if (!release || slot >= release->workers.size()) return;
    Worker& worker = release->workers[slot];
    // Not named by its loader yet: what it says waits in its socket (an event of its predecessor may lead here).
    if (!worker.socket || worker.state == WorkerState::none) return;
    std::vector<Descriptor> descriptors;
    const ssize_t got = receivePacket(worker.socket.get(), buffer, sizeof buffer, descriptors);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    ResultHeader header;
    if (got < static_cast<ssize_t>(sizeof header)) {
      // Its end is closed or it says nonsense: it is dead, or will be; SIGCHLD settles the rest.
      killWorker(worker);
      if (got <= 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, worker.socket.get(), nullptr);
      return;
    }
    std::memcpy(&header, buffer, sizeof header);
    const std::string_view json = Bytes{buffer, static_cast<size_t>(got)}.from(sizeof header).text();
    const auto kind = static_cast<AnswerKind>(header.kind);
    if (kind == AnswerKind::pong && worker.state == WorkerState::starting) {
      worker.state = WorkerState::ready;
      worker.sinceMs = nowMs();
      if (release->state == ReleaseState::loading) activate(*release);
      continue;
    }
    // Only the job that runs may be answered: a worker that a file has taken over cannot speak for another.
    const bool asked = !worker.jobs.empty() && worker.jobs.front().key == header.job;
    const bool probes = asked && worker.jobs.front().probe != Probe::none;
    if (!asked ||
        (probes ? kind != AnswerKind::fingerprint
                : kind != AnswerKind::scanHits && kind != AnswerKind::scanRows && kind != AnswerKind::scanFinal)) {
      killWorker(worker);
      return;
    }
    if (++worker.packets > limits::packetsPerJobMax) return killWorker(worker);
    Job& job = worker.jobs.front();
    if (kind == AnswerKind::scanHits) {
      tellHit(job, json);
      continue;
    }
    if (kind == AnswerKind::scanRows) {
      job.rowBytes += json.size();
      if (job.rowBytes > limits::answerQueueBytesMax) killWorker(worker);
      else job.rowPackets.emplace_back(json);
      continue;
    }
    Job done = std::move(worker.jobs.front());
    worker.jobs.pop_front();
    chargeFor(worker, done);
    beginsAt(worker);
    worker.failures = 0;
    if (probes) probed(std::move(done), json);
    else finishJob(done, json);
    retireIfDone(*release);
  }
}

// Killed, and still there: it waits in the kernel for a file system that does not answer. It runs no more, and another
// takes its place; but its memory stays, so that there is an end to it.
void Broker::leaveUndying(Release& release, size_t slot) {
  if (undying_.size() >= limits::undyingMax) return;
  undying_.insert(release.workers[slot].pid);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, release.workers[slot].socket.get(), nullptr);
  workerDied(release, slot);
}

// The job that ran is answered with its reason; those that waited behind it go back to the head of the queue.
void Broker::workerDied(Release& release, size_t slot) {
  readWorker(release.number, slot, SIZE_MAX);  // what it said before it died stands
  Worker& worker = release.workers[slot];
  // One without work whose release is retired was sent home.
  if (worker.madeRoom) roomMade_++;
  else if (release.state != ReleaseState::retiring || !worker.jobs.empty()) workerDeaths_++;
  const bool wasReady = worker.state == WorkerState::ready;
  const bool headDied = !worker.jobs.empty() && (worker.killedFor == 0 || worker.jobs.front().key == worker.killedFor);
  if (wasReady && headDied) {
    Job lost = std::move(worker.jobs.front());
    worker.jobs.pop_front();
    settleLost(worker, std::move(lost));
  }
  while (!worker.jobs.empty()) {
    Job job = std::move(worker.jobs.back());
    worker.jobs.pop_back();
    if (job.cancelled) continue;
    beginAgain(std::move(job));
  }
  const uint32_t failures = wasReady ? worker.failures : worker.failures + 1;
  worker = Worker{};
  worker.failures = failures;
  worker.respawnAtMs = nowMs() + std::min<uint64_t>(uint64_t{failures} * 100, limits::respawnBackoffMsMax);
  if (release.state == ReleaseState::loading)
    return loadFailed(
        release, jsonError("patterns.worker_failed", "the first worker with the new patterns failed its self-test"));
  wantWorkers(release);
}

// Asks the loader for every worker that is missing and due.
void Broker::wantWorkers(Release& release) {
  if (release.state == ReleaseState::retiring || !release.control || release.loadedJson.empty()) return;
  // A release that loads proves itself with one worker first.
  const size_t wanted = release.state == ReleaseState::loading ? 1 : release.workers.size();
  for (size_t slot = 0; slot < wanted; slot++) {
    Worker& worker = release.workers[slot];
    if (worker.state != WorkerState::none || worker.forkAsked || nowMs() < worker.respawnAtMs) continue;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return;
    Descriptor mine(pair[0]), theirs(pair[1]);
    LoaderHeader request{};
    request.kind = static_cast<uint8_t>(LoaderMessage::fork);
    request.slot = static_cast<uint32_t>(slot);
    if (sendPacket(release.control.get(), asBytes(request), {}, {theirs.get()}) != SendResult::sent) return;
    fcntl(mine.get(), F_SETFL, O_NONBLOCK);
    worker.socket = std::move(mine);
    worker.forkAsked = true;
    worker.sinceMs = nowMs();
  }
}

void Broker::expireQueue(uint64_t now) {
  const auto isLate = [now](const Job& job) { return job.deadlineMs != 0 && now >= job.deadlineMs; };
  const auto expire = [&](FairQueue<Job>& queue) {
    for (Job& job : queue.takeIf(isLate)) {
      queuedJobs_--;
      failJob(job, "time");
    }
  };
  for (FairQueue<Job>& queue : queue_) expire(queue);
  for (FairQueue<Job>& queue : lane_) expire(queue);
}

void Broker::checkTimes() {
  const uint64_t now = nowMs();
  expireQueue(now);
  for (size_t index = 0; index < releases_.size(); index++) {
    Release& release = *releases_[index];
    if (release.state == ReleaseState::loading && now > release.startedMs + limits::loadMs) {
      loadFailed(release, jsonError("patterns.load_timeout", "the patterns did not load in time"));
      continue;
    }
    wantWorkers(release);
    for (Worker& worker : release.workers) {
      if (worker.state == WorkerState::starting && now > worker.sinceMs + limits::workerProofMs) killWorker(worker);
      if (worker.killedFor != 0 && now > worker.killedMs + limits::dyingMs)
        leaveUndying(release, static_cast<size_t>(&worker - release.workers.data()));
      if (worker.state != WorkerState::ready || worker.jobs.empty() || worker.killedForTime) continue;
      if (now <= endOf(worker, now)) continue;
      worker.killedForTime = true;
      killRunning(worker);
    }
    makeRoom(release, now);
  }
  if (reloadAtMs_ && now >= reloadAtMs_) {
    reloadAtMs_ = 0;
    if (const Release* active = activeRelease(); active && !active->control) {
      std::vector<Descriptor> none;
      startLoader(active->directory, 0, 0, 0, active->expectedSignatures, none, true);
    }
  }
}

}  // namespace lazaret
