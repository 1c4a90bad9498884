// SPDX-License-Identifier: GPL-2.0-only
// One record of a folder of an ISO 9660 image, with what Rock Ridge adds to it. Pure.
#pragma once
#include <string>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

struct IsoEntry {
  std::string name;
  uint32_t block = 0;
  uint64_t bytes = 0;
  bool folder = false;
  bool self = false;       // the folder itself, or the one above
  bool more = false;       // another record goes on with the same file
  bool relocated = false;  // Rock Ridge: shown elsewhere, by an entry that names it
  bool movedHere = false;  // that entry: `block` is the folder's own
  bool special = false;    // a link, a device
  bool zisofs = false;
  bool damaged = false;  // its continuation leads in a circle, or out of the image
};

struct IsoVolume {
  size_t blockBytes = 2048;
  bool joliet = false;
  bool rockRidge = false;
  size_t skip = 0;  // bytes of each system use area that are not Rock Ridge's
};

// What the root's first record says of Rock Ridge.
void readRockRidgeMark(Bytes record, IsoVolume& volume);
// `record`: one record, of the length that its first byte tells.
IsoEntry readIsoEntry(Bytes image, Bytes record, const IsoVolume& volume, Work& work);

}  // namespace lazaret
