// SPDX-License-Identifier: Apache-2.0
#include "gate.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "shared/clock.h"
#include "shared/own-files.h"
#include "rules/bytes-text.h"
#include "keeper.h"

namespace lazaret::gate {

using nlohmann::json;

static constexpr int protocolVersion = 1;
static constexpr uint64_t tellMsMax = 500;

Gate::Gate(GateOptions options, Table& table)
    : options_(std::move(options)),
      table_(table),
      hasPermission_(options_.mode == "permission"),
      hasNotify_(options_.mode != "none" && fcntl(notifyGroupFd, F_GETFD) >= 0),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      outbox_(wake_, options_.toldDescriptorsMax),
      opens_(table, hasPermission_ ? permissionGroupFd : -1, options_.slots),
      letThroughs_(table),
      gaps_(table, outbox_),
      responder_(opens_, letThroughs_, outbox_, statistics_, options_.toldDescriptorsMax),
      ignoreMarks_(hasPermission_ ? permissionGroupFd : -1, hasNotify_ ? notifyGroupFd : -1, statistics_.counters),
      // A scan process reads what it is given to judge, denied or not.
      preAccess_(hasPermission_ && table.preAccess ? preAccessGroupFd : -1,
                 [this](int pid) { return readers_.isOwn(pid) || readers_.isOwnChild(pid); }),
      mounts_({hasPermission_ ? permissionGroupFd : -1, hasNotify_ ? notifyGroupFd : -1, preAccess_, rules_,
               [this](int pid) { return readers_.isOwn(pid) || readers_.isOwnChild(pid); },
               [this] {
                 json message = mounts_.coverage();
                 message["type"] = "mounts";
                 outbox_.put(message, Descriptor());
               }}),
      scanner_(options_.runDirectory + "/scanner.sock",
               {[this] { judging_.connected(); },
                [this](AnswerKind kind, uint64_t id, std::string_view text) { judging_.answered(kind, id, text); }}),
      judging_({opens_, cache_, scanner_, letThroughs_, responder_, rules_, statistics_}, options_.slots),
      readers_({opens_, cache_, judging_, letThroughs_, responder_, ignoreMarks_, mounts_, rules_, statistics_, owners_,
                scanner_}),
      notify_({hasNotify_ ? notifyGroupFd : -1, judging_, cache_, ignoreMarks_, mounts_, rules_, gaps_, statistics_,
               [this](int pid) { return readers_.isOwn(pid); }, owners_}),
      clock_(opens_, judging_, rules_),
      agent_(options_.runDirectory + "/gate.sock", wake_, outbox_,
             {[this] { return hello(); }, [this](const std::string& text) { return configure(text); },
              [this](Descriptor file) { deny(std::move(file)); }, [this] { return stats(); },
              [this] { outbox_.tellAgain(); }, [this](const std::vector<uint64_t>& numbers) { done(numbers); }}) {}

json Gate::hello() const {
  return {{"type", "hello"},
          {"protocol", protocolVersion},
          {"pid", getpid()},
          {"mode", options_.mode},
          {"reason", options_.reason.empty() ? json() : json(options_.reason)},
          {"generation", rules_.current()->generation},
          {"kernel", {{"preAccess", preAccess_.isAvailable()}, {"closeWrite", hasNotify_}}}};
}

/** Written before it is in force, so that a gate that dies in between leaves a successor that knows at least as much.
 */
static bool writeFile(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  size_t done = 0;
  while (file && done < text.size()) {
    const ssize_t wrote = write(file.get(), text.data() + done, text.size() - done);
    if (wrote <= 0) return false;
    done += static_cast<size_t>(wrote);
  }
  return file && rename(fresh.c_str(), path.c_str()) == 0;
}

json Gate::configure(const std::string& text) {
  std::string fault;
  const auto rules = parseConfiguration(text, fault);
  if (!rules) return {{"type", "refused"}, {"fault", fault}};
  if (!writeFile(configurationFile(), text))
    return {{"type", "refused"}, {"generation", rules->generation}, {"fault", "the configuration cannot be written"}};
  takeRules(rules);
  json answer = mounts_.coverage();
  answer["type"] = "configured";
  answer["generation"] = rules->generation;
  return answer;
}

/** Verdicts before marks: what is marked next is judged by what is in force now. */
void Gate::takeRules(std::shared_ptr<const GateConfiguration> rules) {
  const auto before = rules_.current();
  table_.failClosed.store(rules->failClosed);
  scanner_.setProfile(rules->profile);
  responder_.setAnswered(rules->answersDetections);
  rules_.set(rules);
  statistics_.exceptions.clear();
  if (before->verdicts != rules->verdicts || !rules->active) {
    cache_.makeVoid();
    ignoreMarks_.removeAll();
    preAccess_.releaseAll();
  }
  mounts_.apply();
  // RT-4: switched off, nobody waits any more.
  if (!rules->active) judging_.letAllGo();
}

void Gate::takeLastConfiguration() {
  std::ifstream file(configurationFile(), std::ios::binary);
  std::stringstream text;
  std::string fault;
  if (!file || !(text << file.rdbuf())) return;
  const auto rules = parseConfiguration(text.str(), fault);
  if (!rules) return;
  table_.failClosed.store(rules->failClosed);
  scanner_.setProfile(rules->profile);
  responder_.setAnswered(rules->answersDetections);
  rules_.set(rules);
}

/** What former gates had not told, or the agent had not followed up: this gate may die before that, too. */
void Gate::takeLeftBehind() {
  const uint64_t lost = letThroughs_.each(
      [this](const LetThrough& record, uint64_t number) { responder_.letThroughBefore(record, number); });
  statistics_.counters.letThroughLost.fetch_add(lost);
  gaps_.takeLeftBehind();
}

void Gate::done(const std::vector<uint64_t>& numbers) {
  for (const uint64_t number : numbers) {
    outbox_.done(number);
    if (!gaps_.done(number)) letThroughs_.done(number);
  }
}

/** What the agent has found in place of a verdict of ours is a verdict of ours from here on. */
void Gate::deny(Descriptor file) {
  struct stat facts;
  if (fstat(file.get(), &facts) == 0)
    cache_.keepRefused(keyOf(facts), owners_.ofUser(facts.st_uid), cache_.rulesGeneration());
  preAccess_.refuse(file.get());
}

json Gate::stats() const {
  json answer = statisticsJson(statistics_);
  answer["waiting"] = opens_.waiting();
  answer["cacheEntries"] = cache_.entries();
  answer["detectedEntries"] = cache_.detected();
  answer["owners"] = judging_.owners();
  answer["gateDeaths"] = table_.gateDeaths.load();
  answer["upgrades"] = table_.upgrades.load();
  answer["dropped"] = outbox_.dropped() + statistics_.counters.letThroughLost.load();
  return answer;
}

/** Upgrades are rare, and most scans are short: who waits now is answered by this program, unless others wait all the
 * time. */
void Gate::awaitQuiet(const sigset_t& again) {
  const uint64_t byMs = monotonicMs() + rules_.current()->deadlineMs;
  constexpr timespec step{0, 2'000'000};
  while (opens_.waiting() > 0 && monotonicMs() < byMs)
    if (sigtimedwait(&again, nullptr, &step) > 0) return;
}

/**
 * This process goes on as the program that lies in its own program's place now. The kernel knows an open that waits by
 * the group and by the number of its descriptor, and both go along: nobody else ever reads of this group, and no open
 * is answered for the change. Where it does not succeed, this program goes on.
 */
void Gate::becomeNext() {
  if (hasPermission_) {
    uint64_t none = 0;
    table_.queuedSinceMs.compare_exchange_strong(none, monotonicMs());
    readers_.stop();
    letOwnFilesPass(permissionGroupFd, options_.arguments[0], options_.runDirectory);
  }
  // What is told of a verdict stands in no table.
  for (const uint64_t byMs = monotonicMs() + tellMsMax; outbox_.hasUnsent() && monotonicMs() < byMs;)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  setOverExec(true);
  table_.upgrades.fetch_add(1);
  table_.changingSinceMs.store(monotonicMs());
  execv(options_.arguments[0], options_.arguments);
  const int error = errno;
  table_.changingSinceMs.store(0);
  table_.upgrades.fetch_sub(1);
  setOverExec(false);
  std::fprintf(stderr, "lazaret-gate: the new gate cannot be run (%s); the old gate continues\n", std::strerror(error));
  if (hasPermission_) readers_.start();
}

void Gate::setOverExec(bool keep) {
  // Where a group was not given, its number may be that of any other file: the next program would take it for the
  // group.
  const std::pair<int, bool> given[] = {{permissionGroupFd, hasPermission_},
                                        {preAccessGroupFd, preAccess_.isAvailable()},
                                        {notifyGroupFd, hasNotify_},
                                        {tableFd, true}};
  for (const auto& [fd, isGiven] : given)
    if (isGiven) fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC);
  if (hasPermission_) opens_.keepDescriptorsOverExec(keep);
}

