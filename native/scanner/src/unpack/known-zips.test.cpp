// SPDX-License-Identifier: GPL-2.0-only
#include "unpack/known-zips.h"

#include <doctest/doctest.h>

#include <string>

using namespace lazaret;

static std::string number(uint64_t value, int bytes) {
  std::string out;
  for (int at = 0; at < bytes; at++) out += static_cast<char>(value >> (8 * at) & 0xff);
  return out;
}
static const std::string head = "PK\x03\x04" + std::string(22, '\0') + number(1, 2) + number(0, 2) + "a";
static std::string listOf(const std::string& sum) {
  return "PK\x01\x02" + std::string(12, '\0') + sum + std::string(8, '\0') + number(1, 2) + std::string(16, '\0') + "a";
}
static std::string endOf(uint64_t listAt) {
  return "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) + number(47, 4) + number(listAt, 4) + number(0, 2);
}
static ZipDirectory directoryOf(Bytes bytes) {
  Work work(bytes.size);
  return readZipDirectory(bytes, 100, work);
}
static Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
static bool knows(const std::string& known, const std::string& other) {
  seedDigests();
  KnownZips zips;
  REQUIRE(directoryOf(bytesOf(known)).complete);
  REQUIRE(directoryOf(bytesOf(other)).complete);
  zips.add(bytesOf(known), directoryOf(bytesOf(known)));
  return zips.has(bytesOf(other), directoryOf(bytesOf(other)));
}

TEST_CASE("a zip is known by the very same bytes, whatever stands before it") {
  const std::string zip = head + listOf("sum1") + endOf(head.size());
  CHECK(knows(zip, zip));
  CHECK(knows(zip, "something" + zip));
  CHECK_FALSE(knows(zip, head + listOf("sum2") + endOf(head.size())));
}

TEST_CASE("of a zip whose list stands behind its end, another list makes another zip") {
  const std::string front = head + endOf(head.size() + 22);
  CHECK_FALSE(knows(front + listOf("sum1"), front + listOf("sum2")));
}
