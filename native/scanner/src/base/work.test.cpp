// SPDX-License-Identifier: GPL-2.0-only
#include "base/work.h"

#include <doctest/doctest.h>

using lazaret::Work;
namespace limits = lazaret::limits;

static uint64_t nowMs = 0;
static uint64_t clockOfTest() { return nowMs; }

TEST_CASE("Work: steps in proportion to the bytes, and once they are spent it is so for ever") {
  Work work(100);
  const uint64_t stepsMax = limits::parserStepsBase + 100 * limits::parserStepsPerByte;
  CHECK(work.spend(stepsMax));
  CHECK_FALSE(work.spend(1));
  CHECK_FALSE(work.spend(0));
  CHECK(work.spent());
  CHECK_FALSE(work.late());
}

TEST_CASE("Work: the clock is asked once in so many steps, and a deadline that has passed stops") {
  nowMs = 10;
  Work work(1 << 20, 10, clockOfTest);
  CHECK(work.spend(1));
  nowMs = 11;
  CHECK(work.spend(limits::parserStepsPerLook - 1));
  CHECK_FALSE(work.spend(1));
  CHECK(work.late());
}

TEST_CASE("Work: a limit of the parser's own stops it, and is no lateness") {
  Work work(10);
  work.stop();
  CHECK_FALSE(work.spend());
  CHECK_FALSE(work.late());
}
