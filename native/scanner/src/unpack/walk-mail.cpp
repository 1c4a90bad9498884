// SPDX-License-Identifier: GPL-2.0-only
// LM-11: the second reader of mail. The engine reads a mail in one way; each part that another program may see in it
// and the engine did not is scanned here.
#include <algorithm>

#include "unpack/file-scan.h"
#include "base/limits.h"
#include "mail/mail-parts.h"

namespace lazaret {

// Mail in mail shares what may be spent: else each layer would multiply the readings of the one around it.
void FileScan::walkMail(Bytes bytes, const Place& mail) {
  const MailMark mark = mailMarkOf(bytes);
  if (mark == MailMark::none) return;
  Place place = mail;
  if (mark == MailMark::loose) {
    // An archive that does not begin as a mail holds one at most.
    const ContainerMatch match = identifyContainer(bytes);
    place.inView = place.inView || (match.kind != Container::none && match.end == 0);
  }
  const auto size = static_cast<int64_t>(bytes.size);
  if (place.nesting + 1 > profile_.nestingMax) return containerFailed(Reason::engineLimit, place, size);
  Work own = workFor(bytes);
  Work* const outer = mailWork_;
  if (!outer) mailWork_ = &own;
  const MailListing listing = listMail(bytes, mark, *mailWork_);
  size_t number = 0;
  for (const MailPart& part : listing.parts) {
    if (!readMailPart(bytes, part, ++number, listing.plain, place)) break;
  }
  if (outOfWalkTime()) containerFailed(Reason::time, place, size);
  else if (!listing.whole) containerFailed(Reason::structureAmbiguous, place, size);
  mailWork_ = outer;
}

// The engine has read it, and what it holds is counted there.
bool FileScan::isListedByEngine(Bytes bytes, const Digest& digest, bool plain) const {
  LayerReference reference;
  if (const Layer* layer = findLayer(digest, reference))
    return layer->kept || layer->kind == Container::none || layer->kind == Container::engineOnly;
  const std::optional<Digest> text = plain ? textDigestOf(bytes) : std::nullopt;
  return text && textsSeen_.contains(*text);
}

// False: no more of them.
bool FileScan::readMailPart(Bytes mail, const MailPart& part, size_t number, bool plain, const Place& place) {
  const std::unique_ptr<ByteSource> source = openMailText(mail.sub(part.begin, part.end - part.begin), part.coding);
  const Place member =
      memberOf(place, part.name.empty() ? "part-" + std::to_string(number) : part.name, Container::none);
  Spill spill(temporary_);
  for (Bytes piece = source->next(); piece.size > 0; piece = source->next()) {
    if (outOfWalkTime()) return false;
    if (spill.append(piece)) continue;
    unreadMember(Reason::engineLimit, member, -1);
    return true;
  }
  const Bytes bytes = spill.bytes();
  if (bytes.size == 0) return true;
  const Digest digest = digestOf(bytes);
  // Readings that come to the same are one.
  if (!mailParts_.emplace(place.path, digest).second) return true;
  if (isListedByEngine(bytes, digest, plain)) {
    if (!place.inView) membersMet_.insert(digest);
    // What the engine read of it, it read in its own way.
    if (part.coding != MailCoding::identity) walkMail(bytes, member);
    return true;
  }
  if (!memberAllowed(place)) return false;
  if (bytes.size >= profile_.memberBytesMax && identifyContainer(bytes).kind == Container::none)
    unreadMember(Reason::size, member, static_cast<int64_t>(bytes.size));
  else finishMember(bytes, member);
  return true;
}

}  // namespace lazaret
