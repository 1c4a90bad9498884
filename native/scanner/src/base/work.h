// SPDX-License-Identifier: GPL-2.0-only
// What a parser of ours may spend on hostile bytes: steps in proportion to their number, and one deadline, which the
// scan sets for all of them. Every loop over foreign structure pays here and stops when it is told to. Pure: the clock
// is handed in.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace lazaret {

class Work {
 public:
  using Clock = uint64_t (*)();
  // For `bytes` of input. Without a clock there is no deadline.
  explicit Work(size_t bytes, uint64_t deadlineMs = 0, Clock clock = nullptr)
      : stepsMax_(limits::parserStepsBase + limits::parserStepsPerByte * static_cast<uint64_t>(bytes)),
        deadlineMs_(deadlineMs),
        clock_(clock) {}

  // One look at so many bytes or entries. False, from then on for ever: stop.
  bool spend(uint64_t steps = 1) {
    steps_ += steps;
    if (steps_ > stepsMax_) spent_ = true;
    if (clock_ && !spent_ && steps_ >= lookAgainAt_) {
      lookAgainAt_ = steps_ + limits::parserStepsPerLook;
      spent_ = late_ = clock_() > deadlineMs_;
    }
    return !spent_;
  }
  void stop() { spent_ = true; }  // a limit of the parser's own
  bool spent() const { return spent_; }
  bool late() const { return late_; }  // by the deadline, not by its steps
  uint64_t steps() const { return steps_; }

 private:
  uint64_t stepsMax_, deadlineMs_;
  Clock clock_;
  uint64_t steps_ = 0, lookAgainAt_ = 0;
  bool spent_ = false, late_ = false;
};

}  // namespace lazaret
