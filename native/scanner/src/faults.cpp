// SPDX-License-Identifier: GPL-2.0-only
#include "faults.h"

#ifdef LAZARET_FAULTS
#include <cstdlib>
#include <cstring>

namespace lazaret::faults {

void check(Bytes content) {
  const std::string_view text = content.sub(0, 4096).text();
  if (text.find("LAZARET-FAULT-CRASH") != text.npos) __builtin_trap();
  if (text.find("LAZARET-FAULT-EXIT") != text.npos) std::exit(1);
  if (text.find("LAZARET-FAULT-HANG") != text.npos)
    for (volatile bool forever = true; forever;) {
    }
  if (text.find("LAZARET-FAULT-MEMORY") != text.npos)
    for (size_t step = 0;; step++) {
      void* more = std::malloc(64 << 20);
      if (!more) std::abort();
      std::memset(more, 1, 64 << 20);
    }
}

}  // namespace lazaret::faults
#endif
