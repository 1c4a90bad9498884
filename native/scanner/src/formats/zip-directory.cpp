// SPDX-License-Identifier: GPL-2.0-only
#include "formats/zip-directory.h"

#include <zlib.h>

#include <algorithm>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

struct EndRecord {
  size_t at = 0, recordAt = 0, listAt = 0;
  uint64_t entries = 0, directoryBytes = 0, directoryOffset = 0;
  bool found = false;
  bool disputed = false;  // its 64-bit record tells another list, which some readers follow
  // What stands before the archive, if its offsets do not count it.
  size_t shift() const { return listAt >= directoryOffset ? listAt - directoryOffset : 0; }
};

// What may still be spent on marks, of which a file may hold thousands.
struct Tries {
  size_t entries = limits::zipEntriesTriedMax;
  size_t searches = limits::zipWideSearchesMax;
};

// Where an end record may stand: a comment of 65,535 bytes may follow it.
static std::string_view tailOf(Bytes archive) {
  return archive.from(archive.size - std::min<size_t>(archive.size, 22 + 65535)).text();
}

// Every leaf of every archive is asked, and hardly one has it: by memmem, which is quick.
static size_t lastEndMark(std::string_view text) {
  constexpr std::string_view mark = "PK\x05\x06"sv;
  return text.empty() || !memmem(text.data(), text.size(), mark.data(), mark.size()) ? std::string_view::npos
                                                                                     : text.rfind(mark);
}

bool hasZipEnd(Bytes archive) { return lastEndMark(tailOf(archive)) != std::string_view::npos; }

// Where the 64-bit record stands whose locator is right before the end record; npos: nowhere. Behind something else it
// is not where the locator says, but not far before it.
static size_t wideRecordAt(Bytes archive, size_t at, Tries& left) {
  if (at < 20 || !archive.is(at - 20, "PK\x06\x07"sv)) return std::string_view::npos;
  const uint64_t told = archive.le64(at - 20 + 8);
  if (archive.is(told, "PK\x06\x06"sv)) return told;
  if (left.searches == 0) return std::string_view::npos;
  left.searches--;
  const size_t begin = at - 20 - std::min(at - 20, limits::zipWideRecordBytesMax);
  const size_t found = archive.sub(begin, at - 20 - begin).text().rfind("PK\x06\x06"sv);
  return found == std::string_view::npos ? found : begin + found;
}

static void readWideRecord(Bytes archive, size_t wideAt, EndRecord& end) {
  const uint64_t entries = archive.le64(wideAt + 32), bytes = archive.le64(wideAt + 40),
                 offset = archive.le64(wideAt + 48);
  const bool wide = end.entries == 0xffff || end.directoryBytes == 0xffffffff || end.directoryOffset == 0xffffffff;
  const auto differs = [](uint64_t narrow, uint64_t allOnes, uint64_t number) {
    return narrow != allOnes && narrow != number;
  };
  end.disputed = differs(end.entries, 0xffff, entries) || differs(end.directoryBytes, 0xffffffff, bytes) ||
                 differs(end.directoryOffset, 0xffffffff, offset);
  if (!wide) return;
  end.entries = entries;
  end.directoryBytes = bytes;
  end.directoryOffset = offset;
  end.at = wideAt;
}

static EndRecord readEndRecord(Bytes archive, size_t at, Tries& left) {
  EndRecord end;
  end.at = end.recordAt = at;
  if (!archive.has(at, 22)) return end;
  end.entries = archive.le16(at + 10);
  end.directoryBytes = archive.le32(at + 12);
  end.directoryOffset = archive.le32(at + 16);
  if (const size_t wideAt = wideRecordAt(archive, at, left); wideAt != std::string_view::npos)
    readWideRecord(archive, wideAt, end);
  // By its length it ends here, by its offset there may be something between: readers take the one or the other.
  const uint64_t byLength = end.at - std::min<uint64_t>(end.at, end.directoryBytes);
  const bool fits = end.directoryBytes <= end.at;
  const bool isByLength = fits && archive.is(byLength, "PK\x01\x02"sv);
  const bool isByOffset = archive.is(end.directoryOffset, "PK\x01\x02"sv);
  const bool byOffset = isByOffset && !isByLength;
  end.disputed = end.disputed || (isByOffset && isByLength && byLength != end.directoryOffset);
  end.listAt = byOffset ? end.directoryOffset : byLength;
  end.found = fits || byOffset;
  return end;
}

