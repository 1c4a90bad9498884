// SPDX-License-Identifier: GPL-2.0-only
#include "zip/archive-behind.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <string>
#include <vector>

using namespace lazaret;

static std::string number(uint64_t value, int bytes) {
  std::string out;
  for (int at = 0; at < bytes; at++) out += static_cast<char>(value >> (8 * at) & 0xff);
  return out;
}
static std::string local(const std::string& name, const std::string& stored) {
  return "PK\x03\x04" + std::string(4, '\0') + number(0, 2) + std::string(8, '\0') + number(stored.size(), 4) +
         number(stored.size(), 4) + number(name.size(), 2) + number(0, 2) + name + stored;
}
/** An end whose numbers lead to the head of an archive of so many bytes, and whose list is none. */
static std::string forgedEnd(uint64_t archiveBytes) {
  return std::string(46, '\0') + "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) + number(46, 4) +
         number(archiveBytes, 4) + number(0, 2);
}
static std::string sevenZipHead() {
  const std::string numbers = number(0, 8) + number(1, 8) + number(7, 4);
  const uint32_t sum =
      static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const uint8_t*>(numbers.data()), numbers.size()));
  return "7z\xbc\xaf\x27\x1c" + number(4, 2) + number(sum, 4) + numbers + "x";
}
static std::vector<ContainerMatch> besideIn(const std::string& text, const std::string& member = "") {
  const Bytes bytes{reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  const ContainerMatch match = identifyBehind(bytes);
  Work work(bytes.size, UINT64_MAX, [] { return uint64_t{0}; });
  return identifyBeside(bytes, match, work, [&](Bytes data) { return !member.empty() && data.text() == member; });
}
static bool hasSevenZip(const std::vector<ContainerMatch>& found, size_t at) {
  for (const ContainerMatch& match : found)
    if (match.kind == Container::sevenZip && match.offset == at) return true;
  return false;
}

TEST_CASE("an archive between a forged end and the head that it leads to is found") {
  const std::string junk = "something else", empty = local("", "");
  const std::string text = junk + empty + sevenZipHead() + forgedEnd(empty.size() + sevenZipHead().size());
  const Bytes bytes{reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  REQUIRE(identifyBehind(bytes).damaged);
  CHECK(hasSevenZip(besideIn(text), junk.size() + empty.size()));
}

TEST_CASE("an archive that a stored member was opened with is not found again, one whose head reaches into it is") {
  const std::string seven = sevenZipHead(), before = seven.substr(0, 20);
  const std::string member = local("", seven);
  const std::string stored = member + "rest" + forgedEnd(member.size() + 4);
  CHECK_FALSE(hasSevenZip(besideIn(stored, seven), 30));
  // The name of the second entry begins the archive, and its content, which holds a mark of its own, goes on with it.
  const std::string inside = seven.substr(20) + seven;
  const std::string other = local(before, inside);
  const std::string straddling = other + "rest" + forgedEnd(other.size() + 4);
  CHECK(hasSevenZip(besideIn(straddling, inside), 30));
}
