// SPDX-License-Identifier: GPL-2.0-only
#include "zip/zip-directory.h"

#include <zlib.h>

#include <algorithm>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

// By its comment it is the file's end.
static bool isFileEnd(Bytes archive, size_t recordAt) {
  return recordAt + 22 + archive.le16(recordAt + 20) == archive.size;
}

// In the tail.
static size_t firstEndMark(Bytes archive, size_t from) {
  const size_t begin = std::max(from, archive.size - tailOfZip(archive).size());
  const size_t at = archive.from(begin).text().find("PK\x05\x06"sv);
  return at == std::string_view::npos ? archive.size : begin + at;
}

// Readers take the last mark, or the one that is the file's end by its comment, or try. Of the marks before this list
// those in stored members are honest.
static bool hasRivalEnd(Bytes archive, const EndRecord& end, size_t listEnd) {
  if (end.disputed || firstEndMark(archive, end.recordAt + 1) < archive.size) return true;
  for (size_t at = firstEndMark(archive, 0); at < end.recordAt; at = firstEndMark(archive, at + 1))
    if (at >= listEnd || isFileEnd(archive, at)) return true;
  return false;
}

static bool isOnlyEnd(Bytes archive, size_t recordAt) {
  return firstEndMark(archive, 0) == recordAt && firstEndMark(archive, recordAt + 1) == archive.size;
}

// 64-bit numbers stand in an extra field, one for each of the 32-bit ones that is all ones.
static void readWideNumbers(Bytes extra, ZipMember& member) {
  size_t at = 0;
  while (extra.has(at, 4) && extra.le16(at) != 1) at += 4 + extra.le16(at + 2);
  const Bytes wide = extra.sub(at + 4, extra.le16(at + 2));
  size_t next = 0;
  for (uint64_t* number : {&member.bytes, &member.packedBytes, &member.headerAt}) {
    if (*number != 0xffffffff || !wide.has(next, 8)) continue;
    *number = wide.le64(next);
    next += 8;
  }
}

ZipDirectory readZipDirectory(Bytes archive, size_t membersMax, Work& work) {
  ZipDirectory directory;
  Tries tries;
  const EndRecord end = findEndRecord(archive, tries);
  const size_t headAt = headByNumbers(archive, end, tries);
  if (!work.spend(tries.steps) || !end.found) return directory;
  directory.found = true;
  if (headAt != std::string_view::npos) directory.headByNumbers = headAt;
  // Where the directory really begins, whatever stands before the archive.
  size_t at = directory.at = end.listAt;
  directory.recordAt = end.recordAt;
  const size_t shift = directory.shift = end.shift();
  // Some readers go by the number of entries, some by the length of the list: whatever is there is read.
  while (archive.is(at, "PK\x01\x02"sv)) {
    if (directory.members.size() >= membersMax) return directory;
    const size_t nameBytes = archive.le16(at + 28), extraBytes = archive.le16(at + 30),
                 commentBytes = archive.le16(at + 32);
    if (!archive.has(at + 46, nameBytes + extraBytes + commentBytes)) return directory;
    if (!work.spend(46 + nameBytes + extraBytes + commentBytes)) return directory;
    ZipMember member;
    member.name = std::string(archive.sub(at + 46, nameBytes).text());
    member.encrypted = archive.le16(at + 8) & 1;
    member.method = archive.le16(at + 10);
    member.crc32 = archive.le32(at + 16);
    member.bytes = archive.le32(at + 24);
    member.packedBytes = archive.le32(at + 20);
    member.headerAt = archive.le32(at + 42);
    readWideNumbers(archive.sub(at + 46 + nameBytes, extraBytes), member);
    member.headerAt += shift;
    member.directory = member.name.ends_with('/');
    directory.members.push_back(std::move(member));
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  const bool isCounted = directory.members.size() == end.entries;
  const bool isMeasured = at == end.listAt + end.directoryBytes;
  directory.complete = isCounted || (isMeasured && !directory.members.empty());
  directory.listBytes = at - directory.at;
  directory.single = isCounted && isMeasured && !end.disputed && shift == 0 && at == end.recordAt &&
                     end.at == end.recordAt && isFileEnd(archive, end.recordAt) && isOnlyEnd(archive, end.recordAt);
  directory.hasRival = !isCounted || hasRivalEnd(archive, end, at);
  return directory;
}

// What may follow a member's bytes: check sum and lengths, of 32 or 64 bits, with a mark or without. 0: they are not
// the directory's.
static size_t endOfDescriptor(Bytes archive, size_t at, const ZipMember& member) {
  if (archive.is(at, "PK\x07\x08"sv)) at += 4;
  if (archive.le32(at) != member.crc32) return 0;
  if (archive.le32(at + 4) == member.packedBytes && archive.le32(at + 8) == member.bytes) return at + 12;
  return archive.le64(at + 4) == member.packedBytes && archive.le64(at + 12) == member.bytes ? at + 20 : 0;
}

// Where what follows a member begins. 0: its head does not say what the directory says.
static size_t endOfPlainMember(Bytes archive, const ZipMember& member) {
  constexpr uint16_t sizesFollow = 8, hidden = 0x2041;
  const size_t at = member.headerAt, nameBytes = member.name.size();
  // A reader in C takes a name to its first zero, ours are cut.
  if (nameBytes > limits::layerNameBytesMax || member.name.find('\0') != std::string::npos) return 0;
  const uint16_t flags = archive.le16(at + 6);
  if (!archive.is(at, "PK\x03\x04"sv) || (flags & hidden) != 0 || archive.le16(at + 8) != member.method) return 0;
  if (archive.le16(at + 26) != nameBytes || !archive.is(at + 30, member.name)) return 0;
  if (member.method == 0 && member.packedBytes != member.bytes) return 0;
  const bool follow = (flags & sizesFollow) != 0;
  const auto agrees = [&](size_t offset, uint64_t value) {
    return archive.le32(at + offset) == value || (follow && archive.le32(at + offset) == 0);
  };
  if (!agrees(14, member.crc32) || !agrees(18, member.packedBytes) || !agrees(22, member.bytes)) return 0;
  const size_t end = at + 30 + nameBytes + archive.le16(at + 28) + member.packedBytes;
  return follow ? endOfDescriptor(archive, end, member) : end;
}

static std::vector<const ZipMember*> inOrder(const ZipDirectory& directory) {
  std::vector<const ZipMember*> members;
  for (const ZipMember& member : directory.members) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const ZipMember* left, const ZipMember* right) { return left->headerAt < right->headerAt; });
  return members;
}

