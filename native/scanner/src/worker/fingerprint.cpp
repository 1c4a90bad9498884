// SPDX-License-Identifier: GPL-2.0-only
#include "worker/fingerprint.h"

#include <unistd.h>

#include "base/limits.h"
#include "worker/scan-file.h"

namespace lazaret {

std::string fingerprintOf(int fd) {
  static uint8_t head[limits::fingerprintBytes];
  const ssize_t got = pread(fd, head, sizeof head, 0);
  return got <= 0 ? std::string() : sha256Hex({head, static_cast<size_t>(got)});
}

}  // namespace lazaret
