// SPDX-License-Identifier: Apache-2.0
#include "supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "child.h"
#include "shared/clock.h"
#include "shared/own-files.h"
#include "takeover.h"
#include "shared/urgent.h"

namespace lazaret {

static constexpr unsigned long gateDescriptorsMax = 16'384;
static constexpr uint64_t quickEndMs = 5'000;
static constexpr unsigned deadBornMax = 2;
static constexpr uint64_t deadBornPauseMs = 500;
static constexpr uint64_t endMsMax = 15'000;
static constexpr uint64_t goneMsMax = 2'000;
static constexpr uint64_t trialMsMax = 5'000;
static constexpr int tickMs = 200;
static constexpr uint64_t agentLookMs = 1'000;
static constexpr uint64_t agentStartMsMax = 600'000;  // until its first sign: patterns are loaded meanwhile

[[gnu::format(printf, 1, 2)]] static void say(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  std::fprintf(stderr, "lazaret-supervisor: %s\n", text);
}

Supervisor::Supervisor(SupervisorOptions options) : options_(std::move(options)) {}

bool Supervisor::open() {
  tableFd_ = memfd_create("lazaret-opens", MFD_CLOEXEC);
  if (tableFd_ < 0 || ftruncate(tableFd_, sizeof(Table)) != 0) return false;
  void* memory = mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE, MAP_SHARED, tableFd_, 0);
  if (memory == MAP_FAILED) return false;
  table_ = static_cast<Table*>(memory);  // zeros are a valid table: nothing waits
  table_->magic = tableMagic;
  if (getrandom(&table_->life, sizeof table_->life, 0) != sizeof table_->life) return false;
  groups_ = openGroups();
  table_->preAccess = groups_.preAccess >= 0;
  if (!groups_.reason.empty()) say("%s", groups_.reason.c_str());
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  gateDescriptors_ = std::min<unsigned long>(limit.rlim_max, gateDescriptorsMax);
  setOwn(OwnProgram::supervisor, getpid());
  return signals_ >= 0;
}

void Supervisor::setOwn(OwnProgram program, int pid) { table_->ownOf(program).store(pid); }

void Supervisor::startGate() {
  ChildPlan plan;
  plan.argv = {options_.gate, "--run", options_.runDirectory, "--mode",
               groups_.permission >= 0 ? "permission"
               : groups_.notify >= 0   ? "notification"
                                       : "none"};
  if (!groups_.reason.empty()) plan.argv.insert(plan.argv.end(), {"--reason", groups_.reason});
  plan.descriptors = {{2, 1}, {tableFd_, tableFd}};
  if (groups_.permission >= 0) plan.descriptors.emplace_back(groups_.permission, permissionGroupFd);
  if (groups_.preAccess >= 0) plan.descriptors.emplace_back(groups_.preAccess, preAccessGroupFd);
  if (groups_.notify >= 0) plan.descriptors.emplace_back(groups_.notify, notifyGroupFd);
  plan.nice = -10;  // whoever opens a file waits for it
  plan.descriptorsMax = gateDescriptors_;
  if (groups_.permission >= 0) letOwnFilesPass(groups_.permission, options_.gate, options_.runDirectory);
  table_->aliveAtMs.store(0);
  gate_.startedMs = monotonicMs();
  gate_.startAgainMs = 0;
  gate_.pid = startChild(plan);
  setOwn(OwnProgram::gate, gate_.pid);
}

void Supervisor::startScanner() {
  ChildPlan plan;
  plan.argv = {options_.scanner,
               "--socket",
               options_.runDirectory + "/scanner.sock",
               "--workers",
               std::to_string(options_.workers),
               "--urgent-workers",
               "1",
               "--end-with-parent"};
  plan.descriptors = {{2, 1}};
  scanner_.startedMs = monotonicMs();
  scanner_.startAgainMs = 0;
  scanner_.pid = startChild(plan);
  setOwn(OwnProgram::scanner, scanner_.pid);
}