bool isPlainlyLaidOut(Bytes archive, const ZipDirectory& directory, Work& work) {
  if (!directory.complete || !directory.single) return false;
  size_t at = 0;
  for (const ZipMember* member : inOrder(directory)) {
    if (member->headerAt != at || !work.spend(30 + member->name.size())) return false;
    at = endOfPlainMember(archive, *member);
    if (at == 0) return false;
  }
  return at == directory.at;
}

// Right behind a member's bytes, or behind what may follow them, before what is named next.
static bool isHeadBetween(Bytes archive, size_t at, size_t end) {
  for (const size_t more : {0, 12, 16, 20, 24})
    if (at + more < end && archive.is(at + more, "PK\x03\x04"sv)) return true;
  return false;
}

bool readersDiffer(Bytes archive, const ZipDirectory& directory, Work& work) {
  if (!directory.complete) return false;
  if (directory.hasRival) return true;
  size_t at = 0, atByHead = 0;
  for (const ZipMember* member : inOrder(directory)) {
    if (!work.spend(30)) return false;
    if (isHeadBetween(archive, at, member->headerAt) || isHeadBetween(archive, atByHead, member->headerAt)) return true;
    if (!archive.is(member->headerAt, "PK\x03\x04"sv)) continue;
    if (archive.le16(member->headerAt + 8) != member->method) return true;
    const size_t begin =
        member->headerAt + 30 + archive.le16(member->headerAt + 26) + archive.le16(member->headerAt + 28);
    at = std::max(at, begin + static_cast<size_t>(std::min<uint64_t>(member->packedBytes, archive.size)));
    const uint32_t packedByHead = archive.le32(member->headerAt + 18);
    atByHead = packedByHead == 0 ? at : begin + packedByHead;
  }
  return isHeadBetween(archive, at, directory.at) || isHeadBetween(archive, atByHead, directory.at);
}

static bool hasHead(Bytes archive, const ZipMember& member) { return archive.is(member.headerAt, "PK\x03\x04"sv); }

std::vector<uint8_t> plainListOf(Bytes archive, const ZipDirectory& directory) {
  std::vector<uint8_t> out;
  size_t at = directory.at;
  for (const ZipMember& member : directory.members) {
    const Bytes entry =
        archive.sub(at, 46 + size_t{archive.le16(at + 28)} + archive.le16(at + 30) + archive.le16(at + 32));
    if (hasHead(archive, member)) out.insert(out.end(), entry.data, entry.data + entry.size);
    at += entry.size;
  }
  return out;
}