void Gate::awaitUpgrade() {
  sigset_t upgrade;
  sigemptyset(&upgrade);
  sigaddset(&upgrade, SIGTERM);
  for (int number; sigwait(&upgrade, &number) == 0;) {
    awaitQuiet(upgrade);
    becomeNext();
  }
}

/** What a former program of this process had in hand. */
void Gate::takeOver() {
  if (hasPermission_) readers_.takeOver();
  // What it had read of the second group it can answer no more: only files that are refused are marked there.
  if (table_.changingSinceMs.load() != 0 && preAccess_.isAvailable())
    preAccess_.refuseRead(static_cast<int>(options_.slots) * 4);
  table_.changingSinceMs.store(0);
}

void Gate::run() {
  if (hasPermission_ && table_.changingSinceMs.load() != 0) replaceKeeper(table_);
  else if (hasPermission_) keepDescriptors(table_);
  std::thread([this] { clock_.run(); }).detach();
  std::thread([this] { responder_.run(); }).detach();
  std::thread([this] { scanner_.run(); }).detach();
  takeLeftBehind();
  // Before the first read: what waits in the queue is judged by what the last gate was told. Its marks stand, the group
  // has them.
  takeLastConfiguration();
  takeOver();
  if (hasPermission_) readers_.start();
  std::thread([this] { owners_.run(); }).detach();
  std::thread([this] { awaitUpgrade(); }).detach();
  std::thread([this] { mounts_.run(); }).detach();
  if (hasNotify_) std::thread([this] { notify_.run(); }).detach();
  if (preAccess_.isAvailable()) std::thread([this] { preAccess_.run(); }).detach();
  // Nobody's open waits for what is told.
  setpriority(PRIO_PROCESS, 0, 0);
  agent_.run();
  std::fprintf(stderr, "lazaret-gate: cannot listen on %s/gate.sock\n", options_.runDirectory.c_str());
  _exit(1);
}

}  // namespace lazaret::gate
