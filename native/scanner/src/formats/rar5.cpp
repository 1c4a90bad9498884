// SPDX-License-Identifier: GPL-2.0-only
#include "formats/rar5.h"

#include <zlib.h>

#include "base/limits.h"

namespace lazaret {

// The format's variable-length integer: seven bits a byte, lowest first.
static bool readVint(Bytes bytes, size_t& at, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (!bytes.has(at, 1)) return false;
    const uint8_t byte = bytes.data[at++];
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return true;
  }
  return false;
}

static bool extraHasEncryption(Bytes extra, Work& work) {
  size_t at = 0;
  uint64_t size, type;
  while (work.spend() && readVint(extra, at, size)) {
    const size_t begin = at;
    if (size == 0 || !extra.has(begin, size) || !readVint(extra, at, type)) return false;
    if (type == 1) return true;
    at = begin + size;
  }
  return false;
}

static void readFileBlock(Bytes header, size_t at, uint64_t flags, size_t extraBytes, Rar5Listing& listing,
                          Work& work) {
  uint64_t fileFlags, unpacked, attributes, compression, hostSystem, nameBytes;
  if (!readVint(header, at, fileFlags) || !readVint(header, at, unpacked) || !readVint(header, at, attributes)) return;
  if (fileFlags & 2) at += 4;  // time
  Rar5Member member;
  if (fileFlags & 4) {
    member.crc32 = header.le32(at);
    at += 4;
  }
  if (!readVint(header, at, compression) || !readVint(header, at, hostSystem) || !readVint(header, at, nameBytes))
    return;
  member.name = std::string(header.sub(at, nameBytes).text());
  member.directory = fileFlags & 1;
  member.bytes = unpacked;
  member.bytesKnown = !(fileFlags & 8);
  member.continued = flags & (8 | 16);
  if (extraBytes && extraBytes <= header.size)
    member.encrypted = extraHasEncryption(header.from(header.size - extraBytes), work);
  listing.members.push_back(std::move(member));
}

Rar5Listing listRar5(Bytes archive, Work& work) {
  Rar5Listing listing;
  size_t at = 8;
  while (archive.has(at, 7) && listing.members.size() < limits::membersMax) {
    if (!work.spend(8)) return listing;
    size_t cursor = at + 4;  // after the header's CRC
    uint64_t headerBytes, type, flags, extraBytes = 0, dataBytes = 0;
    if (!readVint(archive, cursor, headerBytes) || headerBytes == 0 || !archive.has(cursor, headerBytes))
      return listing;
    const Bytes header = archive.sub(cursor, headerBytes);
    work.spend(headerBytes);
    size_t inside = 0;
    if (!readVint(header, inside, type) || !readVint(header, inside, flags)) return listing;
    if ((flags & 1) && !readVint(header, inside, extraBytes)) return listing;
    if ((flags & 2) && !readVint(header, inside, dataBytes)) return listing;
    if (type == 4) {
      listing.headersEncrypted = true;
      return listing;
    }
    if (type == 2) readFileBlock(header, inside, flags, extraBytes, listing, work);
    if (type == 5) {
      listing.complete = archive.le32(at) == crc32_z(0, archive.data + at + 4, cursor + headerBytes - at - 4);
      return listing;
    }
    // What goes beyond the archive ends the list: as a sum it could lead back, and headers would be read over and over.
    if (dataBytes > archive.size - cursor - headerBytes) return listing;
    at = cursor + headerBytes + dataBytes;
  }
  return listing;
}

}  // namespace lazaret
