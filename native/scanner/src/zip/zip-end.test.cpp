// SPDX-License-Identifier: GPL-2.0-only
#include "zip/zip-end.h"

#include <doctest/doctest.h>

#include <string>

using namespace lazaret;

static std::string number(uint64_t value, int bytes) {
  std::string out;
  for (int at = 0; at < bytes; at++) out += static_cast<char>(value >> (8 * at) & 0xff);
  return out;
}
static std::string local(const std::string& name) {
  return "PK\x03\x04" + std::string(22, '\0') + number(name.size(), 2) + number(0, 2) + name;
}
static std::string entry(const std::string& name, uint64_t at) {
  return "PK\x01\x02" + std::string(24, '\0') + number(name.size(), 2) + std::string(12, '\0') + number(at, 4) + name;
}
static std::string endRecord(uint64_t entries, uint64_t bytes, uint64_t offset, const std::string& comment = "") {
  return "PK\x05\x06" + number(0, 4) + number(entries, 2) + number(entries, 2) + number(bytes, 4) + number(offset, 4) +
         number(comment.size(), 2) + comment;
}
static Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
static EndRecord endOf(const std::string& text) {
  Tries tries;
  return findEndRecord(bytesOf(text), tries);
}

static const std::string head = local("a"), list = entry("a", 0);
static const std::string whole = head + list + endRecord(1, list.size(), head.size());

TEST_CASE("zip: the end of a plain archive leads to its list and to its begin") {
  const EndRecord end = endOf(whole);
  CHECK(end.found);
  CHECK(end.listAt == head.size());
  CHECK(end.shift() == 0);
  CHECK(isZipBehind(bytesOf(whole)));
}

TEST_CASE("zip: behind something else the list tells how much that is") {
  const std::string text = "something else" + whole;
  CHECK(endOf(text).shift() == 14);
  CHECK(isZipBehind(bytesOf(text)));
}

TEST_CASE("zip: a mark that follows and leads nowhere is not taken for the end") {
  for (const std::string& more : {endRecord(0, 0, 0), endRecord(1, 46, 0), std::string("PK\x05\x06")}) {
    const std::string text = whole + more;
    CHECK(endOf(text).recordAt == head.size() + list.size());
    CHECK(isZipBehind(bytesOf(text)));
  }
}

TEST_CASE("zip: a wrong length alone hides no list") {
  for (const uint64_t length : {uint64_t{0}, uint64_t{1}, uint64_t{list.size() + 5}})
    CHECK(isZipBehind(bytesOf("xx" + head + entry("a", 2) + endRecord(1, length, 2 + head.size()))));
}

TEST_CASE("zip: a damaged list whose numbers lead to a head is one, and random marks are none") {
  const std::string damaged = head + std::string(list.size(), 'x') + endRecord(1, list.size(), head.size());
  CHECK_FALSE(isZipBehind(bytesOf(damaged)));
  Tries tries;
  const EndRecord end = findDamagedEnd(bytesOf(damaged), 0, tries);
  CHECK(end.found);
  CHECK(headByNumbers(bytesOf(damaged), end, tries) == 0);
  const std::string random = std::string(500, 'x') + endRecord(0x4141, 0x42424242, 0x43434343, "");
  Tries others;
  CHECK_FALSE(findDamagedEnd(bytesOf(random), 0, others).found);
}