std::vector<uint8_t> plainEndOf(Bytes archive, const ZipDirectory& directory, size_t listBytes) {
  // The first mark ends the list for readers that go on while there are entries, and keeps the place of a locator free.
  std::vector<uint8_t> out{'P', 'K', 6, 6};
  out.resize(24);
  const auto put = [&out](uint64_t number, int bytes) {
    for (int index = 0; index < bytes; index++) out.push_back(static_cast<uint8_t>(number >> 8 * index));
  };
  const uint64_t entries = std::min<uint64_t>(headsFound(archive, directory), 0xfffe);
  put(0x06054b50, 4);
  put(0, 4);
  put(entries, 2);
  put(entries, 2);
  put(listBytes + 24, 4);
  put(archive.size - std::min(archive.size, directory.shift), 4);
  put(0, 2);
  return out;
}

size_t endOf(Bytes archive, const ZipDirectory& directory) { return endOfRecord(archive, directory.recordAt); }

bool isDamaged(Bytes archive, const ZipDirectory& directory) {
  return directory.found && (!directory.complete || (directory.headByNumbers && headsFound(archive, directory) == 0));
}

std::optional<size_t> beginOfDamaged(Bytes archive, const ZipDirectory& directory) {
  if (directory.headByNumbers) return directory.headByNumbers;
  return headsFound(archive, directory) > 0 ? std::optional(firstHeadOf(archive, directory)) : std::nullopt;
}

size_t headsFound(Bytes archive, const ZipDirectory& directory) {
  const auto isThere = [&](const ZipMember& member) { return hasHead(archive, member); };
  return static_cast<size_t>(std::count_if(directory.members.begin(), directory.members.end(), isThere));
}

size_t firstHeadOf(Bytes archive, const ZipDirectory& directory) {
  size_t first = directory.at;
  for (const ZipMember& member : directory.members)
    if (member.headerAt < first && archive.is(member.headerAt, "PK\x03\x04"sv)) first = member.headerAt;
  return first;
}

// What may stand behind a member's bytes: check sum and lengths.
static bool isDescriptor(size_t from, size_t to) {
  const size_t bytes = to - from;
  return from <= to && (bytes == 0 || bytes == 12 || bytes == 16 || bytes == 20 || bytes == 24);
}

bool isInOneRow(Bytes archive, const ZipDirectory& directory, Work& work) {
  size_t at = firstHeadOf(archive, directory);
  for (const ZipMember* member : inOrder(directory)) {
    const size_t head = member->headerAt;
    if (!isDescriptor(at, head) || !archive.is(head, "PK\x03\x04"sv) || !work.spend(30)) return false;
    if (member->packedBytes > archive.size) return false;
    at = head + 30 + archive.le16(head + 26) + archive.le16(head + 28) + static_cast<size_t>(member->packedBytes);
  }
  return isDescriptor(at, directory.at);
}

bool hasStrongEncryption(Bytes archive, size_t at, Work& work) {
  constexpr uint16_t strong = 0x40, hiddenHeads = 0x2000, sizesFollow = 8;
  while (archive.is(at, "PK\x03\x04"sv)) {
    const uint16_t flags = archive.le16(at + 6);
    if (flags & (strong | hiddenHeads)) return true;
    const size_t bytes = 30 + size_t{archive.le16(at + 26)} + archive.le16(at + 28);
    if ((flags & sizesFollow) || !work.spend(bytes)) return false;
    at += bytes + archive.le32(at + 18);
  }
  return archive.is(at, "PK\x06\x08"sv);  // the key of a directory that is encrypted
}

std::vector<uint8_t> readZipMember(Bytes archive, std::string_view name, size_t most, Work& work) {
  // Hardly any archive has it: to look for the name in the list is quicker than to read that.
  Tries tries;
  const EndRecord end = findEndRecord(archive, tries);
  const Bytes list = archive.sub(end.listAt, end.recordAt - std::min(end.listAt, end.recordAt));
  if (!end.found || (end.listAt < end.recordAt && !memmem(list.data, list.size, name.data(), name.size()))) return {};
  for (const ZipMember& member : readZipDirectory(archive, 65536, work).members) {
    if (member.name != name) continue;
    const size_t dataAt =
        member.headerAt + 30 + archive.le16(member.headerAt + 26) + archive.le16(member.headerAt + 28);
    const Bytes packed = archive.sub(dataAt, member.packedBytes);
    if (member.method == 0) return {packed.data, packed.data + std::min(packed.size, most)};
    if (member.method != 8) return {};
    std::vector<uint8_t> out(std::min<size_t>(most, member.bytes));
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return {};
    stream.next_in = const_cast<Bytef*>(packed.data);
    stream.avail_in = static_cast<uInt>(std::min<size_t>(packed.size, 1u << 30));
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    out.resize(std::min<size_t>(out.size(), stream.total_out));
    inflateEnd(&stream);
    return out;
  }
  return {};
}

}  // namespace lazaret
