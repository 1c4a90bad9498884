// SPDX-License-Identifier: GPL-2.0-only
#include "zip/archive-behind.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "zip/zip-directory.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

namespace {

uint32_t sumOf(Bytes bytes) { return static_cast<uint32_t>(crc32_z(0, bytes.data, bytes.size)); }

// Each head has a check sum: what only looks like a mark – in a program that knows such archives, say – has none that
// fits.
Container sevenZipHead(Bytes bytes) {
  return bytes.has(0, 32) && sumOf(bytes.sub(12, 20)) == bytes.le32(8) ? Container::sevenZip : Container::none;
}

bool isRar4(Bytes bytes) {
  constexpr uint8_t mainHead = 0x73;
  const size_t headBytes = bytes.le16(12);
  return bytes.u8(9) == mainHead && headBytes >= 13 && bytes.has(7, headBytes) &&
         (sumOf(bytes.sub(9, headBytes - 2)) & 0xffff) == bytes.le16(7);
}

bool isRar5(Bytes bytes) {
  size_t headBytes = 0, at = 12;
  for (unsigned shift = 0; shift < 21; shift += 7, at++) {
    headBytes |= static_cast<size_t>(bytes.u8(at) & 0x7f) << shift;
    if ((bytes.u8(at) & 0x80) == 0) break;
  }
  at++;
  return headBytes > 0 && headBytes <= limits::rarHeadBytesMax && bytes.has(at, headBytes) &&
         sumOf(bytes.sub(12, at - 12 + headBytes)) == bytes.le32(8);
}

Container rarHead(Bytes bytes) {
  if (bytes.u8(6) == 0) return isRar4(bytes) ? Container::rar4 : Container::none;
  return bytes.is(6, "\x01\x00"sv) && isRar5(bytes) ? Container::rar5 : Container::none;
}

struct Sought {
  std::string_view mark;
  Container (*head)(Bytes);
  Container likely;  // where none of many is one
};

constexpr std::array soughts = {Sought{"7z\xbc\xaf\x27\x1c"sv, sevenZipHead, Container::sevenZip},
                                Sought{"Rar!\x1a\x07"sv, rarHead, Container::rar5}};

size_t findMark(Bytes bytes, size_t from, std::string_view mark) {
  const void* found =
      from < bytes.size ? memmem(bytes.data + from, bytes.size - from, mark.data(), mark.size()) : nullptr;
  return found ? static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes.data) : bytes.size;
}

// From `from` to before `to`, where its mark begins: the archive may go on behind that.
struct Region {
  size_t from, to;
};

// More marks than are looked at are no accident: readers may find another one than we do.
ContainerMatch find(Bytes bytes, Region region, const Sought& sought) {
  const size_t to = std::min({region.to, region.from + limits::behindBytesMax, bytes.size});
  const Bytes window = bytes.sub(0, to + std::min(sought.mark.size() - 1, bytes.size - to));
  const size_t first = findMark(window, region.from, sought.mark);
  size_t at = first;
  for (size_t tries = 0; at < window.size; tries++, at = findMark(window, at + 1, sought.mark)) {
    if (tries == limits::behindMarksMax)
      return {.kind = sought.likely, .offset = first, .end = bytes.size, .ambiguous = true, .guessed = true};
    if (const Container kind = sought.head(bytes.from(at)); kind != Container::none)
      return {.kind = kind, .offset = at, .end = bytes.size};
  }
  return {};
}

void addFound(Bytes bytes, Region region, std::vector<ContainerMatch>& found) {
  for (const Sought& sought : soughts)
    if (const ContainerMatch match = find(bytes, region, sought); match.kind != Container::none) found.push_back(match);
}

bool hasMark(Bytes bytes) {
  return std::any_of(soughts.begin(), soughts.end(),
                     [&](const Sought& sought) { return findMark(bytes, 0, sought.mark) < bytes.size; });
}

// Of a zip without a list that holds, what it stores may have been opened by the heads of its members.
void addBesideMembers(Bytes bytes, Region region, Work& work, const IsMember& isMember,
                      std::vector<ContainerMatch>& found) {
  size_t begin = region.from, at = region.from;
  while (bytes.is(at, "PK\x03\x04"sv) && work.spend(30)) {
    const bool isStored = bytes.le16(at + 8) == 0;
    const size_t dataAt = at + 30 + size_t{bytes.le16(at + 26)} + bytes.le16(at + 28);
    const Bytes data = bytes.sub(dataAt, bytes.le32(at + 18));
    at = dataAt + data.size;
    if (!isStored || !hasMark(data) || !isMember(data)) continue;
    addFound(bytes, {begin, dataAt}, found);
    begin = at;
  }
  addFound(bytes, {begin, region.to}, found);
}

