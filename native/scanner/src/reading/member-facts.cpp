// SPDX-License-Identifier: GPL-2.0-only
#include "reading/member-facts.h"

#include <set>

#include "base/limits.h"
#include "formats/rar4.h"
#include "formats/rar5.h"

namespace lazaret {

MemberFacts::MemberFacts(Bytes bytes, size_t at, Container kind, Work& work) {
  if (kind == Container::zip) lookAtZip(bytes, at, work);
  if (kind == Container::rar4) lookAtRar4(bytes, work);
  if (kind == Container::rar5) lookAtRar5(bytes, work);
}

void MemberFacts::lookAtRar4(Bytes bytes, Work& work) {
  const Rar4Listing listing = listRar4(bytes, work);
  if (listing.headersEncrypted) unreadable_ = Reason::encrypted;
  listIsBroken_ = listing.cut;
  for (const Rar4Member& member : listing.members) {
    Member facts;
    if (member.encrypted) facts.unreadable = Reason::encrypted;
    else if (member.oldMethod) facts.unreadable = Reason::unsupportedCompression;
    if (!member.continued) facts.crc32 = member.crc32;
    members_.push_back(facts);
  }
}

void MemberFacts::lookAtRar5(Bytes bytes, Work& work) {
  const Rar5Listing listing = listRar5(bytes, work);
  if (listing.headersEncrypted) unreadable_ = Reason::encrypted;
  listIsBroken_ = !listing.complete;
  for (const Rar5Member& member : listing.members) {
    Member facts;
    if (member.encrypted) facts.unreadable = Reason::encrypted;
    if (!member.continued) facts.crc32 = member.crc32;
    members_.push_back(facts);
  }
}

void MemberFacts::lookAtZip(Bytes bytes, size_t at, Work& work) {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  listIsBroken_ = isDamaged(bytes, directory) || !directory.found;
  if (!listIsBroken_) {
    list_ = plainListOf(bytes, directory);
    end_ = plainEndOf(bytes, directory, list_.size());
  }
  begin_ = directory.headByNumbers;
  stronglyEncrypted_ = hasStrongEncryption(
      bytes, bytes.is(at, "PK\x03\x04") || directory.members.empty() ? at : firstHeadOf(bytes, directory), work);
  std::set<size_t> places;
  for (const ZipMember& member : directory.members) {
    places.insert(member.headerAt);
    checkSums_.emplace(member.name, std::pair(member.bytes, member.crc32));
  }
  promised_ = places.size();
  isPlain_ = isPlainlyLaidOut(bytes, directory, work);
  isAmbiguous_ = !isPlain_ && !listIsBroken_ && readersDiffer(bytes, directory, work);
}

std::optional<Reason> MemberFacts::unreadable(size_t position) const {
  return position < members_.size() ? members_[position].unreadable : std::nullopt;
}

std::optional<uint32_t> MemberFacts::checkSum(size_t position) const {
  return position < members_.size() ? members_[position].crc32 : std::nullopt;
}

std::optional<uint64_t> MemberFacts::bytesOf(const std::string& name) const {
  const auto [begin, end] = checkSums_.equal_range(name);
  return begin == end || std::next(begin) != end ? std::nullopt : std::optional(begin->second.first);
}

std::optional<uint32_t> MemberFacts::crc32Of(const std::string& name, uint64_t bytes) const {
  const auto [begin, end] = checkSums_.equal_range(name);
  if (!isPlain_ || begin == end || std::next(begin) != end || begin->second.first != bytes) return std::nullopt;
  return begin->second.second;
}

}  // namespace lazaret
