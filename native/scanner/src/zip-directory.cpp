// SPDX-License-Identifier: GPL-2.0-only
#include "zip-directory.h"

#include <zlib.h>

#include <algorithm>

namespace lazaret {

using std::string_view_literals::operator""sv;

struct EndRecord {
  size_t at = 0;
  uint64_t entries = 0, directoryBytes = 0, directoryOffset = 0;
  bool found = false;
};

static EndRecord findEndRecord(Bytes archive) {
  EndRecord end;
  const size_t tail = std::min<size_t>(archive.size, 22 + 65535);
  const size_t at = archive.from(archive.size - tail).text().rfind("PK\x05\x06"sv);
  if (at == std::string_view::npos) return end;
  end.at = archive.size - tail + at;
  if (!archive.has(end.at, 22)) return end;
  end.entries = archive.le16(end.at + 10);
  end.directoryBytes = archive.le32(end.at + 12);
  end.directoryOffset = archive.le32(end.at + 16);
  end.found = true;
  const bool wide = end.entries == 0xffff || end.directoryBytes == 0xffffffff || end.directoryOffset == 0xffffffff;
  if (wide && end.at >= 20 && archive.is(end.at - 20, "PK\x06\x07"sv)) {
    const uint64_t wideAt = archive.le64(end.at - 20 + 8);
    if (wideAt < archive.size && archive.is(wideAt, "PK\x06\x06"sv)) {
      end.entries = archive.le64(wideAt + 32);
      end.directoryBytes = archive.le64(wideAt + 40);
      end.directoryOffset = archive.le64(wideAt + 48);
      end.at = wideAt;
    }
  }
  return end;
}

// The 64-bit size stands in an extra field where the 32-bit one is all ones.
static uint64_t wideSize(Bytes extra, uint64_t size) {
  if (size != 0xffffffff) return size;
  for (size_t at = 0; extra.has(at, 4); at += 4 + extra.le16(at + 2))
    if (extra.le16(at) == 1 && extra.le16(at + 2) >= 8) return extra.le64(at + 4);
  return size;
}

ZipDirectory readZipDirectory(Bytes archive, size_t membersMax, Work& work) {
  ZipDirectory directory;
  const EndRecord end = findEndRecord(archive);
  if (!end.found || end.directoryBytes > end.at) return directory;
  directory.found = true;
  // Where the directory really begins, whatever stands before the archive.
  size_t at = end.at - end.directoryBytes;
  const size_t shift = at >= end.directoryOffset ? at - end.directoryOffset : 0;
  for (uint64_t index = 0; index < end.entries; index++) {
    if (!archive.is(at, "PK\x01\x02"sv) || directory.members.size() >= membersMax) return directory;
    const size_t nameBytes = archive.le16(at + 28), extraBytes = archive.le16(at + 30), commentBytes = archive.le16(at + 32);
    if (!archive.has(at + 46, nameBytes + extraBytes + commentBytes)) return directory;
    if (!work.spend(46 + nameBytes + extraBytes + commentBytes)) return directory;
    ZipMember member;
    member.name = std::string(archive.sub(at + 46, nameBytes).text());
    member.encrypted = archive.le16(at + 8) & 1;
    member.method = archive.le16(at + 10);
    member.crc32 = archive.le32(at + 16);
    member.bytes = wideSize(archive.sub(at + 46 + nameBytes, extraBytes), archive.le32(at + 24));
    member.packedBytes = archive.le32(at + 20);
    member.headerAt = archive.le32(at + 42) + shift;
    member.directory = member.name.ends_with('/');
    directory.members.push_back(std::move(member));
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  directory.complete = !archive.is(at, "PK\x01\x02"sv);
  return directory;
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
  for (const ZipMember& member : readZipDirectory(archive, 65536, work).members) {
    if (member.name != name) continue;
    const size_t dataAt = member.headerAt + 30 + archive.le16(member.headerAt + 26) + archive.le16(member.headerAt + 28);
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
