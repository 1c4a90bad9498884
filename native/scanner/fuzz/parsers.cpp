// SPDX-License-Identifier: GPL-2.0-only
#include "parsers.h"

#include <cstdlib>
#include <string>

#include "zip/archive-behind.h"
#include "formats/containers.h"
#include "reading/iso-source.h"
#include "base/ledger.h"
#include "base/limits.h"
#include "mail/mail-parts.h"
#include "reading/member-facts.h"
#include "reading/outcomes.h"
#include "formats/passwords.h"
#include "formats/promises.h"
#include "formats/rar4.h"
#include "formats/rar5.h"
#include "formats/types.h"
#include "zip/zip-directory.h"

namespace lazaret::fuzz {

static void iso(Bytes bytes, Work& work) {
  const IsoListing listing = listIso(bytes, 10000, work);
  for (const IsoFile& file : listing.files) {
    const std::unique_ptr<ByteSource> source = openIsoFile(bytes, file);
    size_t pieces = 0;
    while (source->next().size > 0 && ++pieces < 16) work.spend();
  }
}

static void zip(Bytes bytes, Work& work) {
  const ZipDirectory directory = readZipDirectory(bytes, limits::membersMax, work);
  if (directory.complete) plainEndOf(bytes, directory, plainListOf(bytes, directory).size());
  if (isDamaged(bytes, directory)) beginOfDamaged(bytes, directory);
  headsFound(bytes, directory);
  isInOneRow(bytes, directory, work);
  readZipMember(bytes, "META-INF/manifest.xml", limits::MiB, work);
}

static void rar5(Bytes bytes, Work& work) { listRar5(bytes, work); }
static void rar4(Bytes bytes, Work& work) { listRar4(bytes, work); }

static void facts(Bytes bytes, Work& work) {
  const MemberFacts known(bytes, 0, identifyContainer(bytes).kind, work);
  for (size_t position = 0; known.unreadable(position) && work.spend(); position++) continue;
}

// Every part in every reading, to its end.
static void mail(Bytes bytes, Work& work) {
  const MailListing listing = listMail(bytes, mailMarkOf(bytes), work);
  size_t decoded = 0;
  for (const MailPart& part : listing.parts) {
    if (part.begin >= part.end || part.end > bytes.size) std::abort();
    const std::unique_ptr<ByteSource> source = openMailText(bytes.sub(part.begin, part.end - part.begin), part.coding);
    for (Bytes piece = source->next(); piece.size > 0; piece = source->next()) decoded += piece.size;
  }
  // What comes out is never more than the work that was paid for.
  if (decoded > work.steps()) std::abort();
}

static void promises(Bytes bytes, Work& work) { promisesOf(bytes, limits::membersMax, work); }
static void rpm(Bytes bytes, Work&) { rpmPayload(bytes); }

// Messages of libarchive, one a line.
static void outcome(Bytes bytes, Work& work) {
  std::string_view text = bytes.text();
  while (!text.empty() && work.spend()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    work.spend(line.size());
    if (reasonName(reasonOf(outcomeOfArchive(line))).empty()) std::abort();
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
}

static void password(Bytes bytes, Work& work) { isPasswordProtected(bytes, work); }

static void identify(Bytes bytes, Work& work) {
  work.spend(bytes.size);
  identifyBeside(bytes, identifyContainer(bytes), work, [](Bytes member) { return member.size % 2 == 0; });
  identifyType(bytes.sub(0, limits::typeHeadBytes), bytes.size);
}

// Eight bytes are a threat and a row: a name out of few, a place of one or two layers.
static void ledger(Bytes bytes, Work& work) {
  Ledger kept;
  for (size_t at = 0; bytes.has(at, 8) && work.spend(8); at += 8) {
    LayerPath path{std::to_string(bytes.le16(at)), std::to_string(bytes.le16(at + 2))};
    path.resize(1 + (bytes.u8(at + 4) & 1));
    kept.addThreat(std::to_string(bytes.u8(at + 5) & 3), bytes.u8(at + 6) & 1, path);
    const auto reason = static_cast<Reason>(bytes.u8(at + 7) % (static_cast<unsigned>(Reason::changed) + 1));
    if (reasonName(reason).empty()) return;
    if (bytes.u8(at + 4) & 2) kept.addOuterUnscanned(reason, 1);
    if (!kept.hasRow(path) && !kept.hasReasonUnder(reason, path)) kept.addUnscanned(reason, path, 1);
  }
  kept.finish();
}

static constexpr std::array parsers = {
    Parser{"iso", iso},           Parser{"zip", zip},       Parser{"rar5", rar5},         Parser{"password", password},
    Parser{"identify", identify}, Parser{"ledger", ledger}, Parser{"rar4", rar4},         Parser{"facts", facts},
    Parser{"outcome", outcome},   Parser{"mail", mail},     Parser{"promises", promises}, Parser{"rpm", rpm}};

Parser findParser(std::string_view name) {
  for (const Parser& parser : parsers)
    if (parser.name == name) return parser;
  return {name, nullptr};
}

}  // namespace lazaret::fuzz
