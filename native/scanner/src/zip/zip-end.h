// SPDX-License-Identifier: GPL-2.0-only
// The end of a zip: where it stands, and where it says that the list of members and the archive begin. Pure.
#pragma once
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"

namespace lazaret {

struct EndRecord {
  size_t at = 0, recordAt = 0, listAt = 0;
  uint64_t entries = 0, directoryBytes = 0, directoryOffset = 0;
  bool found = false;
  bool disputed = false;  // its 64-bit record tells another list, which some readers follow
  // What stands before the archive, if its offsets do not count it.
  size_t shift() const { return listAt >= directoryOffset ? listAt - directoryOffset : 0; }
};

// What may still be spent on marks, of which a file may hold thousands.
struct Tries {
  size_t entries = limits::zipEntriesTriedMax;
  size_t searches = limits::zipWideSearchesMax;
  uint64_t steps = 0;                    // what was spent: entries, and bytes that were searched
  std::optional<size_t> firstHead = {};  // of a member, in all of the bytes: searched for once
};

// The last that leads to a member, else the last before whose archive a head stands, else the last that has a list,
// else the last: whoever makes an archive may let marks follow that are no end.
EndRecord findEndRecord(Bytes archive, Tries& left);
// Where the head of a member stands at which an archive begins by the numbers of this record, whatever is left of its
// list; npos: it leads to none. Numbers of random bytes lead to none.
size_t headByNumbers(Bytes archive, const EndRecord& end, Tries& left);
// The last record behind `from` whose numbers lead to a head, though its list leads to no member.
EndRecord findDamagedEnd(Bytes archive, size_t from, Tries& left);
// Where an end record may stand: a comment of 65,535 bytes may follow it.
std::string_view tailOfZip(Bytes archive);
// Behind the comment.
size_t endOfRecord(Bytes archive, size_t recordAt);
// The first head of a member, or what looks like one; npos: there is none.
size_t findZipHead(Bytes bytes);
// The mark alone, where it may stand.
bool hasZipEnd(Bytes archive);
// Readers of zip find one in these bytes, whatever they begin with.
bool isZipBehind(Bytes bytes);

}  // namespace lazaret
