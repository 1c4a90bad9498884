// SPDX-License-Identifier: GPL-2.0-only
// Further archives in bytes that are one archive already: each that its own readers find is opened, and none twice
// (ADR 0003).
#include "base/limits.h"
#include "formats/archive-behind.h"
#include "formats/zip-directory.h"
#include "unpack/file-scan.h"

namespace lazaret {

// So that a zip which another archive stores at its end is not opened once more as one that stands behind that archive.
void FileScan::rememberZip(Bytes bytes, Work& work) {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  if (!directory.complete) return;
  const Bytes till = bytes.sub(0, endOf(bytes, directory));
  zipsRead_.insert(digestOf(till.from(firstHeadOf(bytes, directory))));
  zipListsRead_.insert(digestOf(till.from(directory.at)));
}

// A zip that an archive holds in pieces shows its list there, too, and what that leads to is no member. So it is in a
// spreadsheet, which has its theme in records.
bool FileScan::isZipOfItsOwn(Bytes bytes, const ContainerMatch& front, Work& work) const {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  const size_t heads = headsFound(bytes, directory);
  if (!directory.complete || heads == 0) return false;
  const Bytes till = bytes.sub(0, endOf(bytes, directory));
  const Digest range = digestOf(till.from(firstHeadOf(bytes, directory)));
  if (zipsRead_.contains(range) || seen_.contains(range)) return false;
  if (front.kind == Container::engineOnly) return isInOneRow(bytes, directory, work);
  return heads == directory.members.size() || !zipListsRead_.contains(digestOf(till.from(directory.at)));
}

void FileScan::openBeside(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest) {
  Work work = workFor(bytes);
  const auto isMember = [this](Bytes member) { return memberPaths_.contains(digestOf(member)); };
  for (const ContainerMatch& other : identifyBeside(bytes, match, work, isMember)) {
    const Bytes till = bytes.sub(0, other.end);
    if (match.kind != Container::zip && other.kind == Container::zip && !isZipOfItsOwn(till, match, work)) continue;
    if (other.ambiguous) containerFailed(Reason::structureAmbiguous, place, static_cast<int64_t>(bytes.size));
    if (!other.guessed) openContainer(till, other, place, digest);
  }
  if (work.spent()) containerFailed(whySpent(work), place, static_cast<int64_t>(bytes.size));
}

}  // namespace lazaret
