// SPDX-License-Identifier: Apache-2.0
#include "telling/responder.h"

#include "shared/clock.h"
#include "shared/file-facts.h"
#include "shared/urgent.h"
#include "rules/bytes-text.h"
#include "opens/opener.h"

namespace lazaret::gate {

using nlohmann::json;

static constexpr size_t refusedMax = 8'192, behindAt = 32;
static constexpr uint64_t againPauseMs = 1'000;
static constexpr uint64_t heldBackLookMs = 250;
static constexpr uint64_t partlyPerSecond = 50;
/**
 * Numbers of detections: above those of let-through opens, below those of gaps. They start from the time, in steps that
 * no gate is ahead of: so two gates, one after the other, never use the same.
 */
static constexpr uint64_t firstDetection = 1ull << 51, numbersPerMs = 256;

const char* wordOf(Access access) {
  switch (access) {
    case Access::open: return "open";
    case Access::execute: return "execute";
    case Access::closeWrite: return "close-write";
    case Access::moved: return "moved";
  }
  return "open";
}

const char* wordOf(Cause cause) {
  switch (cause) {
    case Cause::deadline: return "deadline";
    case Cause::overload: return "overload";
    case Cause::gateDied:
    case Cause::gateHung:
    case Cause::gateDown: return "gate-died";
    case Cause::scannerDown: return "scanner-down";
    case Cause::notReady: return "not-ready";
  }
  return "gate-died";
}

static std::string hex(const uint8_t* bytes, size_t count) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (size_t index = 0; index < count; index++) {
    text += digits[bytes[index] >> 4];
    text += digits[bytes[index] & 15];
  }
  return text;
}

json fileJson(const FileFacts& file) {
  if (file.device == 0) return nullptr;
  const bool hasHandle = file.handleBytes != 0;
  return {{"device", std::to_string(file.device)},
          {"inode", std::to_string(file.inode)},
          {"handleType", hasHandle ? json(file.handleType) : json()},
          {"handle", hasHandle ? json(hex(file.handle, std::min<size_t>(file.handleBytes, handleBytesMax))) : json()}};
}

static json fileJson(int fd) {
  FileFacts file{};
  return fd >= 0 && readObject(fd, file) ? fileJson(file) : json();
}

Responder::Responder(Opens& opens, LetThroughLog& letThroughs, Outbox& outbox, Statistics& statistics,
                     size_t letThroughFilesMax)
    : opens_(opens),
      letThroughs_(letThroughs),
      outbox_(outbox),
      statistics_(statistics),
      letThroughFilesMax_(letThroughFilesMax) {}

json Responder::base(const char* type, const FileNote& note, json file, uint64_t waitedMs) {
  const std::string& path = note.place.believed || note.place.ours.empty() ? note.place.path : note.place.ours;
  return {{"type", type},
          {"id", nextId_.fetch_add(1)},
          {"access", wordOf(note.access)},
          {"path", path.empty() ? json() : json(bytesText(path))},
          {"believed", note.place.believed || !note.place.ours.empty()},
          {"decidedBy", note.decidedBy},
          {"file", std::move(file)},
          {"waitedMs", waitedMs}};
}

void Responder::detection(const FileKey& key, FileNote note, std::string answer, std::vector<Slot*> claimed,
                          Descriptor file, bool allow) {
  const std::lock_guard lock(mutex_);
  if (!allow) {
    if (refused_.size() >= refusedMax) {
      heldBack_ -= refused_.begin()->second.untold > 0;
      refused_.erase(refused_.begin());
    }
    heldBack_ -= refused_[key].untold > 0;
    refused_[key] = {answer, note.decidedBy, monotonicMs(), 0, json()};
  }
  queue_.push_back({key, std::move(note), std::move(answer), std::move(claimed), std::move(file), allow});
  wake_.notify_one();
}

bool Responder::isBehind(const FileKey& key) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() < behindAt) return false;
  const auto known = refused_.find(key);
  // It is told with the next attempt that is looked at.
  if (known != refused_.end() && known->second.untold > 0) known->second.untold++;
  return true;
}

void Responder::refusedAgain(const FileKey& key, FileNote note, Slot* claimed) {
  const std::lock_guard lock(mutex_);
  queue_.push_back({key, std::move(note), "", {claimed}, Descriptor(), false});
  wake_.notify_one();
}

void Responder::run() {
  runSoon();
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto some = [this] { return !queue_.empty() || !letThroughOpens_.empty(); };
    if (heldBack_ == 0) wake_.wait(lock, some);
    // Attempts that are held back get their turn even while other messages keep coming.
    const bool due = heldBack_ == 0 || (monotonicMs() < heldBackLookedMs_ + heldBackLookMs &&
                                        wake_.wait_for(lock, std::chrono::milliseconds(heldBackLookMs), some));
    // Refusals and let-through opens take turns, so that a flood of refusals does not stop the others from being told.
    const bool letThroughTurn = !letThroughOpens_.empty() && (queue_.empty() || std::exchange(refusalTold_, false));
    if (due && !letThroughTurn) {
      refusalTold_ = true;
      Detection one = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      tell(one);
    } else if (due) {
      LetThroughOpen open = std::move(letThroughOpens_.front());
      letThroughOpens_.pop_front();
      lock.unlock();
      tellLetThroughOpen(std::move(open));
    } else {
      lock.unlock();
      tellHeldBack();
    }
    lock.lock();
  }
}

