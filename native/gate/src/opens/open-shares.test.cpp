// SPDX-License-Identifier: Apache-2.0
#include "opens/open-shares.h"

#include <doctest/doctest.h>

using lazaret::gate::OpenShares;

static size_t takes(OpenShares& shares, uint64_t owner) {
  size_t taken = 0;
  while (shares.take(owner)) taken++;
  return taken;
}

TEST_CASE("shares: one owner alone gets half, two get a third each, and a newcomer finds room") {
  OpenShares alone(12);
  CHECK(takes(alone, 1) == 6);
  OpenShares two(12);
  size_t first = 0, second = 0;
  for (bool more = true; more;) {
    const bool one = two.take(1), other = two.take(2);
    first += one;
    second += other;
    more = one || other;
  }
  CHECK(first == 4);
  CHECK(second == 4);
  CHECK(two.fits(3));
  CHECK(two.take(3));
}

TEST_CASE("shares: what was given back is free again, and nobody gives back what he has not") {
  OpenShares shares(4);
  CHECK(takes(shares, 1) == 2);
  CHECK_FALSE(shares.fits(1));
  shares.give(2);
  CHECK_FALSE(shares.fits(1));
  shares.give(1);
  CHECK(shares.fits(1));
  shares.give(1);
  shares.give(1);
  CHECK(takes(shares, 1) == 2);
}

TEST_CASE("shares: who waits or was refused is told, the most first") {
  OpenShares shares(6);
  takes(shares, 7);
  shares.take(8);
  const auto top = shares.top(10);
  CHECK(top.size() == 2);
  CHECK(top[0]["uid"] == 7);
  CHECK(top[0]["waiting"] == 3);
  CHECK(top[0]["overload"] == 1);
  CHECK(shares.top(1).size() == 1);
}
