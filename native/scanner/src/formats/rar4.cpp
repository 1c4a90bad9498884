// SPDX-License-Identifier: GPL-2.0-only
#include "formats/rar4.h"

#include "base/limits.h"

namespace lazaret {

static constexpr uint8_t mainBlock = 0x73, fileBlock = 0x74, endBlock = 0x7b;
static constexpr uint16_t hasData = 0x8000, namesEncrypted = 0x80, wideSizes = 0x100;
static constexpr uint8_t stored = 0x30, versionOfRar3 = 29;

static Rar4Member memberOfBlock(Bytes block, uint16_t flags) {
  Rar4Member member;
  member.encrypted = flags & 4;
  member.continued = flags & 3;
  member.crc32 = block.le32(16);
  member.oldMethod = block.u8(25) != stored && block.u8(24) < versionOfRar3;
  return member;
}

Rar4Listing listRar4(Bytes archive, Work& work) {
  Rar4Listing listing;
  size_t at = 7;
  while (archive.has(at, 7) && listing.members.size() < limits::membersMax) {
    const uint8_t type = archive.u8(at + 2);
    const uint16_t flags = archive.le16(at + 3);
    const size_t headBytes = archive.le16(at + 5);
    if (headBytes < 7 || !archive.has(at, headBytes) || !work.spend(headBytes)) return listing;
    const Bytes block = archive.sub(at, headBytes);
    if (type == mainBlock && (flags & namesEncrypted)) {
      listing.headersEncrypted = true;
      return listing;
    }
    uint64_t dataBytes = type == fileBlock || (flags & hasData) ? block.le32(7) : 0;
    if (type == fileBlock) {
      if (headBytes < 32) return listing;
      if (flags & wideSizes) dataBytes |= static_cast<uint64_t>(block.le32(32)) << 32;
      listing.members.push_back(memberOfBlock(block, flags));
    }
    // What goes beyond the archive ends the list.
    if (type == endBlock || dataBytes > archive.size - at - headBytes) return listing;
    at += headBytes + dataBytes;
  }
  listing.cut = at < archive.size && !archive.has(at, 7);
  return listing;
}

}  // namespace lazaret
