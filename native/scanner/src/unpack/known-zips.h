// SPDX-License-Identifier: GPL-2.0-only
// Zips that are opened as members of others: what stands behind an archive is passed over only if it is the very same
// bytes as one of them. Pure.
#pragma once
#include <set>

#include "base/digest.h"
#include "zip/zip-directory.h"

namespace lazaret {

class KnownZips {
 public:
  void add(Bytes bytes, const ZipDirectory& directory);
  // All of it that readers find – from the first entry on that leads to a head – stands in one of them, at the same
  // place of the same list. The pieces before that lead no reader to a member.
  bool has(Bytes bytes, const ZipDirectory& directory) const;

 private:
  std::set<Digest> known_;
};

}  // namespace lazaret
