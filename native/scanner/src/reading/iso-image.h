// SPDX-License-Identifier: GPL-2.0-only
// The files of an ISO 9660 image, read by ourselves: libarchive follows a continuation that leads to itself until
// memory ends, and a folder that many folders name as often as they name it. Here each block of a folder is read once.
// Rock Ridge and Joliet names; files of every tree. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

struct IsoExtent {
  size_t at;
  size_t bytes;
};

struct IsoFile {
  std::string path;
  std::vector<IsoExtent> extents;
  uint64_t bytes = 0;   // as the folder says
  bool whole = true;    // false: a part of it lies outside of the image
  bool zisofs = false;  // its content is packed block by block
};

struct IsoListing {
  std::vector<IsoFile> files;
  bool found = false;    // a volume with a folder
  bool damaged = false;  // something that the image promises is not there, or leads in a circle
};

IsoListing listIso(Bytes image, size_t filesMax, Work& work);

}  // namespace lazaret
