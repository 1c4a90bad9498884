// SPDX-License-Identifier: GPL-2.0-only
// The broker: clients, queue, deadlines, loaders and workers. It parses its own framing alone, never file content.
// Owns every socket, every job's descriptor and every child; a job is answered exactly once.
#pragma once
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/channel.h"
#include "broker/fair-queue.h"
#include "base/limits.h"
#include "base/protocol.h"
#include "broker/suspects.h"

namespace lazaret {

struct BrokerOptions {
  std::string socketPath;
  unsigned workers;        // all of them
  unsigned urgentWorkers;  // of these: the last ones, kept for opens (dispatch.cpp)
  uint64_t workerMemoryBytes;
};

/** Before it is scanned: is it a copy of a suspect? After it did harm: what will a copy look like? */
enum class Probe : uint8_t { none, check, learn };

struct Job {
  uint64_t key = 0;
  uint64_t client = 0;  // 0: the client has gone
  uint64_t id = 0;      // the client's
  Profile profile{};
  uint32_t flags = 0;
  Descriptor file;
  uint8_t priority = 0;  // its ScanClass
  uint64_t owner = 0;    // who shares the workers with the others
  uint64_t bytes = 0;    // of the file, as it came
  bool slow = false;     // waits in the slow lane
  Probe probe = Probe::none;
  bool forItself = false;   // nobody asked: it is done for what it teaches
  uint64_t deadlineMs = 0;  // 0: none
  bool cancelled = false;
  std::vector<std::string> rowPackets;  // held until the final answer, so that a dying worker leaves nothing half said
  size_t rowBytes = 0;
  size_t hits = 0;  // told to the client already: they stand, whatever becomes of the worker
};

struct Client {
  uint64_t number = 0;
  Descriptor socket;
  std::map<uint16_t, Profile> profiles;
  size_t queued = 0;
  std::deque<std::string> answers;
  size_t answerBytes = 0;
  bool waitsForSpace = false;
};

enum class WorkerState : uint8_t { none, starting, ready };

struct Worker {
  WorkerState state = WorkerState::none;
  int pid = 0;
  Descriptor socket;
  std::deque<Job> jobs;                   // the first one runs, the others wait in its socket
  uint64_t sinceMs = 0;                   // of the state, or of the running job
  uint64_t sinceUs = 0, processorUs = 0;  // of the running job: when it began, what its worker had used by then
  size_t packets = 0;                     // said of the running job
  uint64_t respawnAtMs = 0;
  uint32_t failures = 0;  // in a row, without one job done
  bool forkAsked = false;
  bool killedForTime = false;
  bool madeRoom = false;  // ended because others waited: its job begins again
  uint64_t killedMs = 0;
  uint64_t killedFor = 0;  // the job that we ended it for; should that be done by then, the next one is innocent
};

enum class ReleaseState : uint8_t { loading, active, retiring };

struct Release {
  uint64_t number = 0;
  ReleaseState state = ReleaseState::loading;
  std::string directory;
  int loaderPid = 0;
  int firstLoaderPid = 0;  // names its temporary place, also when it has died
  Descriptor control;
  std::vector<Worker> workers;
  uint64_t startedMs = 0;
  uint64_t client = 0, id = 0;  // who asked, to be answered; client 0: nobody
  std::string loadedJson;
  bool reload = false;  // replaces a loader that died
  bool answered = false;
  uint32_t expectedSignatures = UINT32_MAX;
};

class Broker {
 public:
  explicit Broker(BrokerOptions options);
  int run();

 private:
  friend struct FuzzAccess;  // native/scanner/fuzz
  // clients.cpp
  void acceptClients();
  void readClient(uint64_t number);
  void handleRequest(Client& client, Bytes packet, std::vector<Descriptor>& descriptors);
  void handleScan(Client& client, const RequestHeader& header, Bytes payload, std::vector<Descriptor>& descriptors);
  void handleProfile(Client& client, const RequestHeader& header, Bytes payload);
  void handleCancel(Client& client, uint64_t id, bool ifWaiting);
  bool cancelQueued(Client& client, uint64_t id);
  void answer(uint64_t client, AnswerKind kind, uint64_t id, std::string_view json);
  void answerError(uint64_t client, uint64_t id, std::string_view code, std::string_view detail);
  void flush(Client& client);
  void dropClient(uint64_t number);
  std::string statusJson() const;

