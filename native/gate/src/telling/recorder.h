// SPDX-License-Identifier: Apache-2.0
// What is worth telling, told: who opened, which file, what came of it. A thread of its own, so that verdicts do not
// wait for /proc. It answers the opens that it is given (refused ones), *after* it has looked who they are and before
// it writes a word.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "opens/file-key.h"
#include "opens/opener.h"
#include "telling/let-through-log.h"
#include "opens/opens.h"
#include "telling/outbox.h"
#include "mounts/places.h"
#include "telling/statistics.h"

namespace lazaret::gate {

enum class Access : uint8_t { open, execute, closeWrite, moved };
using Cause = LetThroughCause;

const char* wordOf(Access access);
const char* wordOf(Cause cause);

/** What a message says of a file, gathered while its descriptor is open. */
struct FileNote {
  Place place;
  std::string decidedBy;
  Access access = Access::open;
};

/** An open that was answered without a verdict. `number`: of its record, which was written before it was answered. */
struct Passed {
  uint64_t number;
  Cause cause;
  FileNote note;
  Opener opener;
  bool allowed;
  uint64_t waitedMs;
  nlohmann::json facts;  // of its file
  Descriptor file;
};

nlohmann::json fileJson(const FileFacts& file);

class Recorder {
 public:
  Recorder(Opens& opens, LetThroughLog& letThroughs, Outbox& outbox, Statistics& statistics, size_t passedMax);
  void run();
  /** Whether the agent says of a detection when it has done with it: an older one does not, and nothing is kept for it.
   */
  void setAnswered(bool answered) { answered_.store(answered); }

  /** A verdict of infection. `claimed`: opens that are claimed and get `allow`; `file`: the object where nobody waits.
   */
  void detection(const FileKey& key, FileNote note, std::string answer, std::vector<Slot*> claimed, Descriptor file,
                 bool allow);
  /** An open of a file that is known to be refused: claimed, to be refused again. */
  /** So much waits to be told that another attempt is counted alone. It is, if so. */
  bool isBehind(const FileKey& key);
  void refusedAgain(const FileKey& key, FileNote note, Slot* claimed);
  /** Told when no open waits for this thread. So many wait with their descriptor, the others without it. */
  void letThrough(Passed passed);
  void partly(const FileNote& note, std::string answer);
  /** One that a former gate, or the supervisor, left: the file by its handle, for the descriptor died with its gate. */
  void letThroughBefore(const LetThrough& record, uint64_t number);

 private:
  struct Detection {
    FileKey key;
    FileNote note;
    std::string answer;  // "": refused again
    std::vector<Slot*> claimed;
    Descriptor file;
    bool allow = false;
  };
  struct Refused {
    std::string answer, decidedBy;
    uint64_t toldAtMs = 0;
    uint64_t untold = 0;     // attempts since then
    nlohmann::json waiting;  // what will be told of them
  };
  void tell(Detection& one);
  void tellPassed(Passed passed);
  /** What was held back for a second. */
  void tellHeldBack();
  void tellAgain(Detection& one, nlohmann::json opener, uint64_t waitedMs, Descriptor file);
  void tellLetThrough(uint64_t number, Cause cause, bool allowed, nlohmann::json message, Descriptor file);
  /** To the agent, until it says that it has acted on it: an agent that dies meanwhile is followed by one that is told
   * again. */
  void putDetection(nlohmann::json message, Descriptor file);
  nlohmann::json base(const char* type, const FileNote& note, nlohmann::json file, uint64_t waitedMs);

  Opens& opens_;
  LetThroughLog& letThroughs_;
  Outbox& outbox_;
  Statistics& statistics_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Detection> queue_;
  std::deque<Passed> passed_;
  const size_t passedMax_;
  std::unordered_map<FileKey, Refused, FileKeyHash> refused_;
  size_t heldBack_ = 0;
  uint64_t heldBackLookedMs_ = 0;
  bool refusalTold_ = false;
  std::atomic<uint64_t> nextId_{1};
  std::atomic<bool> answered_{false};
  uint64_t lastDetection_ = 0;  // this thread's alone
  uint64_t partlySecond_ = 0, partlyCount_ = 0, partlyDropped_ = 0;
};

}  // namespace lazaret::gate
