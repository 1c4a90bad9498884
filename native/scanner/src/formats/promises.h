// SPDX-License-Identifier: GPL-2.0-only
// XAR and ARJ, which libclamav alone unpacks: what they promise to hold. It passes over what it cannot read, in
// silence; by this it is missed. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ledger.h"
#include "base/work.h"

namespace lazaret {

struct Promise {
  std::string name;
  uint64_t bytes = 0;
  std::optional<uint32_t> crc32;     // of its bytes
  std::optional<Reason> unreadable;  // whatever the engine makes of it
};

struct Promises {
  bool whole = false;  // the list came to its own end
  std::vector<Promise> members;
};

/** None: a format that is not listed here. */
std::optional<Promises> promisesOf(Bytes archive, size_t membersMax, Work& work);

}  // namespace lazaret