  // dispatch.cpp
  struct Pick {
    uint8_t scanClass;
    uint64_t owner;
    bool slow;
  };
  void dispatch();
  bool giveNext(Release& release);
  std::optional<Pick> pickFor(const Release& release, size_t slot, std::optional<uint64_t> except = {}) const;
  bool isStarved(uint8_t scanClass) const;
  int turnOf(const Release& release, size_t slot, uint8_t scanClass) const;
  bool isLanesTurn(const Release& release, size_t slot) const;
  bool laneIsFree(const Release& release) const;
  bool mayWaitBehind(const Worker& worker, const Pick& pick) const;
  FairQueue<Job>& queueOf(const Job& job);
  FairQueue<Job>& laneOf(uint8_t scanClass) {
    return lane_[scanClass == static_cast<uint8_t>(ScanClass::followUp) ? 0 : 1];
  }
  bool laneIsEmpty() const { return lane_[0].empty() && lane_[1].empty(); }
  Pick pickFromLane() const;
  bool keepsOthers(const Job& job, uint64_t ranMs) const;
  void enqueue(Job job);
  void giveBack(Job job);
  void beginAgain(Job job);
  size_t queuedOf(uint64_t owner) const;
  bool isInGoodStanding(uint64_t owner) const;
  void loseStanding(uint64_t owner, uint64_t forMs);
  void tellCostly(const Job& job);
  void tellAllCostly(uint64_t owner);
  static void beginsAt(Worker& worker);
  void chargeFor(const Worker& worker, const Job& job);
  bool isInTheWay(const Release& release, size_t slot) const;
  void makeRoom(Release& release, uint64_t now);
  uint64_t endOf(const Worker& worker, uint64_t now) const;
  void settleLost(Worker& worker, Job lost);
  void probed(Job job, std::string_view digest);

  // workers.cpp
  bool giveTo(Release& release, size_t slot, Job job);
  /** So many packets at most: who never stops keeps nobody waiting. */
  void readWorker(uint64_t release, size_t slot, size_t packetsMax = limits::packetsPerTurn);
  void tellHit(Job& job, std::string_view json);
  void finishJob(Job& job, std::string_view json);
  void failJob(Job& job, std::string_view reason);
  void workerDied(Release& release, size_t slot);
  void leaveUndying(Release& release, size_t slot);
  /** Of a regular file, as far as it is known here: a file system in user space is not asked, for its server may be who
   * waits. */
  static std::optional<uint64_t> knownSize(int file);
  void wantWorkers(Release& release);
  void killWorker(Worker& worker);
  void killRunning(Worker& worker);
  void checkTimes();
  void expireQueue(uint64_t now);

  // releases.cpp
  void handleLoad(Client& client, const RequestHeader& header, Bytes payload, std::vector<Descriptor>& descriptors);
  bool startLoader(const std::string& directory, uint64_t client, uint64_t id, uint32_t flags, uint32_t expected,
                   std::vector<Descriptor>& canaries, bool reload);
  void readLoader(uint64_t release);
  bool handleLoader(Release& release, const LoaderHeader& header, std::string json);
  bool handleForked(Release& release, const LoaderHeader& header);
  bool mayBeWorker(int pid) const;
  void activate(Release& release);
  void loadFailed(Release& release, std::string_view json);
  void loaderDied(Release& release);
  void retireIfDone(Release& release);
  void childrenDied();
  Release* findRelease(uint64_t number);
  Release* activeRelease();

  void watch(int fd, uint64_t tag, uint32_t events);
  void handleEvent(uint64_t tag, uint32_t events);
  void openPlaces();
  void sweep();
  int waitMs() const;

  BrokerOptions options_;
  Descriptor epoll_, listener_, signals_, places_;
  std::map<uint64_t, std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Release>> releases_;
  std::array<FairQueue<Job>, scanClasses> queue_;
  std::array<uint64_t, scanClasses> servedMs_{};  // when a class had a worker last
  std::array<FairQueue<Job>, 2> lane_;            // the slow lane: follow-ups, and all others
  bool laneHadIt_ = false;                        // and whether it was a follow-up
  bool laneHadFollowUp_ = false;
  size_t queuedJobs_ = 0;
  Suspects suspects_;
  std::unordered_map<uint64_t, uint64_t> lostStanding_;  // owners, until when
  uint64_t madeRoomMs_ = 0;
  uint64_t nextClient_ = 1, nextRelease_ = 1, nextJob_ = 1;
  uint64_t scansDone_ = 0, workerDeaths_ = 0, loaderDeaths_ = 0, roomMade_ = 0;
  std::array<uint64_t, scanClasses> scansOf_{};
  uint64_t reloadAtMs_ = 0;
  std::set<int> undying_;  // killed workers that do not end, and have no slot any more
  bool stopping_ = false;
};

// Tags of epoll: what kind of descriptor, which release or client, which slot.
enum class Watched : uint8_t { listener = 1, signals = 2, client = 3, loader = 4, worker = 5 };
inline uint64_t makeTag(Watched kind, uint64_t number, uint64_t slot = 0) {
  return static_cast<uint64_t>(kind) << 56 | slot << 44 | number;
}

}  // namespace lazaret
