// SPDX-License-Identifier: GPL-2.0-only
// What the engine's own layers prove of a gzip or zip file, so that nothing is unpacked twice (ADR 0003).
#include <map>

#include "file-scan.h"
#include "zip-directory.h"

namespace lazaret {

bool FileScan::provenByEngine(Bytes bytes, Container kind, const Place& place, const Digest& digest) {
  if (kind != Container::gzip && kind != Container::zip) return false;
  LayerReference reference;
  if (!findLayer(digest, reference)) return false;
  const Run& run = *runs_[reference.run];
  return kind == Container::gzip ? provenGzip(bytes, place, run, reference.layer) : provenZip(bytes, place, run, reference.layer);
}

static bool isProvenLeaf(const Layer& layer) { return layer.complete && !layer.hasCut && !layer.normalized && layer.kind == Container::none && !engineTypeIsContainer(layer.engineType); }

// The trailer of a gzip file holds CRC and length of its (last) member: one layer that has both is the whole content.
bool FileScan::provenGzip(Bytes bytes, const Place&, const Run& run, int layer) {
  if (bytes.size < 18) return false;
  const uint32_t crc = bytes.le32(bytes.size - 8), length = bytes.le32(bytes.size - 4);
  for (const int child : run.children[static_cast<size_t>(layer)]) {
    const Layer& content = run.result.layers[static_cast<size_t>(child)];
    if (!isProvenLeaf(content) || content.crc32 != crc || static_cast<uint32_t>(content.bytes) != length) continue;
    if (content.engineType == "CL_TYPE_PDF") return false;  // a document: its password is looked for in its bytes
    ledger_.addLookedAt();
    return true;
  }
  return false;
}

bool FileScan::provenZip(Bytes bytes, const Place& place, const Run& run, int layer) {
  Work work = workFor(bytes);
  const ZipDirectory directory = readZipDirectory(bytes, profile_.membersMax, work);
  if (!directory.complete) return false;
  std::multimap<std::pair<uint32_t, uint64_t>, const Layer*> contents;
  for (const int child : run.children[static_cast<size_t>(layer)])
    if (const Layer& content = run.result.layers[static_cast<size_t>(child)]; isProvenLeaf(content) && content.engineType != "CL_TYPE_PDF")
      contents.emplace(std::pair(content.crc32, content.bytes), &content);
  std::vector<std::pair<const ZipMember*, const Layer*>> proven;
  for (const ZipMember& member : directory.members) {
    if (member.directory) continue;
    if (member.encrypted || (member.method != 0 && member.method != 8)) return false;
    const auto found = contents.find({member.crc32, member.bytes});
    const bool empty = member.bytes == 0 && member.crc32 == 0 && member.method == 0;
    if (found == contents.end() && !empty) return false;
    proven.emplace_back(&member, empty ? nullptr : found->second);
  }
  if (membersListed_ + proven.size() > profile_.membersMax) return false;
  membersListed_ += proven.size();
  for (const auto& [member, content] : proven) {
    if (content) memberPaths_[content->digest].push_back(memberOf(place, member->name, Container::zip).path);
    ledger_.addLookedAt();
  }
  return true;
}

}  // namespace lazaret
