// SPDX-License-Identifier: GPL-2.0-only
// The broker's releases: a new loader beside the old, the switch, the end of the old one.
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "broker/broker.h"
#include "base/clock.h"
#include "base/json.h"

namespace lazaret {

Release* Broker::findRelease(uint64_t number) {
  for (const auto& release : releases_)
    if (release->number == number) return release.get();
  return nullptr;
}

Release* Broker::activeRelease() {
  for (const auto& release : releases_)
    if (release->state == ReleaseState::active) return release.get();
  return nullptr;
}

void Broker::handleLoad(Client& client, const RequestHeader& header, Bytes payload, std::vector<Descriptor>& canaries) {
  LoadRequest request;
  if (payload.size < sizeof request)
    return answerError(client.number, header.id, "scanner.bad_request", "a load request has a wrong length");
  std::memcpy(&request, payload.data, sizeof request);
  const std::string directory(payload.from(sizeof request).text());
  const bool wellFormed = directory.size() == request.pathBytes && !directory.empty() &&
                          directory.size() <= limits::patternPathBytesMax && directory.find('\0') == directory.npos &&
                          directory[0] == '/' && canaries.size() <= limits::canariesMax;
  if (!wellFormed)
    return answerError(client.number, header.id, "scanner.bad_request",
                       "the path of the pattern directory must be absolute");
  for (const auto& release : releases_)
    if (release->state == ReleaseState::loading)
      return answerError(client.number, header.id, "patterns.load_in_progress", "another release is being loaded");
  if (!startLoader(directory, client.number, header.id, header.flags, request.expectedSignatures, canaries, false))
    answerError(client.number, header.id, "scanner.start_failed", std::strerror(errno));
}

// In the child, between fork and exec: only what is safe there.
static void becomeLoader(int control, int places, const std::string& directory, unsigned slots, int brokerPid,
                         uint64_t memory) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  // By way of numbers above both, so that neither covers the other. Without places the loader finds 4 closed.
  const int highControl = fcntl(control, F_DUPFD_CLOEXEC, 10), highPlaces = fcntl(places, F_DUPFD_CLOEXEC, 10);
  dup2(highControl, 3);
  close(4);
  if (highPlaces >= 0) dup2(highPlaces, 4);
  const std::string slotsText = std::to_string(slots), pidText = std::to_string(brokerPid),
                    memoryText = std::to_string(memory);
  const char* arguments[] = {"lazaret-scanner",  "--loader", directory.c_str(), slotsText.c_str(), pidText.c_str(),
                             memoryText.c_str(), nullptr};
  const char* environment[] = {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", nullptr};
  execve("/proc/self/exe", const_cast<char**>(arguments), const_cast<char**>(environment));
  _exit(127);
}

bool Broker::startLoader(const std::string& directory, uint64_t client, uint64_t id, uint32_t flags, uint32_t expected,
                         std::vector<Descriptor>& canaries, bool reload) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return false;
  Descriptor mine(pair[0]), theirs(pair[1]);
  const int broker = getpid();
  const int pid = fork();
  if (pid < 0) return false;
  if (pid == 0)
    becomeLoader(theirs.get(), places_.get(), directory, options_.workers, broker, options_.workerMemoryBytes);
  LoaderHeader order{};
  order.kind = static_cast<uint8_t>(LoaderMessage::load);
  order.flags = flags;
  order.expectedSignatures = expected;
  std::vector<int> files;
  for (const Descriptor& canary : canaries) files.push_back(canary.get());
  sendPacket(mine.get(), asBytes(order), {}, files);
  fcntl(mine.get(), F_SETFL, O_NONBLOCK);
  auto release = std::make_unique<Release>();
  release->number = nextRelease_++;
  release->directory = directory;
  release->loaderPid = pid;
  release->firstLoaderPid = pid;
  release->control = std::move(mine);
  release->workers.resize(options_.workers);
  release->startedMs = nowMs();
  release->client = client;
  release->id = id;
  release->reload = reload;
  release->expectedSignatures = expected;
  watch(release->control.get(), makeTag(Watched::loader, release->number), EPOLLIN);
  releases_.push_back(std::move(release));
  return true;
}

// What a loader says is not believed: it has parsed patterns, and may be theirs. One that says what it cannot say is
// ended.
void Broker::readLoader(uint64_t number) {
  static uint8_t buffer[limits::packetBytesMax];
  for (size_t packets = 0; packets < limits::packetsPerTurn; packets++) {
    Release* release = findRelease(number);
    if (!release || !release->control) return;
    std::vector<Descriptor> descriptors;
    const ssize_t got = receivePacket(release->control.get(), buffer, sizeof buffer, descriptors);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    LoaderHeader header{};
    const bool whole = got >= static_cast<ssize_t>(sizeof header);
    if (whole) std::memcpy(&header, buffer, sizeof header);
    if (whole &&
        handleLoader(*release, header, std::string(Bytes{buffer, static_cast<size_t>(got)}.from(sizeof header).text())))
      continue;
    if (got > 0 && release->loaderPid > 0) kill(release->loaderPid, SIGKILL);
    release->control.reset();  // SIGCHLD tells the rest
    return;
  }
}

