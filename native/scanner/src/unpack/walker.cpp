// SPDX-License-Identifier: GPL-2.0-only
// The walker: lists what an archive holds, says why a member is not looked at, and hands the engine what it did not
// see.
#include <algorithm>
#include <cerrno>

#include "reading/archive-reader.h"
#include "base/clock.h"
#include "unpack/file-scan.h"
#include "reading/iso-source.h"
#include "base/limits.h"
#include "reading/outcomes.h"
#include "formats/passwords.h"
#include "zip/zip-directory.h"

namespace lazaret {

namespace {

// Parts of an `ar` that are its index, no members.
bool isArIndex(std::string_view name) {
  return name == "/" || name == "//" || name == "/SYM64/" || name.starts_with("__.SYMDEF");
}

// ODF encrypts its members one by one, and says so in its manifest alone. Of one that is too long, or in another
// coding, it is not known.
std::optional<Reason> protectionOfOdf(Bytes bytes, Work& work) {
  const std::vector<uint8_t> manifest =
      readZipMember(bytes, "META-INF/manifest.xml", limits::odfManifestBytesMax, work);
  const Bytes text{manifest.data(), manifest.size()};
  if (isProtectedOdfManifest(text)) return Reason::password;
  const bool isWhole = text.size < limits::odfManifestBytesMax;
  return isWhole && text.text().find('\0') == std::string_view::npos ? std::nullopt
                                                                     : std::optional(Reason::structureAmbiguous);
}

// libarchive asks for a head at the beginning.
Bytes fromFirstHead(Bytes bytes) {
  const size_t head = findZipHead(bytes);
  return head == std::string_view::npos ? bytes : bytes.from(head);
}

}  // namespace

Place memberOf(const Place& container, const std::string& name, Container kind) {
  Place place;
  place.path = container.path;
  if (!name.empty()) place.path.push_back(name.substr(0, limits::layerNameBytesMax));
  place.compressions = container.compressions + (isCompression(kind) ? 1 : 0);
  place.nesting = container.nesting + 1;
  place.inView = container.inView;
  place.container = container.digest;
  return place;
}

Work FileScan::workFor(Bytes bytes) const { return Work(bytes.size, walkDeadlineMs_, nowMs); }

Reason FileScan::whySpent(const Work& work) { return work.late() ? Reason::time : Reason::corrupted; }

bool FileScan::outOfWalkTime() const { return nowMs() > walkDeadlineMs_; }

// Something of the container itself could not be read: one leaf more, which it stands for; the outer file counts
// already. Where time ran out, whatever else there is to be looked at has none either: it is told once.
void FileScan::containerFailed(Reason reason, const Place& place, int64_t bytes) {
  if (reason == Reason::time && ledger_.hasReasonAt(reason, place.path)) return;
  if (place.outer) ledger_.addOuterUnscanned(reason, bytes);
  else unreadMember(reason, place, bytes);
}

// What is merely in view is cut where the bytes around it go on: whether the member is damaged its true place tells.
void FileScan::unreadMember(Reason reason, const Place& place, int64_t bytes) {
  if (place.inView && reason == Reason::corrupted) return;
  ledger_.addUnscanned(reason, place.path, bytes);
}

bool FileScan::memberAllowed(const Place& container) {
  if (++membersListed_ <= profile_.membersMax && ledger_.rows().size() < limits::rowsMax) return true;
  if (!memberLimitSaid_) containerFailed(Reason::engineLimit, container, -1);
  memberLimitSaid_ = true;
  return false;
}

void FileScan::meetMember(const Digest& digest, const Place& place) {
  if (!place.inView) membersMet_.insert(digest);
  if (!place.path.empty()) memberPaths_[digest].push_back(place.path);
}

// Has the engine read these bytes to their end? Else it is given them now.
void FileScan::ensureSeen(Bytes bytes, const Digest& digest, const Place& place, bool& problem) {
  if (seen_.contains(digest) || bytes.size == 0) return;
  const uint64_t now = nowMs();
  if (now >= walkDeadlineMs_) {
    problem = true;
    unreadMember(Reason::time, place, static_cast<int64_t>(bytes.size));
    return;
  }
  const size_t run = runEngine(bytes, place, static_cast<uint32_t>(walkDeadlineMs_ - now));
  const EngineResult& result = runs_[run]->result;
  if (!result.unread) return;
  problem = true;
  unreadMember(*result.unread, place, static_cast<int64_t>(bytes.size));
}

void FileScan::finishMember(Bytes bytes, const Place& place) {
  const Digest digest = digestOf(bytes);
  meetMember(digest, place);
  bool problem = false;
  ensureSeen(bytes, digest, place, problem);
  if (problem) return;
  Work work = workFor(bytes);
  const bool isProtected = isPasswordProtected(bytes, work);
  if (isProtected || work.spent())
    return unreadMember(isProtected ? Reason::password : whySpent(work), place, static_cast<int64_t>(bytes.size));
  const ContainerMatch match = identifyContainer(bytes);
  if (match.kind == Container::none) ledger_.addLookedAt();
  openMatch(bytes, match, place, digest);
}

// What stands before an archive is a file of its own to who reads it from its beginning.
void FileScan::openMatch(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest) {
  if (match.ambiguous) containerFailed(Reason::structureAmbiguous, place, static_cast<int64_t>(bytes.size));
  if (match.kind != Container::none && !match.guessed)
    openContainer(match.end == 0 ? bytes : bytes.sub(0, match.end), match, place, digest);
  if (match.kind == Container::none || match.end != 0) walkMail(bytes, place);
  openBeside(bytes, match, place, digest);
}

void FileScan::openContainer(Bytes bytes, const ContainerMatch& match, const Place& place, const Digest& digest) {
  const auto size = static_cast<int64_t>(bytes.size);
  if (match.kind == Container::unsupported) return containerFailed(Reason::unsupportedCompression, place, size);
  if (match.kind == Container::engineOnly) return lookAtEngineOnly(bytes, place, digest);
  if (isCompression(match.kind) && place.compressions + 1 > profile_.compressionLayersMax)
    return containerFailed(Reason::layers, place, size);
  if (place.nesting + 1 > profile_.nestingMax) return containerFailed(Reason::engineLimit, place, size);
  if (outOfWalkTime()) return containerFailed(Reason::time, place, size);
  Work work = workFor(bytes);
  if (const std::optional<Reason> odf = match.kind == Container::zip ? protectionOfOdf(bytes, work) : std::nullopt) {
    containerFailed(*odf, place, size);
    if (odf == Reason::password) return;
  }
  if (match.kind == Container::zip && !place.outer) rememberZip(bytes, work);
  walked_.insert(place.path);
  // What the engine unpacked of the whole tells nothing of an archive that is a part of it.
  const bool isWhole = match.end == 0;
  if (match.offset == 0 && isWhole && provenByEngine(bytes, match.kind, place, digest)) return;
  Place listed = place;
  if (isWhole) listed.digest = digest;
  walk(bytes, match.kind, match.offset, listed);
}

void FileScan::walk(Bytes bytes, Container kind, size_t offset, const Place& place) {
  if (kind == Container::iso) return walkIso(bytes, place);
  if (kind == Container::rpm) return walkRpm(bytes, place);
  if (isCompressedStream(kind)) return walkStream(bytes.from(offset), kind, place);
  walkArchive(bytes, kind, offset, place);
}

void FileScan::walkStream(Bytes bytes, Container kind, const Place& place) {
  const std::unique_ptr<ByteSource> source = openStream(bytes, kind);
  Place content = memberOf(place, "", kind);
  content.compressions += source->layers() - 1;
  if (content.compressions > profile_.compressionLayersMax)
    return containerFailed(Reason::layers, place, static_cast<int64_t>(bytes.size));
  const Bytes first = source->next();
  if (isTarHeader(first)) {
    walkInside(*source, first, Container::tar, content);
    proveEnd(*source, content);
  } else {
    readMember(*source, first, content, -1);
  }
  lookBehindEnd(source->rest(), place);
}

// What follows the end of an archive in a stream still proves the stream: its check sums stand there.
void FileScan::proveEnd(ByteSource& source, const Place& place) {
  while (source.end() == SourceEnd::open && !outOfWalkTime()) source.next();
  const bool broken = source.end() != SourceEnd::complete && source.end() != SourceEnd::open;
  if (broken && !ledger_.hasRow(place.path)) unreadMember(reasonOf(source.end()), place, -1);
}

// By ourselves down to its cpio archive: libarchive checks no sum of a gzip stream.
void FileScan::walkRpm(Bytes bytes, const Place& place) {
  const Bytes payload = rpmPayload(bytes);
  if (payload.size == 0) return containerFailed(Reason::corrupted, place, static_cast<int64_t>(bytes.size));
  const ContainerMatch packing = identifyContainer(payload);
  std::unique_ptr<ByteSource> source;
  if (isCompressedStream(packing.kind)) source = openStream(payload.from(packing.offset), packing.kind);
  else source = std::make_unique<MemorySource>(payload);
  const Bytes first = source->next();
  walkInside(*source, first, Container::rpm, place);
  proveEnd(*source, place);
}

void FileScan::walkIso(Bytes bytes, const Place& place) {
  const auto size = static_cast<int64_t>(bytes.size);
  Work work = workFor(bytes);
  const IsoListing listing = listIso(bytes, size_t{profile_.membersMax} + 1, work);
  for (const IsoFile& file : listing.files) {
    if (outOfWalkTime()) return containerFailed(Reason::time, place, size);
    if (!memberAllowed(place)) return;
    const std::unique_ptr<ByteSource> source = openIsoFile(bytes, file);
    readMember(*source, {}, memberOf(place, file.path, Container::iso), static_cast<int64_t>(file.bytes));
  }
  if (work.spent() || listing.damaged || !listing.found) containerFailed(whySpent(work), place, size);
}

void FileScan::walkInside(ByteSource& source, Bytes firstPiece, Container kind, const Place& place) {
  StreamInput input{source, firstPiece, walkDeadlineMs_};
  const Reader reader = newReader();
  supportFormat(reader.get(), kind);
  if (!openArchive(reader.get(), input))
    return containerFailed(outOfWalkTime() ? Reason::time : Reason::corrupted, place, -1);
  Work none = workFor({});
  if (walkMembers(reader.get(), kind, {}, place, MemberFacts({}, 0, kind, none)) && kind == Container::tar)
    lookBehindEnd(input, static_cast<uint64_t>(archive_filter_bytes(reader.get(), 0)), place);
}

void FileScan::walkArchive(Bytes bytes, Container kind, size_t offset, const Place& place) {
  const auto size = static_cast<int64_t>(bytes.size);
  Work work = workFor(bytes);
  const MemberFacts facts(kind == Container::zip ? bytes : bytes.from(offset), kind == Container::zip ? offset : 0,
                          kind, work);
  if (facts.unreadable()) return containerFailed(*facts.unreadable(), place, size);
  if (facts.isAmbiguous()) containerFailed(Reason::structureAmbiguous, place, size);
  // A zip behind a program counts its offsets from the program's start, or not: libarchive finds out from the whole.
  // Without a directory it goes by the heads of the members.
  const bool byHeads = kind == Container::zip && facts.listIsBroken();
  const Bytes archive = byHeads                  ? fromFirstHead(bytes.from(facts.begin().value_or(offset)))
                        : kind == Container::zip ? bytes
                                                 : bytes.from(offset);
  ArchiveInput input{{archive, facts.list(), facts.end()}, walkDeadlineMs_};
  const Reader reader = newReader();
  if (byHeads) archive_read_support_format_zip_streamable(reader.get());
  else supportFormat(reader.get(), kind);
  if (!openArchive(reader.get(), input)) {
    if (outOfWalkTime()) return containerFailed(Reason::time, place, size);
    return containerFailed(facts.stronglyEncrypted() ? Reason::encrypted : reasonOf(archiveFailure(reader.get())),
                           place, size);
  }
  if (walkMembers(reader.get(), kind, archive, place, facts) && (kind == Container::tar || kind == Container::cpio))
    lookBehindEnd(archive.from(static_cast<size_t>(archive_filter_bytes(reader.get(), 0))), place);
}

// LM-11: whatever its head calls it, what holds bytes is unpacked to a file by some program or other. An `ar` that was
// made reproducible has no file type in its modes at all.
static bool hasContent(archive_entry* entry, Container kind, const std::string& name) {
  if (kind == Container::ar && isArIndex(name)) return false;
  const auto fileType = archive_entry_filetype(entry);
  const bool isFile = (fileType == AE_IFREG || fileType == 0) && !archive_entry_hardlink(entry);
  return isFile || (archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0);
}

// A link in a zip or 7z is a file whose content is where it leads; on Windows it stays one. libarchive tells that
// content as a text, up to a byte of zero.
void FileScan::lookAtLink(const std::string& text, const Place& member, Container kind,
                          std::optional<uint64_t> promised) {
  MemorySource source({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  const std::vector<const Layer*> read = engineMembers(member, 2);
  const bool isLeaf =
      read.size() < 2 && std::all_of(read.begin(), read.end(), [](const Layer* layer) { return layer->isReadLeaf(); });
  // In a zip it is not known where two members have one name.
  if (kind != Container::zip && read.size() == 1) promised = read[0]->bytes;
  if (isLeaf && promised == text.size()) return readMember(source, {}, member, static_cast<int64_t>(text.size()));
  if (isLeaf && read.size() == 1 && promised == read[0]->bytes) return ledger_.addLookedAt();
  unreadMember(Reason::unsupportedCompression, member, promised ? static_cast<int64_t>(*promised) : -1);
}

bool FileScan::walkMembers(archive* reader, Container kind, Bytes bytes, const Place& place, const MemberFacts& facts) {
  const auto containerBytes = bytes.data ? static_cast<int64_t>(bytes.size) : -1;
  const size_t rowsBefore = ledger_.rows().size();
  const Reason broken = facts.stronglyEncrypted() ? Reason::encrypted : Reason::corrupted;
  bool memberDamaged = false, skipped = false;
  size_t listed = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    errno = 0;
    const int status = outOfWalkTime() ? ARCHIVE_FATAL : archive_read_next_header(reader, &entry);
    if (status == ARCHIVE_EOF) break;
    // A head that is none, passed over: what it stood for is missing.
    skipped = skipped || status == ARCHIVE_RETRY;
    if (status == ARCHIVE_RETRY) continue;
    if (status < ARCHIVE_WARN) {
      // A damaged member has said it already, when the damage is what ends the list.
      const SourceEnd end = archiveFailure(reader);
      if (outOfWalkTime()) containerFailed(Reason::time, place, containerBytes);
      else if (!memberDamaged)
        containerFailed(end == SourceEnd::corrupted ? broken : reasonOf(end), place, containerBytes);
      return false;
    }
    const std::string name = entryName(entry);
    const size_t position = listed++;
    std::optional<Reason> unreadable = facts.unreadable(position);
    const std::string link = kind == Container::zip || kind == Container::sevenZip ? linkOf(entry) : "";
    if (link.empty() && !hasContent(entry, kind, name)) continue;
    if (!memberAllowed(place)) return false;
    Place member = memberOf(place, name, kind);
    if (!link.empty() && !name.empty()) {
      lookAtLink(link, member, kind, facts.bytesOf(name));
      continue;
    }
    const int64_t declared = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : -1;
    member.checkSum = facts.checkSum(position);
    if (!name.empty()) member.crc32 = facts.crc32Of(name, static_cast<uint64_t>(declared));
    if (archive_entry_is_encrypted(entry) || archive_entry_is_data_encrypted(entry)) unreadable = Reason::encrypted;
    if (unreadable) {
      unreadMember(*unreadable, member, declared);
      archive_read_data_skip(reader);
      continue;
    }
    EntrySource source(reader);
    readMember(source, {}, member, declared);
    memberDamaged = source.end() != SourceEnd::complete && source.end() != SourceEnd::open;
    if (source.fatal()) return false;
  }
  // A zip whose end was cut, or whose directory leads elsewhere: what is left may read well, and something may be
  // missing.
  const bool saidSomething = ledger_.rows().size() > rowsBefore;
  if (skipped || (facts.listIsBroken() ? !saidSomething : listed < facts.promised()))
    containerFailed(broken, place, containerBytes);
  return true;
}

// Reads one member to its end or to the rule that stops it.
void FileScan::readMember(ByteSource& source, Bytes firstPiece, const Place& place, int64_t declaredBytes) {
  Spill spill(temporary_);
  bool known = false, container = false;
  for (Bytes piece = firstPiece.size ? firstPiece : source.next(); piece.size > 0; piece = source.next()) {
    if (!spill.append(piece)) {
      unreadMember(Reason::engineLimit, place, declaredBytes);
      return;
    }
    if (!known && spill.size() >= limits::headBytes) {
      const Container kind = identifyContainer(spill.bytes().sub(0, limits::headBytes)).kind;
      container = kind != Container::none;
      known = true;
    }
    // LM-6: leaves by their true bytes, "or greater"; a container is opened whatever its size.
    if (known && !container && spill.size() >= profile_.memberBytesMax) {
      unreadMember(Reason::size, place, std::max<int64_t>(declaredBytes, static_cast<int64_t>(spill.size())));
      return;
    }
    if (outOfWalkTime()) {
      unreadMember(Reason::time, place, declaredBytes);
      return;
    }
  }
  const Bytes bytes = spill.bytes();
  // Nothing at all of what its head promises: a kind of member that libarchive passes over.
  const SourceEnd end = source.end() == SourceEnd::complete && bytes.size == 0 && declaredBytes > 0
                            ? SourceEnd::unsupported
                            : source.end();
  const bool whole =
      end == SourceEnd::complete && (!place.checkSum || *place.checkSum == crc32_z(0, bytes.data, bytes.size));
  if (whole) {
    if (bytes.size >= profile_.memberBytesMax && identifyContainer(bytes).kind == Container::none) {
      unreadMember(Reason::size, place, static_cast<int64_t>(bytes.size));
      return;
    }
    finishMember(bytes, place);
    return;
  }
  if (end != SourceEnd::complete && outOfWalkTime()) return unreadMember(Reason::time, place, declaredBytes);
  // A method that libarchive lacks and the engine has (deflate64, implode): looked at after all, if the check sum says
  // that it read it right.
  if (end == SourceEnd::unsupported)
    if (const Layer* layer = engineMember(place, declaredBytes)) return countEngineMember(*layer, place);
  // LM-3: the readable part is scanned, and the member is named with its reason.
  if (bytes.size > 0) {
    const Digest digest = digestOf(bytes);
    meetMember(digest, place);
    if (!seen_.contains(digest) && !outOfWalkTime())
      runEngine(bytes, place, static_cast<uint32_t>(walkDeadlineMs_ - nowMs()));
  }
  unreadMember(reasonOf(end), place, declaredBytes >= 0 ? declaredBytes : static_cast<int64_t>(bytes.size));
}

}  // namespace lazaret
