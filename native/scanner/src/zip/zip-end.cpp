// SPDX-License-Identifier: GPL-2.0-only
#include "zip/zip-end.h"

#include <algorithm>
#include <cstring>

namespace lazaret {

using std::string_view_literals::operator""sv;

// Where an end record may stand: a comment of 65,535 bytes may follow it.
std::string_view tailOfZip(Bytes archive) {
  return archive.from(archive.size - std::min<size_t>(archive.size, 22 + 65535)).text();
}

// Every leaf of every archive is asked, and hardly one has it: by memmem, which is quick.
static size_t lastEndMark(std::string_view text) {
  constexpr std::string_view mark = "PK\x05\x06"sv;
  return text.empty() || !memmem(text.data(), text.size(), mark.data(), mark.size()) ? std::string_view::npos
                                                                                     : text.rfind(mark);
}

bool hasZipEnd(Bytes archive) { return lastEndMark(tailOfZip(archive)) != std::string_view::npos; }

// Where the 64-bit record stands whose locator is right before the end record; npos: nowhere. Behind something else it
// is not where the locator says, but not far before it.
static size_t wideRecordAt(Bytes archive, size_t at, Tries& left) {
  if (at < 20 || !archive.is(at - 20, "PK\x06\x07"sv)) return std::string_view::npos;
  const uint64_t told = archive.le64(at - 20 + 8);
  if (archive.is(told, "PK\x06\x06"sv)) return told;
  if (left.searches == 0) return std::string_view::npos;
  left.searches--;
  left.steps += limits::zipWideRecordBytesMax;
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
    left.steps++;
  }
  return false;
}

// Of all that is promised, what any archive keeps to.
static bool isLikely(Bytes archive, const EndRecord& end) {
  constexpr size_t entryBytesMin = 46;
  return end.found && end.entries > 0 && end.directoryBytes / entryBytesMin >= end.entries &&
         archive.le16(end.recordAt + 4) == archive.le16(end.recordAt + 6) &&
         archive.has(end.recordAt + 22, archive.le16(end.recordAt + 20));
}

size_t findZipHead(Bytes bytes) {
  constexpr std::string_view mark = "PK\x03\x04"sv;
  const void* found = bytes.size ? memmem(bytes.data, bytes.size, mark.data(), mark.size()) : nullptr;
  return found ? static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes.data) : std::string_view::npos;
}

size_t headByNumbers(Bytes archive, const EndRecord& end, Tries& left) {
  if (!isLikely(archive, end) || end.listAt < end.directoryOffset) return std::string_view::npos;
  if (archive.is(end.shift(), "PK\x03\x04"sv)) return end.shift();
  // Offsets that count what stands before the archive do not tell how much that is.
  if (end.shift() != 0) return std::string_view::npos;
  if (!left.firstHead) {
    left.firstHead = findZipHead(archive);
    left.steps += archive.size;
  }
  return *left.firstHead < end.listAt ? *left.firstHead : std::string_view::npos;
}

// Of two lists that an end has, the one that it finds by its offset.
static EndRecord byOffset(Bytes archive, EndRecord end) {
  if (archive.is(end.directoryOffset, "PK\x01\x02"sv)) end.listAt = end.directoryOffset;
  return end;
}

static size_t markBefore(std::string_view tail, size_t at) {
  return at == 0 ? std::string_view::npos : tail.rfind("PK\x05\x06"sv, at - 1);
}

static int worthOf(Bytes archive, const EndRecord& end, Tries& left) {
  if (headByNumbers(archive, end, left) != std::string_view::npos) return 3;
  return hasList(archive, end) ? 2 : end.found ? 1 : 0;
}

EndRecord findEndRecord(Bytes archive, Tries& left) {
  const std::string_view tail = tailOfZip(archive);
  const size_t begin = archive.size - tail.size();
  EndRecord found;
  int worth = 0;
  for (size_t at = lastEndMark(tail); at != std::string_view::npos; at = markBefore(tail, at)) {
    const EndRecord end = readEndRecord(archive, begin + at, left);
    if (leadsToMember(archive, end, left)) return end;
    if (const EndRecord other = byOffset(archive, end);
        other.listAt != end.listAt && leadsToMember(archive, other, left))
      return other;
    const int worthHere = worth < 3 ? worthOf(archive, end, left) : 0;
    if (worthHere <= worth) continue;
    found = end;
    worth = worthHere;
  }
  return found;
}

EndRecord findDamagedEnd(Bytes archive, size_t from, Tries& left) {
  const std::string_view tail = tailOfZip(archive);
  const size_t begin = archive.size - tail.size();
  for (size_t at = lastEndMark(tail); at != std::string_view::npos && begin + at >= from; at = markBefore(tail, at)) {
    const EndRecord end = readEndRecord(archive, begin + at, left);
    if (headByNumbers(archive, end, left) != std::string_view::npos && !leadsToMember(archive, end, left)) return end;
  }
  return {};
}

size_t endOfRecord(Bytes archive, size_t recordAt) {
  return std::min(archive.size, recordAt + 22 + archive.le16(recordAt + 20));
}

bool isZipBehind(Bytes bytes) {
  Tries left;
  const EndRecord end = findEndRecord(bytes, left);
  left = {};
  return leadsToMember(bytes, end, left) || (hasList(bytes, end) && left.entries == 0);
}

}  // namespace lazaret