/** False: nothing that it may say now. */
bool Broker::handleLoader(Release& release, const LoaderHeader& header, std::string json) {
  switch (static_cast<LoaderMessage>(header.kind)) {
    case LoaderMessage::loaded:
      if (!release.loadedJson.empty()) return false;
      release.loadedJson = std::move(json);
      wantWorkers(release);
      return true;
    case LoaderMessage::failed:
      if (release.state == ReleaseState::loading) loadFailed(release, json);
      return false;
    case LoaderMessage::forked: return handleForked(release, header);
    default: return false;
  }
}

bool Broker::handleForked(Release& release, const LoaderHeader& header) {
  if (header.slot >= release.workers.size()) return false;
  Worker& worker = release.workers[header.slot];
  if (!worker.forkAsked || (header.pid > 0 && !mayBeWorker(header.pid))) return false;
  worker.forkAsked = false;
  if (header.pid <= 0) {
    worker = Worker{};
    worker.respawnAtMs = nowMs() + limits::respawnBackoffMsMax;
    return true;
  }
  worker.pid = header.pid;
  worker.state = WorkerState::starting;
  worker.sinceMs = nowMs();
  watch(worker.socket.get(), makeTag(Watched::worker, release.number, header.slot), EPOLLIN);
  childrenDied();  // it may have died before it was known
  return true;
}

/** A child of ours that has no other place: whom we signal is no loader's choice. */
bool Broker::mayBeWorker(int pid) const {
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || undying_.contains(pid))
    return false;
  return std::none_of(releases_.begin(), releases_.end(), [pid](const auto& release) {
    return release->loaderPid == pid || std::any_of(release->workers.begin(), release->workers.end(),
                                                    [pid](const Worker& worker) { return worker.pid == pid; });
  });
}

// The switch: new requests go to the new workers; the old ones finish what they have and end.
void Broker::activate(Release& release) {
  for (const auto& other : releases_)
    if (other->state == ReleaseState::active) {
      other->state = ReleaseState::retiring;
      if (other->loaderPid > 0) kill(other->loaderPid, SIGKILL);
      retireIfDone(*other);
    }
  release.state = ReleaseState::active;
  reloadAtMs_ = 0;
  if (release.client && !release.answered) answer(release.client, AnswerKind::load, release.id, release.loadedJson);
  release.answered = true;
  wantWorkers(release);
}

void Broker::retireIfDone(Release& release) {
  if (release.state != ReleaseState::retiring) return;
  for (Worker& worker : release.workers) {
    if (worker.forkAsked) worker.socket.reset();
    else if (worker.pid > 0 && worker.jobs.empty()) killWorker(worker);
  }
}

void Broker::loadFailed(Release& release, std::string_view json) {
  if (release.client && !release.answered) answer(release.client, AnswerKind::error, release.id, json);
  release.answered = true;
  const bool reload = release.reload;
  release.state = ReleaseState::retiring;
  if (release.loaderPid > 0) kill(release.loaderPid, SIGKILL);
  retireIfDone(release);
  if (reload) reloadAtMs_ = nowMs() + 1000;  // the directory may be whole again then
}

void Broker::loaderDied(Release& release) {
  release.loaderPid = 0;
  release.control.reset();
  for (Worker& worker : release.workers)
    if (worker.forkAsked) worker = Worker{};
  if (release.state == ReleaseState::loading)
    return loadFailed(release,
                      jsonError("patterns.loader_died", "the loader process ended while it loaded the patterns"));
  if (release.state != ReleaseState::active) return;
  // Its workers go on; a new loader of the same release takes over as soon as it has loaded.
  loaderDeaths_++;
  reloadAtMs_ = nowMs();
}

void Broker::childrenDied() {
  for (;;) {
    int status = 0;
    // Leave a child that no answer of a loader has named yet: it is asked for again then.
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    bool known = undying_.erase(info.si_pid) > 0;
    if (known) waitpid(info.si_pid, &status, 0);
    for (size_t index = 0; index < releases_.size() && !known; index++) {
      Release& release = *releases_[index];
      if (release.loaderPid == info.si_pid) {
        known = true;
        readLoader(release.number);
        waitpid(info.si_pid, &status, 0);
        loaderDied(release);
        break;
      }
      for (size_t slot = 0; slot < release.workers.size(); slot++) {
        if (release.workers[slot].pid != info.si_pid) continue;
        known = true;
        waitpid(info.si_pid, &status, 0);
        workerDied(release, slot);
        break;
      }
    }
    if (known) continue;
    const bool forkOpen = std::any_of(releases_.begin(), releases_.end(), [](const auto& release) {
      return std::any_of(release->workers.begin(), release->workers.end(),
                         [](const Worker& worker) { return worker.forkAsked; });
    });
    // Its loader's word may still be on its way: reaped when it comes.
    if (forkOpen) return;
    waitpid(info.si_pid, &status, 0);
  }
}

}  // namespace lazaret
