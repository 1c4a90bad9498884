// SPDX-License-Identifier: GPL-2.0-only
// What the engine's own layers prove of a gzip or zip file, so that no member is read twice (ADR 0003).
#include <algorithm>
#include <map>

#include "unpack/file-scan.h"
#include "base/limits.h"
#include "zip/zip-directory.h"

namespace lazaret {

bool FileScan::provenByEngine(Bytes bytes, Container kind, const Place& place, const Digest& digest) {
  if (kind != Container::gzip && kind != Container::zip) return false;
  LayerReference reference;
  if (!findLayer(digest, reference)) return false;
  const Run& run = *runs_[reference.run];
  return kind == Container::gzip ? provenGzip(bytes, run, reference.layer)
                                 : provenZip(bytes, place, run, reference.layer);
}

// A document's password is looked for in its bytes.
static bool isProvenLeaf(const Layer& layer) { return layer.isReadLeaf() && layer.engineType != "CL_TYPE_PDF"; }

// Where a gzip stream ends only its packed bytes tell: what follows it may end with a copy of its trailer.
bool FileScan::endsWithStream(Bytes bytes) const {
  GzipSource source(bytes);
  while (source.end() == SourceEnd::open && !outOfWalkTime()) source.next();
  return source.end() == SourceEnd::complete && source.rest().size == 0;
}

// The trailer of a gzip file holds CRC and length of its last member: where there is no other, one layer that has both
// is the whole content. The sum alone is no proof, whoever packs chooses it: the engine may have left out a member, or
// the rest of a long one.
bool FileScan::provenGzip(Bytes bytes, const Run& run, int layer) {
  constexpr std::string_view mark = "\x1f\x8b\x08";
  if (bytes.size < 18 || bytes.text().find(mark, 1) != std::string_view::npos) return false;
  const uint32_t crc = bytes.le32(bytes.size - 8), length = bytes.le32(bytes.size - 4);
  for (const int child : run.children[static_cast<size_t>(layer)]) {
    const Layer& content = run.result.layers[static_cast<size_t>(child)];
    if (!isProvenLeaf(content) || content.crc32 != crc || static_cast<uint32_t>(content.bytes) != length) continue;
    if (content.bytes >= limits::engineContainerBytesMax || !endsWithStream(bytes)) return false;
    membersMet_.insert(content.digest);
    ledger_.addLookedAt();
    return true;
  }
  return false;
}

// A check sum is no proof, whoever packs chooses it: two members may have the same, and readers that differ in where a
// member stands may take each another one. So the archive must be such that all read the same, and each member needs a
// layer of its own, beside which there is none that is more than a leaf.
bool FileScan::provenZip(Bytes bytes, const Place& place, const Run& run, int layer) {
  Work work = workFor(bytes);
  const ZipDirectory directory = readZipDirectory(bytes, profile_.membersMax, work);
  if (!isPlainlyLaidOut(bytes, directory, work)) return false;
  std::multimap<ContentSum, const Layer*> contents;
  for (const int child : run.children[static_cast<size_t>(layer)]) {
    const Layer& content = run.result.layers[static_cast<size_t>(child)];
    if (content.normalized) continue;
    if (!isProvenLeaf(content) || !content.crc32) return false;
    contents.emplace(ContentSum(*content.crc32, content.bytes), &content);
  }
  std::vector<std::pair<const ZipMember*, const Layer*>> proven;
  for (const ZipMember& member : directory.members) {
    if (member.directory && member.isEmpty()) continue;
    if (member.encrypted || (member.method != 0 && member.method != 8)) return false;
    const auto found = contents.find({member.crc32, member.bytes});
    if (found == contents.end() && !member.isEmpty()) return false;
    proven.emplace_back(&member, member.isEmpty() ? nullptr : found->second);
    if (!member.isEmpty()) contents.erase(found);
  }
  if (membersListed_ + proven.size() > profile_.membersMax) return false;
  membersListed_ += proven.size();
  for (const auto& [member, content] : proven) {
    if (content) meetMember(content->digest, memberOf(place, member->name, Container::zip));
    ledger_.addLookedAt();
  }
  return true;
}

// What the engine alone opens counts by what it made of it; what its own list promises beside that is named.
void FileScan::lookAtEngineOnly(Bytes bytes, const Place& place, const Digest& digest) {
  LayerReference reference;
  const Layer* layer = findLayer(digest, reference);
  const bool opened = layer && engineTypeListsMembers(layer->engineType) &&
                      !runs_[reference.run]->children[static_cast<size_t>(reference.layer)].empty();
  if (!opened && !place.outer) ledger_.addLookedAt();
  if (layer) noteInView(bytes, reference);
  if (!layer || runs_[reference.run]->result.unread) return;
  Work work = workFor(bytes);
  if (const std::optional<Promises> promises = promisesOf(bytes, profile_.membersMax, work))
    missMembers(*promises, reference, place);
}

void FileScan::missMembers(const Promises& promises, const LayerReference& reference, const Place& place) {
  const Run& run = *runs_[reference.run];
  std::multimap<uint64_t, std::optional<uint32_t>> contents;
  for (const int child : run.children[static_cast<size_t>(reference.layer)])
    if (const Layer& content = run.result.layers[static_cast<size_t>(child)];
        !content.isEmbedded && (content.complete || content.hasCut))
      contents.emplace(content.bytes, content.crc32);
  for (const Promise& promise : promises.members) {
    const auto [begin, end] = contents.equal_range(promise.bytes);
    const auto found = std::find_if(
        begin, end, [&](const auto& content) { return !promise.crc32 || content.second == *promise.crc32; });
    const bool read = found != end || promise.bytes == 0;
    if (found != end) contents.erase(found);
    const std::optional<Reason> reason = promise.unreadable ? promise.unreadable
                                         : read             ? std::nullopt
                                                            : std::optional(Reason::corrupted);
    if (reason)
      unreadMember(*reason, memberOf(place, promise.name, Container::none), static_cast<int64_t>(promise.bytes));
  }
  if (!promises.whole) containerFailed(Reason::corrupted, place, -1);
}

std::vector<const Layer*> FileScan::engineMembers(const Place& member, size_t most) {
  LayerReference reference;
  if (!member.container || !findLayer(*member.container, reference)) return {};
  const auto [known, isNew] = engineMembers_.try_emplace(*member.container);
  if (isNew) {
    const Run& run = *runs_[reference.run];
    for (const int child : run.children[static_cast<size_t>(reference.layer)])
      if (const Layer& layer = run.result.layers[static_cast<size_t>(child)]; layer.isNamed())
        known->second.emplace(layer.name, &layer);
  }
  const auto [begin, end] = known->second.equal_range(member.path.back());
  std::vector<const Layer*> layers;
  for (auto at = begin; at != end && layers.size() < most; ++at) layers.push_back(at->second);
  return layers;
}

// Its directory has the name once: more than a few in the engine's list are no accident.
static constexpr size_t sameNamesMax = 16;

// Only an archive that every reader reads alike tells a check sum here: what the engine made of this member is no
// other's.
const Layer* FileScan::engineMember(const Place& member, int64_t declaredBytes) {
  if (!member.crc32 || declaredBytes <= 0) return nullptr;
  for (const Layer* layer : engineMembers(member, sameNamesMax))
    if (layer->complete && !layer->hasCut && layer->bytes == static_cast<uint64_t>(declaredBytes) &&
        layer->crc32 == member.crc32)
      return layer;
  return nullptr;
}

// A copy of it is walked at the end, if it is more than a leaf.
void FileScan::countEngineMember(const Layer& layer, const Place& member) {
  if (layer.unwalked) unreadMember(Reason::engineLimit, member, static_cast<int64_t>(layer.bytes));
  else if (!layer.kept) ledger_.addLookedAt();
}

}  // namespace lazaret