void Responder::tell(Detection& one) {
  json opener;
  uint64_t waitedMs = 0;
  Descriptor file = std::move(one.file);
  if (!one.claimed.empty()) {
    const Slot& first = *one.claimed[0];
    opener = describeOpener(first.event.pid);
    waitedMs = monotonicMs() - first.cameAtMs.load();
  }
  for (Slot* slot : one.claimed) {
    Descriptor each = opens_.answer(*slot, one.allow);
    if (!file) file = std::move(each);
  }
  if (one.answer.empty()) return tellAgain(one, std::move(opener), waitedMs, std::move(file));
  statistics_.counters.detections.fetch_add(1);
  json message = base("detection", one.note, fileJson(file.get()), waitedMs);
  message["refused"] = !one.allow && !one.claimed.empty();
  message["answer"] = std::move(one.answer);
  message["opener"] = std::move(opener);
  message["attempts"] = one.claimed.size();
  putDetection(std::move(message), std::move(file));
}

void Responder::putDetection(json message, Descriptor file) {
  if (!answered_.load()) return void(outbox_.put(message, std::move(file)));
  lastDetection_ = std::max(lastDetection_ + 1, firstDetection + unixMs() * numbersPerMs);
  message["number"] = lastDetection_;
  outbox_.put(message, std::move(file), Weight::needed, lastDetection_);
}

/** Every attempt is counted. For one file, at most one message a second is sent; it names the last attempt and how many
 * there were. */
void Responder::tellAgain(Detection& one, json opener, uint64_t waitedMs, Descriptor file) {
  statistics_.counters.refusals.fetch_add(1);
  json message = base("detection", one.note, fileJson(file.get()), waitedMs);
  const std::lock_guard lock(mutex_);
  const auto known = refused_.find(one.key);
  if (known == refused_.end()) return;
  Refused& refused = known->second;
  message["refused"] = true;
  message["again"] = true;
  message["answer"] = refused.answer;
  message["opener"] = std::move(opener);
  if (refused.untold++ == 0) heldBack_++;
  refused.waiting = std::move(message);
}

void Responder::tellHeldBack() {
  const uint64_t now = monotonicMs();
  const std::lock_guard lock(mutex_);
  heldBackLookedMs_ = now;
  for (auto& [_, refused] : refused_) {
    if (refused.untold == 0 || now < refused.toldAtMs + againPauseMs) continue;
    refused.waiting["attempts"] = std::exchange(refused.untold, 0);
    refused.toldAtMs = now;
    heldBack_--;
    putDetection(std::exchange(refused.waiting, json()), Descriptor());
  }
}

static void count(Counters& counters, Cause cause) {
  switch (cause) {
    case Cause::deadline: counters.letThroughDeadline.fetch_add(1); break;
    case Cause::overload: counters.letThroughOverload.fetch_add(1); break;
    case Cause::gateDied:
    case Cause::gateHung:
    case Cause::gateDown: counters.letThroughGateDied.fetch_add(1); break;
    case Cause::scannerDown: counters.letThroughScannerDown.fetch_add(1); break;
    case Cause::notReady: counters.letThroughNotReady.fetch_add(1); break;
  }
}

void Responder::tellLetThrough(uint64_t number, Cause cause, bool allowed, json message, Descriptor file) {
  message["number"] = number;
  message["letThrough"] = letThroughs_.nameOf(number);
  message["cause"] = wordOf(cause);
  message["answered"] = allowed ? "allow" : "deny";
  // A message that is dropped is counted; the next gate does not tell it either.
  if (!outbox_.put(message, std::move(file), Weight::needed, number)) letThroughs_.done(number);
}

void Responder::letThrough(LetThroughOpen open) {
  count(statistics_.counters, open.cause);
  {
    const std::lock_guard lock(mutex_);
    // Nothing is lost: it stands in the let-through log, and the next gate tells it.
    if (letThroughOpens_.size() >= letThroughsMax) return;
    if (letThroughOpens_.size() >= letThroughFilesMax_) open.file.reset();
    letThroughOpens_.push_back(std::move(open));
  }
  wake_.notify_one();
}

void Responder::tellLetThroughOpen(LetThroughOpen open) {
  json message = base("let-through", open.note, std::move(open.facts), open.waitedMs);
  message["opener"] = *open.opener;
  tellLetThrough(open.number, open.cause, open.allowed, std::move(message), std::move(open.file));
}

void Responder::partly(const FileNote& note, std::string answer) {
  uint64_t dropped;
  {
    const std::lock_guard lock(mutex_);
    const uint64_t second = monotonicMs() / 1000;
    if (second != partlySecond_) partlyCount_ = 0;
    partlySecond_ = second;
    if (++partlyCount_ > partlyPerSecond) {
      partlyDropped_++;
      return;
    }
    dropped = std::exchange(partlyDropped_, 0);
  }
  json message = base("partly", note, json(), 0);
  message["answer"] = std::move(answer);
  message["dropped"] = dropped;
  outbox_.put(message, Descriptor(), Weight::spare);
}

void Responder::letThroughBefore(const LetThrough& record, uint64_t number) {
  count(statistics_.counters, record.cause);
  const FileFacts& file = record.file;
  const std::string_view path(file.path, std::min<size_t>(file.pathBytes, pathBytesMax));
  json message = {{"type", "let-through"},
                  {"id", nextId_.fetch_add(1)},
                  {"access", wordOf(record.executed ? Access::execute : Access::open)},
                  {"path", path.empty() ? json() : json(bytesText(path))},
                  {"believed", false},
                  {"decidedBy", ""},
                  {"waitedMs", record.waitedMs},
                  {"file", fileJson(file)},
                  {"opener", openerOfRecord(record)}};
  tellLetThrough(number, record.cause, record.allowed != 0, std::move(message), Descriptor());
}

}  // namespace lazaret::gate
