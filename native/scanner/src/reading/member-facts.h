// SPDX-License-Identifier: GPL-2.0-only
// What our own parsers know of an archive's members and libarchive does not tell: keys, old methods, check sums, how
// many there are. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/containers.h"
#include "base/ledger.h"
#include "base/work.h"
#include "zip/zip-directory.h"

namespace lazaret {

class MemberFacts {
 public:
  /** `at`: where the archive begins in `bytes`, as far as its head tells. */
  MemberFacts(Bytes bytes, size_t at, Container kind, Work& work);
  /** Why nothing of the archive can be listed. */
  std::optional<Reason> unreadable() const { return unreadable_; }
  /** Why the member at this place of the list, folders counted, cannot be read. */
  std::optional<Reason> unreadable(size_t position) const;
  /** The check sum that the bytes of the member there must have: libarchive asks for none of what RAR stores. */
  std::optional<uint32_t> checkSum(size_t position) const;
  /** What its packer wrote down for the bytes of a zip's member; only where every reader finds the same bytes, and no
   * other member has its name. */
  std::optional<uint32_t> crc32Of(const std::string& name, uint64_t bytes) const;
  /** How long the one member of this name is in a zip. */
  std::optional<uint64_t> bytesOf(const std::string& name) const;
  /** The list does not come to its own end. In a zip only the members' own heads tell what it holds then. */
  bool listIsBroken() const { return listIsBroken_; }
  /** PKWARE's strong encryption hides the directory, too: what looks like damage may be its key. */
  bool stronglyEncrypted() const { return stronglyEncrypted_; }
  /** Some readers find other members than the list names. */
  bool isAmbiguous() const { return isAmbiguous_; }
  size_t promised() const { return promised_; }
  /** Where a zip begins by the numbers of its end, whatever stands before it. */
  std::optional<size_t> begin() const { return begin_; }
  /** Of a zip: its list, as far as it leads to members, and an end, to be put behind it: what a reader finds first from
   * behind, so that it reads the list that was read here. */
  Bytes list() const { return {list_.data(), list_.size()}; }
  Bytes end() const { return {end_.data(), end_.size()}; }

 private:
  void lookAtZip(Bytes bytes, size_t at, Work& work);
  void lookAtRar4(Bytes bytes, Work& work);
  void lookAtRar5(Bytes bytes, Work& work);
  std::optional<Reason> unreadable_;
  struct Member {
    std::optional<Reason> unreadable;
    std::optional<uint32_t> crc32;
  };
  std::vector<Member> members_;
  std::multimap<std::string, std::pair<uint64_t, uint32_t>> checkSums_;  // length and sum, by the name
  bool listIsBroken_ = false, stronglyEncrypted_ = false, isPlain_ = false, isAmbiguous_ = false;
  size_t promised_ = 0;
  std::optional<size_t> begin_;
  std::vector<uint8_t> list_, end_;
};

}  // namespace lazaret
