// SPDX-License-Identifier: GPL-2.0-only
#include "broker/broker.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/clock.h"
#include "sandbox/places.h"

namespace lazaret {

Broker::Broker(BrokerOptions options) : options_(std::move(options)) {}

static bool somebodyListens(const sockaddr_un& address) {
  const Descriptor probe(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

static Descriptor listenOn(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    std::fprintf(stderr, "scanner.socket_failed: the path of the socket is longer than %zu bytes\n",
                 sizeof address.sun_path - 1);
    return {};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (somebodyListens(address)) {
    std::fprintf(stderr, "scanner.socket_in_use: another scanner is listening on %s\n", path.c_str());
    return {};
  }
  struct stat old;
  if (lstat(path.c_str(), &old) == 0 && S_ISSOCK(old.st_mode)) unlink(path.c_str());
  Descriptor listener(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const mode_t before = umask(0177);
  const bool bound = bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  umask(before);
  if (!bound || listen(listener.get(), 16) != 0) {
    std::fprintf(stderr, "scanner.socket_failed: %s: %s\n", path.c_str(), std::strerror(errno));
    return {};
  }
  return listener;
}

void Broker::watch(int fd, uint64_t tag, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
    epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Broker::handleEvent(uint64_t tag, uint32_t) {
  const auto kind = static_cast<Watched>(tag >> 56);
  const uint64_t number = tag & ((1ull << 44) - 1);
  const size_t slot = tag >> 44 & 0xfff;
  switch (kind) {
    case Watched::listener: return acceptClients();
    case Watched::client: return readClient(number);
    case Watched::loader: return readLoader(number);
    case Watched::worker: return readWorker(number, slot);
    case Watched::signals: {
      signalfd_siginfo info;
      while (read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
        if (info.ssi_signo != SIGCHLD) stopping_ = true;
      childrenDied();
      return;
    }
  }
}

// Deadlines are looked at often while anything runs or waits, never when all is quiet.
int Broker::waitMs() const {
  bool busy = queuedJobs_ > 0 || reloadAtMs_ != 0;
  for (const auto& release : releases_) {
    if (release->state == ReleaseState::loading) busy = true;
    for (const Worker& worker : release->workers)
      busy = busy || !worker.jobs.empty() || worker.state == WorkerState::starting ||
             (worker.state == WorkerState::none && release->state == ReleaseState::active);
  }
  return busy ? 50 : -1;
}

void Broker::sweep() {
  std::erase_if(releases_, [this](const std::unique_ptr<Release>& release) {
    if (release->state != ReleaseState::retiring) return false;
    const bool gone = release->loaderPid == 0 && std::all_of(release->workers.begin(), release->workers.end(),
                                                             [](const Worker& worker) { return worker.pid == 0; });
    if (gone && places_) removeFolder(places_.get(), std::to_string(release->firstLoaderPid));
    return gone;
  });
}

// Refused where somebody else could reach into it: then a loader without a namespace of its own does not start, and
// says so.
void Broker::openPlaces() {
  std::string error;
  places_ = openPrivateFolder(options_.socketPath + ".places", error);
  if (places_) emptyFolder(places_.get());  // what a broker that was killed has left
  else std::fprintf(stderr, "scanner.sandbox_failed: %s\n", error.c_str());
}

int Broker::run() {
  prctl(PR_SET_NAME, "lazaret-scanner");
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  signals_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  listener_ = listenOn(options_.socketPath);
  if (!listener_ || !epoll_ || !signals_) return 2;
  watch(listener_.get(), makeTag(Watched::listener, 0), EPOLLIN);
  watch(signals_.get(), makeTag(Watched::signals, 0), EPOLLIN);
  openPlaces();
  std::printf("ready\n");
  std::fflush(stdout);
  uint64_t lastCheckMs = 0;
  while (!stopping_) {
    epoll_event events[64];
    const int count = epoll_wait(epoll_.get(), events, 64, waitMs());
    for (int index = 0; index < count; index++) handleEvent(events[index].data.u64, events[index].events);
    if (const uint64_t now = nowMs(); now - lastCheckMs >= 20) {
      checkTimes();
      lastCheckMs = now;
    }
    dispatch();
    sweep();
  }
  unlink(options_.socketPath.c_str());
  // Children die with us anyway (PDEATHSIG); their temporary places outside a namespace are cleared by hand.
  for (const auto& release : releases_) {
    if (release->loaderPid > 0) kill(release->loaderPid, SIGKILL);
    for (Worker& worker : release->workers) {
      killWorker(worker);
      worker.socket.reset();  // one that is being made has no number here yet: it ends when nobody is at the other end
    }
  }
  // Not for those that do not end though they were killed.
  while (waitpid(-1, nullptr, undying_.empty() ? 0 : WNOHANG) > 0) {}
  if (places_) emptyFolder(places_.get());
  return 0;
}

}  // namespace lazaret
