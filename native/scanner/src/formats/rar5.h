// SPDX-License-Identifier: GPL-2.0-only
// RAR 5 block headers, read by ourselves: libarchive 3.6 sets no encryption flag for RAR 5. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

struct Rar5Member {
  std::string name;
  uint64_t bytes = 0;
  bool bytesKnown = false;
  bool directory = false;
  bool encrypted = false;
  bool continued = false;              // a part of it lies in another volume
  std::optional<uint32_t> crc32 = {};  // of its bytes
};

struct Rar5Listing {
  std::vector<Rar5Member> members;
  bool headersEncrypted = false;
  bool complete = false;  // an end-of-archive block was met
};

Rar5Listing listRar5(Bytes archive, Work& work);

}  // namespace lazaret
