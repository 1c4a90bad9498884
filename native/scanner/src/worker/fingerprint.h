// SPDX-License-Identifier: GPL-2.0-only
// What tells a copy of a file from another: a digest of its first bytes. Taken in a worker, because the broker reads no
// file; nothing is parsed.
#pragma once
#include <string>

namespace lazaret {

std::string fingerprintOf(int fd);

}  // namespace lazaret
