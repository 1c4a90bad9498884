// SPDX-License-Identifier: Apache-2.0
// What is worth telling, told: who opened, which file, what came of it. A thread of its own, so that neither readers nor verdicts wait for
// /proc. It answers the opens that it is given (refused ones), *after* it has looked who they are and before it writes a word.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "file-key.h"
#include "let-through-log.h"
#include "opens.h"
#include "outbox.h"
#include "places.h"
#include "statistics.h"

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

class Recorder {
 public:
  Recorder(Opens& opens, LetThroughLog& letThroughs, Outbox& outbox, Statistics& statistics);
  void run();

  /** A verdict of infection. `claimed`: opens that are claimed and get `allow`; `file`: the object where nobody waits. */
  void detection(const FileKey& key, FileNote note, std::string answer, std::vector<Slot*> claimed, Descriptor file, bool allow);
  /** An open of a file that is known to be refused: claimed, to be refused again. */
  void refusedAgain(const FileKey& key, FileNote note, Slot* claimed);
  /** `number`: of its record, which was written before it was answered. */
  void letThrough(uint64_t number, Cause cause, FileNote note, nlohmann::json opener, bool allowed, uint64_t waitedMs, Descriptor file);
  void partly(FileNote note, std::string answer, Descriptor file);
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
    uint64_t untold = 0;         // attempts since then
    nlohmann::json waiting;      // what will be told of them
  };
  void tell(Detection& one);
  /** What was held back for a second. */
  void tellHeldBack();
  void tellAgain(Detection& one, nlohmann::json opener, uint64_t waitedMs, Descriptor file);
  void tellLetThrough(uint64_t number, Cause cause, bool allowed, nlohmann::json message, Descriptor file);
  nlohmann::json base(const char* type, const FileNote& note, int fd, uint64_t waitedMs);

  Opens& opens_;
  LetThroughLog& letThroughs_;
  Outbox& outbox_;
  Statistics& statistics_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Detection> queue_;
  std::unordered_map<FileKey, Refused, FileKeyHash> refused_;
  size_t heldBack_ = 0;
  std::atomic<uint64_t> nextId_{1};
  uint64_t partlySecond_ = 0, partlyCount_ = 0, partlyDropped_ = 0;
};

}  // namespace lazaret::gate
