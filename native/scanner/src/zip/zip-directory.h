// SPDX-License-Identifier: GPL-2.0-only
// The central directory of a zip, read by ourselves: what the archive promises to hold. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/work.h"
#include "zip/zip-end.h"

namespace lazaret {

struct ZipMember {
  std::string name;
  uint32_t crc32 = 0;
  uint64_t bytes = 0;
  uint16_t method = 0;
  uint64_t packedBytes = 0;
  uint64_t headerAt = 0;  // of its local header
  bool encrypted = false;
  bool directory = false;  // by its name; its bytes tell whether it holds something
  // Two bytes of Deflate hold nothing.
  bool isEmpty() const { return bytes == 0 && crc32 == 0 && (packedBytes == 0 || (method == 8 && packedBytes == 2)); }
};

struct ZipDirectory {
  bool found = false;     // an end record stands where it must
  bool complete = false;  // and every entry that it promises could be read, and no other stands there
  // Nor is there another end record, nor anything between the directory and its end, or behind it.
  bool single = false;
  bool hasRival = false;                     // some readers take another end record, or another list
  size_t at = 0;                             // where the directory begins
  size_t listBytes = 0;                      // if it is complete: its length
  size_t recordAt = 0;                       // the end record
  size_t shift = 0;                          // what stands before the archive and is not counted by its offsets
  std::optional<size_t> headByNumbers = {};  // at which the archive begins by the numbers of its end record
  std::vector<ZipMember> members;
};

ZipDirectory readZipDirectory(Bytes archive, size_t membersMax, Work& work);
// Every reader finds the same members with the same bytes: each stands behind the one before it, its head says what the
// directory says, and there is nothing else.
bool isPlainlyLaidOut(Bytes archive, const ZipDirectory& directory, Work& work);
// Some readers find members that the directory does not name: by another end record, or by the heads of the members,
// one behind the other.
bool readersDiffer(Bytes archive, const ZipDirectory& directory, Work& work);
// The list, if the directory is complete, without the entries that lead to no head: a reader stops at the first of
// them.
std::vector<uint8_t> plainListOf(Bytes archive, const ZipDirectory& directory);
// What follows when the list is put behind the archive a second time: every reader then finds this list, whatever other
// ends the archive has.
std::vector<uint8_t> plainEndOf(Bytes archive, const ZipDirectory& directory, size_t listBytes);
// Behind the comment.
size_t endOf(Bytes archive, const ZipDirectory& directory);
// How many entries lead to the head of a member.
size_t headsFound(Bytes archive, const ZipDirectory& directory);
// What stands there is an archive, and what its list does not tell is found by the heads of its members alone.
bool isDamaged(Bytes archive, const ZipDirectory& directory);
// The first head of such an archive, if there is one: else it may be anything.
std::optional<size_t> beginOfDamaged(Bytes archive, const ZipDirectory& directory);
// Where the head of the member stands that comes first in the file.
size_t firstHeadOf(Bytes archive, const ZipDirectory& directory);
// The members stand one right behind the other, and the list behind them.
bool isInOneRow(Bytes archive, const ZipDirectory& directory, Work& work);
// PKWARE's strong encryption, by the heads of the members: a directory may be encrypted, or gone. `at`: the first head.
bool hasStrongEncryption(Bytes archive, size_t at, Work& work);
// The first bytes of one small member, by its name; empty if it is not there or does not unpack.
std::vector<uint8_t> readZipMember(Bytes archive, std::string_view name, size_t most, Work& work);

}  // namespace lazaret
