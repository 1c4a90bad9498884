// SPDX-License-Identifier: GPL-2.0-only
// Further archives in bytes that are one archive already: each that its own readers find is opened, and none twice
// (ADR 0003).
#include <algorithm>

#include "base/limits.h"
#include "reading/archive-reader.h"
#include "zip/archive-behind.h"
#include "zip/zip-directory.h"
#include "unpack/file-scan.h"

namespace lazaret {

// So that a zip which another archive stores at its end is not opened once more as one that stands behind that archive.
void FileScan::rememberZip(Bytes bytes, Work& work) {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  if (directory.found) zips_.add(bytes, directory);
}

// Of a zip that an archive holds in pieces the list may stand in plain view: what it leads to is no member, or a piece
// of one that is known. So it is in a spreadsheet, which has its theme in records.
bool FileScan::isZipOfItsOwn(Bytes bytes, const ZipDirectory& directory, const ContainerMatch& front,
                             Work& work) const {
  const bool isEngineOnly = front.kind == Container::engineOnly;
  if (isDamaged(bytes, directory)) {
    if (isEngineOnly ? !directory.headByNumbers : !beginOfDamaged(bytes, directory)) return false;
  } else if (headsFound(bytes, directory) == 0 || (isEngineOnly && !isInOneRow(bytes, directory, work))) {
    return false;
  }
  return !zips_.has(bytes, directory);
}

// One whose list is damaged is read by the heads of its members, from the first on; else what stands before it would be
// read as a part of it.
void FileScan::openZipBehind(Bytes bytes, const ContainerMatch& front, const Place& place, const Digest& digest,
                             Work& work) {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  if (!directory.found || !isZipOfItsOwn(bytes, directory, front, work)) return;
  if (!isDamaged(bytes, directory))
    return openContainer(bytes, {.kind = Container::zip, .end = bytes.size}, place, digest);
  const Bytes archive = bytes.sub(0, endOf(bytes, directory)).from(*beginOfDamaged(bytes, directory));
  openContainer(archive, {.kind = Container::zip}, place, digestOf(archive));
}

void FileScan::openBeside(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest) {
  Work work = workFor(bytes);
  const auto isMember = [this](Bytes member) { return memberPaths_.contains(digestOf(member)); };
  for (const ContainerMatch& other : identifyBeside(bytes, match, work, isMember)) {
    const Bytes till = bytes.sub(0, other.end);
    if (other.ambiguous) containerFailed(Reason::structureAmbiguous, place, static_cast<int64_t>(bytes.size));
    if (other.guessed) continue;
    if (other.damaged || (match.kind != Container::zip && other.kind == Container::zip))
      openZipBehind(other.damaged ? till.from(other.offset) : till, match, place, digest, work);
    else openContainer(till, other, place, digest);
  }
  if (work.spent()) containerFailed(whySpent(work), place, static_cast<int64_t>(bytes.size));
}

static Bytes withoutZeros(Bytes bytes) {
  return bytes.from(std::min(bytes.text().find_first_not_of('\0'), bytes.size));
}

// Readers differ in what ends a tar, a cpio archive or a gzip stream, and go on with the archive that stands behind:
// busybox after one block of zeros, tar -i after any, and a kernel that unpacks its first file system, which may be
// packed from there on.
void FileScan::lookBehindEnd(Bytes rest, const Place& place) {
  const Bytes more = withoutZeros(rest);
  if (identifyContainer(more).kind != Container::none) finishMember(more, memberOf(place, "", Container::tar));
}

// `taken`: by the reader of the archive, of what it was given.
void FileScan::lookBehindEnd(StreamInput& input, uint64_t taken, const Place& place) {
  const uint64_t left = input.givenBytes - std::min(taken, input.givenBytes);
  Bytes rest = withoutZeros(input.last.from(input.last.size - std::min<uint64_t>(left, input.last.size)));
  while (rest.size == 0) {
    const Bytes piece = outOfWalkTime() ? Bytes{} : input.source.next();
    if (piece.size == 0) return;
    rest = withoutZeros(piece);
  }
  std::vector<uint8_t> head(rest.data, rest.data + rest.size);
  // A piece may end within the first head.
  if (head.size() < limits::headBytes) {
    const Bytes piece = input.source.next();
    head.insert(head.end(), piece.data, piece.data + piece.size);
  }
  const Bytes more{head.data(), head.size()};
  if (identifyContainer(more).kind != Container::none)
    readMember(input.source, more, memberOf(place, "", Container::tar), -1);
}

}  // namespace lazaret
