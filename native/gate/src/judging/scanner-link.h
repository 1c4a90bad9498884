// SPDX-License-Identifier: Apache-2.0
// The line to the scan process (native/scanner/PROTOCOL.md): descriptors out, verdicts back. Owns its socket alone. It
// connects again when the scan process has been replaced, and ends one that has stopped answering. Answers come from a
// process that a file may have taken over: here they are only carried, and read with care in judging.cpp.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "shared/descriptor.h"

namespace lazaret::gate {

enum class SendResult { sent, full, down };
enum class AnswerKind : uint8_t { profile = 2, scan = 3, rows = 4, pong = 7, hits = 9, costly = 10, error = 15 };

struct ScannerHandlers {
  // A new connection: nothing that was sent before counts.
  std::function<void()> up;
  std::function<void(AnswerKind, uint64_t id, std::string_view json)> answer;
};

class ScannerLink {
 public:
  ScannerLink(std::string socketPath, ScannerHandlers handlers);
  /** The thread's life: connect, receive, connect again. */
  void run();
  /** 96 bytes; in force for scans sent from now on, also over a new connection. */
  void setProfile(std::string profile);
  SendResult scan(int fd, uint64_t id, uint8_t scanClass, uint64_t owner, bool nameListed);
  /** Nobody waits for it any more. `ifWaiting`: one that runs goes on. Answered by an error, if there was one. */
  void cancel(uint64_t id, bool ifWaiting);
  /** It has given a sign of life a moment ago: what waits, waits for its turn. */
  bool isAnswering() const;
  bool isUp() const { return up_.load(); }
  /** Called now and then while answers are due: asks for a sign of life, and ends a scan process that gives none. */
  void watch(bool answersDue);

 private:
  friend struct FuzzAccess;  // native/gate/fuzz
  bool connectOnce();
  bool sendProfile();
  SendResult send(const void* header, size_t headerBytes, std::string_view payload, int fd);
  void receive();

  std::string socketPath_;
  ScannerHandlers handlers_;
  std::mutex mutex_;  // socket_ and profile_
  Descriptor socket_;
  std::string profile_;
  uint16_t profileNumber_ = 0;
  std::atomic<bool> up_{false};
  std::atomic<int> peer_{0};
  std::atomic<uint64_t> heardAtMs_{0};
  std::atomic<uint64_t> askedAtMs_{0};
};

}  // namespace lazaret::gate
