// SPDX-License-Identifier: Apache-2.0
// What the addon tells about one file, packed: one buffer crosses to JavaScript for a whole batch (src/record.ts reads it).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace safefs {

enum class EntryType : uint32_t { unknown, regular, directory, symlink, fifo, socket, characterDevice, blockDevice, mount };

// Why a mount or a directory was not entered.
enum RecordFlag : uint32_t { flagPruned = 1, flagEntered = 2, flagAlreadyEntered = 4, flagMountRoot = 8 };

// Must equal src/record.ts field for field; the size is asserted on both sides.
struct Record {
  uint32_t pathOffset = 0, pathLength = 0;
  uint32_t extraOffset = 0, extraLength = 0;  // walk: file system type of a mount; identity: file handle
  int32_t fd = -1, error = 0;
  uint32_t type = 0, flags = 0;
  uint32_t mode = 0, uid = 0, gid = 0, nlink = 0;
  uint64_t size = 0;
  int64_t mtimeSeconds = 0, ctimeSeconds = 0, atimeSeconds = 0;  // nanoseconds since 1970 in 64 bits would end in the year 2262
  uint64_t device = 0, inode = 0, mountId = 0;
  int32_t handleType = 0;
  uint32_t uuidLength = 0;
  uint8_t uuid[16] = {};
  uint32_t mtimeNanoseconds = 0, ctimeNanoseconds = 0, atimeNanoseconds = 0, unused = 0;
};
static_assert(sizeof(Record) == 144, "src/record.ts reads 144 bytes a record");

struct Batch {
  std::vector<Record> records;
  std::string blob;

  void clear() {
    records.clear();
    blob.clear();
  }
  // Appends bytes to the blob and says where they begin.
  uint32_t append(const char* bytes, size_t length) {
    uint32_t offset = static_cast<uint32_t>(blob.size());
    blob.append(bytes, length);
    return offset;
  }
};

}  // namespace safefs