static bool hasList(Bytes archive, const EndRecord& end) { return end.found && archive.is(end.listAt, "PK\x01\x02"sv); }

static bool leadsToMember(Bytes archive, const EndRecord& end, Tries& left) {
  if (!hasList(archive, end)) return false;
  size_t at = end.listAt;
  while (archive.is(at, "PK\x01\x02"sv) && left.entries > 0) {
    const size_t headerAt = archive.le32(at + 42);
    if (headerAt == 0xffffffff || archive.is(headerAt + end.shift(), "PK\x03\x04"sv)) return true;
    at += 46 + size_t{archive.le16(at + 28)} + archive.le16(at + 30) + archive.le16(at + 32);
    left.entries--;
  }
  return false;
}

// Of two lists that an end has, the one that it finds by its offset.
static EndRecord byOffset(Bytes archive, EndRecord end) {
  if (archive.is(end.directoryOffset, "PK\x01\x02"sv)) end.listAt = end.directoryOffset;
  return end;
}

// The last that leads to a member, else the last that has a list, else the last: whoever makes an archive may let marks
// follow that are no end.
static EndRecord findEndRecord(Bytes archive) {
  const std::string_view tail = tailOf(archive);
  const size_t begin = archive.size - tail.size();
  EndRecord found;
  Tries left;
  size_t at = lastEndMark(tail);
  while (at != std::string_view::npos) {
    const EndRecord end = readEndRecord(archive, begin + at, left);
    if (leadsToMember(archive, end, left)) return end;
    if (const EndRecord other = byOffset(archive, end);
        other.listAt != end.listAt && leadsToMember(archive, other, left))
      return other;
    if (!found.found || (!hasList(archive, found) && hasList(archive, end))) found = end;
    at = at == 0 ? std::string_view::npos : tail.rfind("PK\x05\x06"sv, at - 1);
  }
  return found;
}

// By its comment it is the file's end.
static bool isFileEnd(Bytes archive, size_t recordAt) {
  return recordAt + 22 + archive.le16(recordAt + 20) == archive.size;
}

// In the tail.
static size_t firstEndMark(Bytes archive, size_t from) {
  const size_t begin = std::max(from, archive.size - tailOf(archive).size());
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
  const EndRecord end = findEndRecord(archive);
  if (!end.found) return directory;
  directory.found = true;
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

Bytes listOf(Bytes archive, const ZipDirectory& directory) { return archive.sub(directory.at, directory.listBytes); }

std::vector<uint8_t> plainEndOf(Bytes archive, const ZipDirectory& directory) {
  // The first mark ends the list for readers that go on while there are entries, and keeps the place of a locator free.
  std::vector<uint8_t> out{'P', 'K', 6, 6};
  out.resize(24);
  const auto put = [&out](uint64_t number, int bytes) {
    for (int index = 0; index < bytes; index++) out.push_back(static_cast<uint8_t>(number >> 8 * index));
  };
  const uint64_t entries = std::min<uint64_t>(directory.members.size(), 0xfffe);
  put(0x06054b50, 4);
  put(0, 4);
  put(entries, 2);
  put(entries, 2);
  put(directory.listBytes + 24, 4);
  put(archive.size - std::min(archive.size, directory.shift), 4);
  put(0, 2);
  return out;
}

size_t endOf(Bytes archive, const ZipDirectory& directory) {
  return std::min(archive.size, directory.recordAt + 22 + archive.le16(directory.recordAt + 20));
}

size_t headsFound(Bytes archive, const ZipDirectory& directory) {
  const auto isThere = [&](const ZipMember& member) { return archive.is(member.headerAt, "PK\x03\x04"sv); };
  return static_cast<size_t>(std::count_if(directory.members.begin(), directory.members.end(), isThere));
}

bool isZipBehind(Bytes bytes) {
  const EndRecord end = findEndRecord(bytes);
  Tries left;
  return leadsToMember(bytes, end, left) || (hasList(bytes, end) && left.entries == 0);
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
  const EndRecord end = findEndRecord(archive);
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
