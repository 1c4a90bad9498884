// SPDX-License-Identifier: Apache-2.0
// Answers the opens that are refused, and tells the agent of detections and of opens that were let through: which
// program opened which file, and with which result. It has a thread of its own, because it reads /proc and a verdict
// must not wait for that. For a refused open it first reads who the opener is, then answers the kernel, then tells.
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

/** What a message says about a file. It is read while the file's descriptor is open. */
struct FileNote {
  Place place;
  std::string decidedBy;
  Access access = Access::open;
};

/** An open that was answered without a verdict. `number` is the number of its record in the let-through log, which is
 * written before the open is answered. */
struct LetThroughOpen {
  uint64_t number;
  Cause cause;
  FileNote note;
  Opener opener;
  bool allowed;
  uint64_t waitedMs;
  nlohmann::json facts;  // device, inode and handle of the file
  Descriptor file;
};

nlohmann::json fileJson(const FileFacts& file);

class Responder {
 public:
  Responder(Opens& opens, LetThroughLog& letThroughs, Outbox& outbox, Statistics& statistics,
            size_t letThroughFilesMax);
  void run();
  /** Whether the agent confirms each detection that it has handled. An older agent does not; then no detection is kept
   * for a second telling. */
  void setAnswered(bool answered) { answered_.store(answered); }

  /** The file is infected. `claimed` are the opens that wait for this verdict; each is answered with `allow`. `file` is
   * the file's descriptor if no open waits. */
  void detection(const FileKey& key, FileNote note, std::string answer, std::vector<Slot*> claimed, Descriptor file,
                 bool allow);
  /** True if so many messages wait that this attempt is only counted, and told with the next one of the same file. */
  bool isBehind(const FileKey& key);
  /** An open of a file whose detection has been told already. The open is claimed, and is refused here. */
  void refusedAgain(const FileKey& key, FileNote note, Slot* claimed);
  /** Queues the open; it is told when no refused open waits. Only the first `letThroughFilesMax` keep their descriptor.
   */
  void letThrough(LetThroughOpen open);
  void partly(const FileNote& note, std::string answer);
  /** An open that an earlier gate or the supervisor let through. The file is named by its handle, because the
   * descriptor was closed when that gate ended. */
  void letThroughBefore(const LetThrough& record, uint64_t number);

 private:
  struct Detection {
    FileKey key;
    FileNote note;
    std::string answer;  // empty: refused again
    std::vector<Slot*> claimed;
    Descriptor file;
    bool allow = false;
  };
  struct Refused {
    std::string answer, decidedBy;
    uint64_t toldAtMs = 0;
    uint64_t untold = 0;     // attempts since then that were not told
    nlohmann::json waiting;  // the message that will tell them
  };
  void tell(Detection& one);
  void tellLetThroughOpen(LetThroughOpen open);
  /** Tells the attempts that were held back for a second. */
  void tellHeldBack();
  void tellAgain(Detection& one, nlohmann::json opener, uint64_t waitedMs, Descriptor file);
  void tellLetThrough(uint64_t number, Cause cause, bool allowed, nlohmann::json message, Descriptor file);
  /** Sends the detection to the agent and keeps it until the agent confirms that it has acted. An agent that starts
   * meanwhile is told again. */
  void putDetection(nlohmann::json message, Descriptor file);
  nlohmann::json base(const char* type, const FileNote& note, nlohmann::json file, uint64_t waitedMs);

  Opens& opens_;
  LetThroughLog& letThroughs_;
  Outbox& outbox_;
  Statistics& statistics_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Detection> queue_;
  std::deque<LetThroughOpen> letThroughOpens_;
  const size_t letThroughFilesMax_;
  std::unordered_map<FileKey, Refused, FileKeyHash> refused_;
  size_t heldBack_ = 0;
  uint64_t heldBackLookedMs_ = 0;
  bool refusalTold_ = false;
  std::atomic<uint64_t> nextId_{1};
  std::atomic<bool> answered_{false};
  uint64_t lastDetection_ = 0;  // used by this thread only
  uint64_t partlySecond_ = 0, partlyCount_ = 0, partlyDropped_ = 0;
};

}  // namespace lazaret::gate
