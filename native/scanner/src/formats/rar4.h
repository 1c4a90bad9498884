// SPDX-License-Identifier: GPL-2.0-only
// RAR block headers up to version 4, read by ourselves: libarchive unpacks the methods of RAR 3 alone, and takes older
// ones for damage. Pure.
#pragma once
#include <vector>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

struct Rar4Member {
  bool encrypted = false;
  bool oldMethod = false;  // packed as RAR 1 and 2 did
  bool continued = false;  // a part of it lies in another volume
  uint32_t crc32 = 0;      // of its bytes
};

struct Rar4Listing {
  std::vector<Rar4Member> members;  // files and folders, in their order
  bool headersEncrypted = false;
  bool cut = false;  // it ends within a head; the end block itself was no must before RAR 3
};

Rar4Listing listRar4(Bytes archive, Work& work);

}  // namespace lazaret