void Supervisor::startAgent() {
  ChildPlan plan;
  plan.argv = options_.agent;
  plan.environment = {"LAZARET_SUPERVISED=1", "LAZARET_RUN=" + options_.runDirectory};
  agent_.startedMs = monotonicMs();
  agent_.startAgainMs = 0;
  unlink(signFile().c_str());
  sign_ = {0, 0, agent_.startedMs};
  agent_.pid = startChild(plan);
  setOwn(OwnProgram::agent, agent_.pid);
}

/** At once after a long life; with growing pauses when it dies young. */
void Supervisor::scheduleStart(Child& child, uint64_t firstPauseMs, uint64_t pauseMsMax) {
  const uint64_t now = monotonicMs();
  child.pid = 0;
  child.quickEnds = now - child.startedMs < quickEndMs ? child.quickEnds + 1 : 0;
  const uint64_t pause =
      child.quickEnds == 0 ? 0 : std::min(pauseMsMax, firstPauseMs << std::min(child.quickEnds - 1, 10u));
  child.startAgainMs = now + pause + 1;
}

void Supervisor::startDue() {
  const uint64_t now = monotonicMs();
  const auto due = [now](const Child& child) {
    return child.pid == 0 && child.startAgainMs != 0 && child.startAgainMs <= now;
  };
  if (due(gate_)) startGate();
  if (due(scanner_)) startScanner();
  if (due(agent_)) startAgent();
}

void Supervisor::gateEnded(LetThroughCause cause) {
  table_->gateDeaths.fetch_add(1);
  if (groups_.permission >= 0)
    answerForDeadGate(groups_.permission, *table_, cause, static_cast<int>(gateDescriptors_));
  if (groups_.preAccess >= 0) refuseForDeadGate(groups_.preAccess, static_cast<int>(gateDescriptors_));
  endKeeper();
  setOwn(OwnProgram::gate, 0);
  // Opens that nobody has read may wait since its last sign of life, or longer: the next one counts their deadline from
  // there.
  if (table_->queuedSinceMs.load() == 0) table_->queuedSinceMs.store(table_->aliveAtMs.load());
  // One that has lived is followed at once, and what waits in the kernel's queue is the next one's. One that never
  // comes to life is no hope.
  const bool lived = table_->aliveAtMs.load() != 0;
  deadBorn_ = lived ? 0 : deadBorn_ + 1;
  table_->changingSinceMs.store(0);
  gate_.pid = 0;
  gate_.startAgainMs = monotonicMs() + (deadBorn_ > deadBornMax ? deadBornPauseMs : 0);
}

/** Its number stands there until we have reaped it, so that it is no other's. */
void Supervisor::endKeeper() {
  const int keeper = table_->keeper.exchange(0);
  if (keeper > 0) kill(keeper, SIGKILL);
}

