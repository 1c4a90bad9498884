// SPDX-License-Identifier: GPL-2.0-only
#include "base/bytes.h"

#include <doctest/doctest.h>

#include <array>

using lazaret::Bytes;

static constexpr std::array<uint8_t, 9> numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static constexpr Bytes all{numbers.data(), numbers.size()};

TEST_CASE("Bytes: numbers are read in both orders") {
  CHECK(all.u8(8) == 9);
  CHECK(all.le16(0) == 0x0201);
  CHECK(all.be16(0) == 0x0102);
  CHECK(all.le32(1) == 0x05040302);
  CHECK(all.be32(1) == 0x02030405);
  CHECK(all.le64(1) == 0x0908070605040302);
}

TEST_CASE("Bytes: what does not lie whole within is 0, also at the highest offsets") {
  for (const size_t at : {size_t{9}, SIZE_MAX, SIZE_MAX - 7}) {
    CHECK(all.u8(at) == 0);
    CHECK(all.le16(at) == 0);
    CHECK(all.be32(at) == 0);
    CHECK(all.le64(at) == 0);
    CHECK_FALSE(all.is(at, "x"));
  }
  CHECK(all.le16(8) == 0);
  CHECK(all.le32(6) == 0);
  CHECK(all.le64(2) == 0);
}

TEST_CASE("Bytes: a part ends with the whole, and one that begins behind it is empty") {
  CHECK(all.sub(7, 100).size == 2);
  CHECK(all.sub(7, SIZE_MAX).size == 2);
  CHECK(all.sub(9, 1).size == 0);
  CHECK(all.sub(10, 1).size == 0);
  CHECK(all.from(9).size == 0);
  CHECK(all.from(SIZE_MAX).size == 0);
  CHECK(all.from(4).u8(0) == 5);
}
