// SPDX-License-Identifier: GPL-2.0-only
// From a descriptor to an answer: stat, type rule, map, scan, digest, "did it change?".
#pragma once
#include <string>

#include "unpack/file-scan.h"

namespace lazaret {

// The descriptor stays the caller's. Its offset does not matter.
ScanAnswer scanDescriptor(Engine& engine, int fd, const Profile& profile, uint32_t flags, const std::string& temporary,
                          HitSink onHit = {});
std::string sha256Hex(Bytes bytes);

}  // namespace lazaret