void Supervisor::agentEnded(int status) {
  setOwn(OwnProgram::agent, 0);
  // It was told to end, or finds at its first start that it cannot run. Later that is no reason to give up what the
  // gate holds: a command that has the lock just now, a disk that is full.
  const bool chose = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || (WEXITSTATUS(status) == 2 && !agentHasLived_));
  if (!chose && !ending_) {
    say("the agent ended (%s %d); the supervisor starts it again", WIFSIGNALED(status) ? "signal" : "exit code",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return scheduleStart(agent_, 200, 5'000);
  }
  agent_.pid = 0;
  exitCode_ = WIFEXITED(status) ? WEXITSTATUS(status) : 70;
  ending_ = true;
}

void Supervisor::reap() {
  int status;
  for (int pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == gate_.pid) {
      if (!ending_)
        say("the gate ended (%s %d); the supervisor answers its opens and starts the next gate",
            WIFSIGNALED(status) ? "signal" : "exit code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
      gateEnded(killedHungGate_ ? LetThroughCause::gateHung : LetThroughCause::gateDied);
      killedHungGate_ = false;
    } else if (pid == trial_.pid) {
      trialEnded(status);
    } else if (pid == scanner_.pid) {
      setOwn(OwnProgram::scanner, 0);
      scheduleStart(scanner_, 10, 1'000);
    } else if (pid == agent_.pid) {
      agentEnded(status);
    } else {
      // A keeper: the gate starts another where none stands in the table.
      int ended = pid;
      table_->keeper.compare_exchange_strong(ended, 0);
    }
  }
}

/** What hangs; null: nothing. */
static const char* findOverdue(const Table& table, uint64_t now) {
  const auto late = [now](uint64_t since, uint64_t grace) { return since != 0 && now > since + grace; };
  for (const auto& busy : table.readerBusyMs)
    if (late(busy.load(), silentGateMs)) return "a reader thread is stuck";
  const uint64_t grace = now <= table.aliveAtMs.load() + atWorkMs ? overdueAtWorkMs : overdueMs;
  const bool open =
      std::any_of(table.slots, table.slots + std::min<size_t>(table.slotsUsed.load(), slotsMax), [&](const Slot& slot) {
        const SlotState state = stateOf(slot.word.load());
        return state != SlotState::free && late(slot.deadlineAtMs.load(), grace);
      });
  return open ? "an open is overdue" : nullptr;
}

/** A gate that hangs is killed; the rest follows from its death. A stopped process is killed all the same. */
void Supervisor::checkGate() {
  if (gate_.pid == 0) {
    // None comes to life just now: better an answer by the policy's rule than none.
    if (deadBorn_ > deadBornMax && groups_.permission >= 0) answerQueued(groups_.permission, *table_);
    return;
  }
  const uint64_t now = monotonicMs();
  const uint64_t alive = table_->aliveAtMs.load();
  const uint64_t startedMs = std::max(gate_.startedMs, table_->changingSinceMs.load());
  const bool starts = alive == 0 || table_->changingSinceMs.load() != 0;
  const bool silent = starts ? now > startedMs + gateStartMs : now > alive + silentGateMs;
  const char* why = silent ? "no sign of life" : findOverdue(*table_, now);
  if (!why) return;
  if (!killedHungGate_) say("the gate hangs (%s); the supervisor kills it", why);
  killedHungGate_ = true;
  kill(gate_.pid, SIGKILL);
}

/**
 * No open waits for the agent, so that it has time: two minutes without a sign of life are no busy event loop. Counted
 * by our own looks, so that a machine that was suspended, or a clock that was set, ends nobody.
 */
void Supervisor::checkAgent() {
  const uint64_t now = monotonicMs();
  if (agent_.pid <= 0 || now < sign_.lookedAtMs + agentLookMs) return;
  struct stat file;
  const int64_t touchedNs =
      stat(signFile().c_str(), &file) == 0 ? file.st_mtim.tv_sec * 1'000'000'000 + file.st_mtim.tv_nsec : 0;
  sign_.silentMs =
      touchedNs != sign_.touchedNs ? 0 : sign_.silentMs + std::min(now - sign_.lookedAtMs, 2 * agentLookMs);
  sign_.touchedNs = touchedNs;
  agentHasLived_ = agentHasLived_ || touchedNs != 0;
  sign_.lookedAtMs = now;
  if (sign_.silentMs <= (touchedNs == 0 ? agentStartMsMax : options_.agentSilentMsMax)) return;
  say("the agent has given no sign of life for %lu s; the supervisor kills it",
      static_cast<unsigned long>(sign_.silentMs / 1'000));
  sign_.silentMs = 0;
  kill(agent_.pid, SIGKILL);
}

void Supervisor::beginEnd() {
  ending_ = true;
  endByMs_ = monotonicMs() + endMsMax;
  agent_.startAgainMs = 0;
  if (agent_.pid > 0) kill(agent_.pid, SIGTERM);
}

/** A new version of the gate's program lies in its place. It is tried first: one that cannot run, or that has another
 * table, takes nobody's place. */
void Supervisor::beginUpgrade() {
  if (gate_.pid <= 0 || table_->aliveAtMs.load() == 0 || trial_.pid > 0) return;
  ChildPlan plan;
  char table[32];
  std::snprintf(table, sizeof table, "%x:%zu", tableMagic, sizeof(Table));
  plan.argv = {options_.gate, "--takes-over", table};
  plan.descriptors = {{2, 1}};
  trial_.startedMs = monotonicMs();
  trial_.pid = startChild(plan);
}

/** The gate becomes the new program by itself, when nobody waits or after a while, and takes along the opens that it
 * has read (gate.cpp). */
void Supervisor::trialEnded(int status) {
  trial_.pid = 0;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return say("the new gate does not start (%s %d); the old gate continues",
               WIFSIGNALED(status) ? "signal" : "exit code",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  if (gate_.pid > 0 && table_->aliveAtMs.load() != 0) kill(gate_.pid, SIGTERM);
}

void Supervisor::checkTrial() {
  if (trial_.pid > 0 && monotonicMs() > trial_.startedMs + trialMsMax) kill(trial_.pid, SIGKILL);
}

void Supervisor::handleSignals() {
  signalfd_siginfo info;
  while (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) beginEnd();
    if (info.ssi_signo == SIGHUP) beginUpgrade();
  }
}

int Supervisor::waitMs() const {
  const uint64_t now = monotonicMs();
  uint64_t wait = tickMs;
  for (const Child* child : {&gate_, &scanner_, &agent_})
    if (child->pid == 0 && child->startAgainMs != 0)
      wait = std::min<uint64_t>(wait, child->startAgainMs > now ? child->startAgainMs - now : 0);
  return static_cast<int>(wait);
}

/** Held until we end: two of them would take each other's sockets away. The lock is a file in a directory that nobody
 * else may enter: whoever may open a file, or a directory, can hold a lock on it and keep us out. */
bool Supervisor::lockRunDirectory() const {
  mkdir(options_.runDirectory.c_str(), 0700);
  const int directory = ::open(options_.runDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat facts {};
  if (directory < 0 || fstat(directory, &facts) != 0) return false;
  if (facts.st_uid != geteuid()) {
    errno = EPERM;
    return false;
  }
  if ((facts.st_mode & 07777) != 0700 && fchmod(directory, 0700) != 0) return false;
  const int lock = openat(directory, "supervisor.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  return lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
}

/** First the marks go, so that nobody begins to wait; with the last of us the group goes, and whoever still waits goes
 * on. A process that the kernel does not let go is not waited for. */
void Supervisor::endAll() {
  for (const int group : {groups_.permission, groups_.preAccess, groups_.notify}) {
    if (group < 0) continue;
    fanotify_mark(group, FAN_MARK_FLUSH | FAN_MARK_FILESYSTEM, 0, AT_FDCWD, "/");
    fanotify_mark(group, FAN_MARK_FLUSH, 0, AT_FDCWD, "/");
  }
  for (const int pid : {gate_.pid, scanner_.pid, trial_.pid})
    if (pid > 0) kill(pid, SIGKILL);
  for (const uint64_t byMs = monotonicMs() + goneMsMax; monotonicMs() < byMs;) {
    const int pid = waitpid(-1, nullptr, WNOHANG);
    if (pid < 0) return;
    // Only now can it start no other.
    if (pid == gate_.pid) endKeeper();
    if (pid == 0) usleep(1'000);
  }
}

int Supervisor::run() {
  if (!open()) {
    say("the supervisor could not start: %s", std::strerror(errno));
    return 2;
  }
  if (!lockRunDirectory()) {
    say(errno == EWOULDBLOCK ? "another supervisor is running in %s" : "%s cannot be locked",
        options_.runDirectory.c_str());
    return 2;
  }
  // What an earlier life was configured with; this one begins with nothing, until its agent says what to watch.
  unlink((options_.runDirectory + "/gate.json").c_str());
  runUrgently();
  startScanner();
  startGate();
  startAgent();
  while (!ending_ || agent_.pid > 0) {
    pollfd ready{signals_, POLLIN, 0};
    poll(&ready, 1, waitMs());
    handleSignals();
    reap();
    if (!ending_) startDue();
    checkGate();
    checkTrial();
    checkAgent();
    if (endByMs_ != 0 && monotonicMs() > endByMs_ && agent_.pid > 0) kill(agent_.pid, SIGKILL);
  }
  endAll();
  return exitCode_;
}

}  // namespace lazaret
