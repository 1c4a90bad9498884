// SPDX-License-Identifier: GPL-2.0-only
// The central directory of a zip, read by ourselves: what the archive promises to hold. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "bytes.h"
#include "work.h"

namespace lazaret {

struct ZipMember {
  std::string name;
  uint32_t crc32 = 0;
  uint64_t bytes = 0;
  uint16_t method = 0;
  uint64_t packedBytes = 0;
  size_t headerAt = 0;  // of its local header
  bool encrypted = false;
  bool directory = false;
};

struct ZipDirectory {
  bool found = false;     // an end record stands where it must
  bool complete = false;  // and every entry that it promises could be read, and no other stands there
  std::vector<ZipMember> members;
};

ZipDirectory readZipDirectory(Bytes archive, size_t membersMax, Work& work);
// PKWARE's strong encryption, by the heads of the members: a directory may be encrypted, or gone. `at`: the first head.
bool hasStrongEncryption(Bytes archive, size_t at, Work& work);
// The first bytes of one small member, by its name; empty if it is not there or does not unpack.
std::vector<uint8_t> readZipMember(Bytes archive, std::string_view name, size_t most, Work& work);

}  // namespace lazaret