ContainerMatch damagedZip(Bytes bytes, size_t from) {
  Tries tries;
  const EndRecord end = findDamagedEnd(bytes, from, tries);
  if (!end.found) return {};
  const size_t begin = headByNumbers(bytes, end, tries);
  return {.kind = Container::zip, .offset = begin, .end = endOfRecord(bytes, end.recordAt), .damaged = true};
}

// By its first head, which has a check sum.
size_t endOfSevenZip(Bytes bytes, size_t at) {
  const uint64_t behind = bytes.le64(at + 12), last = bytes.le64(at + 20);
  return behind < bytes.size && last < bytes.size ? std::min<size_t>(bytes.size, at + 32 + behind + last) : bytes.size;
}

// One whose list leads to a member, or which is known by the numbers of its end.
bool addZip(Bytes bytes, std::vector<ContainerMatch>& found) {
  if (isZipBehind(bytes)) found.push_back({.kind = Container::zip, .end = bytes.size});
  else if (const ContainerMatch match = damagedZip(bytes, 0); match.kind != Container::none) found.push_back(match);
  else return false;
  return true;
}

// An archive may end with a zip of its own, behind which there is another.
void addDamagedBehind(Bytes bytes, const ZipDirectory& directory, std::vector<ContainerMatch>& found) {
  const ContainerMatch match = damagedZip(bytes, directory.recordAt + 22);
  if (match.kind != Container::none) found.push_back(match);
}

// What stands before the zip, another zip for one, and behind its list: in its comment, too.
void addAroundZip(Bytes bytes, Work& work, const IsMember& isMember, std::vector<ContainerMatch>& found) {
  for (size_t zips = 0;; zips++) {
    const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
    if (!directory.found) break;
    if (zips == 0) addDamagedBehind(bytes, directory, found);
    // The list may stand behind the end, in its comment.
    const size_t behind =
        std::min(directory.recordAt, directory.complete ? directory.at + directory.listBytes : bytes.size);
    addFound(bytes, {behind, bytes.size}, found);
    const std::optional<size_t> begin = isDamaged(bytes, directory) ? beginOfDamaged(bytes, directory) : std::nullopt;
    // Whoever writes an end that leads to a head may hide another archive between the two.
    if (begin) addBesideMembers(bytes, {*begin, std::max(*begin, directory.recordAt)}, work, isMember, found);
    bytes = bytes.sub(0, begin ? *begin : firstHeadOf(bytes, directory));
    if (!addZip(bytes, found)) break;
    if (zips < limits::zipsBesideMax) continue;
    found.back().ambiguous = found.back().guessed = true;
    return;
  }
  addBesideMembers(bytes, {0, bytes.size}, work, isMember, found);
}

void addZipsBehind(Bytes bytes, Work& work, std::vector<ContainerMatch>& found) {
  if (!addZip(bytes, found) || found.back().damaged) return;
  addDamagedBehind(bytes, readZipDirectory(bytes, limits::membersMax, work), found);
}

}  // namespace

std::vector<ContainerMatch> identifyBeside(Bytes bytes, const ContainerMatch& match, Work& work,
                                           const IsMember& isMember) {
  std::vector<ContainerMatch> found;
  const bool isZip = match.kind == Container::zip;
  if (match.kind == Container::none || match.guessed) return found;
  if (isZip) addAroundZip(bytes, work, isMember, found);
  else addZipsBehind(bytes, work, found);
  if (match.kind != Container::sevenZip) return found;
  const size_t end = endOfSevenZip(bytes, match.offset);
  addFound(bytes, {0, match.offset}, found);
  addFound(bytes, {end, bytes.size}, found);
  return found;
}

ContainerMatch identifyBehind(Bytes bytes) {
  if (isZipBehind(bytes)) return {.kind = Container::zip, .end = bytes.size};
  if (const ContainerMatch match = damagedZip(bytes, 0); match.kind != Container::none) return match;
  for (const Sought& sought : soughts)
    if (const ContainerMatch match = find(bytes, {0, bytes.size}, sought); match.kind != Container::none) return match;
  return {};
}

}  // namespace lazaret
