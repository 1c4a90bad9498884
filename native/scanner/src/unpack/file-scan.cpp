// SPDX-License-Identifier: GPL-2.0-only
#include "unpack/file-scan.h"

#include <algorithm>
#include <tuple>

#include "base/clock.h"
#include "base/faults.h"
#include "base/limits.h"
#include "formats/passwords.h"

namespace lazaret {

size_t FileScan::runEngine(Bytes bytes, const Place& place, uint32_t budgetMs) {
  auto run = std::make_unique<Run>();
  run->place = place;
  const auto onHit = [&](std::string_view name, bool yara, const LayerPath& inner) {
    tellHit(place, name, yara, inner);
  };
  run->result = engine_.scan({bytes, &profile_, place.compressions, place.nesting, budgetMs, !place.outer, onHit});
  std::vector<Layer>& layers = run->result.layers;
  run->children.resize(layers.size());
  const size_t index = runs_.size();
  for (size_t at = 0; at < layers.size(); at++) {
    if (layers[at].parent >= 0) run->children[static_cast<size_t>(layers[at].parent)].push_back(static_cast<int>(at));
    // What the engine made itself (a page without its comments, a mail of a `data:` address) it compares with its own
    // patterns alone.
    if (layers[at].complete && !layers[at].hasCut && !layers[at].normalized) {
      seen_.insert(layers[at].digest);
      if (layers[at].text) textsSeen_.insert(*layers[at].text);
    }
  }
  runs_.push_back(std::move(run));
  for (size_t at = 0; at < runs_[index]->result.layers.size(); at++) rememberLayer({index, static_cast<int>(at)});
  for (const KeptLayer& kept : runs_[index]->result.kept) {
    const Layer& layer = layerAt({index, kept.layer});
    // One that is merely in view is no reason to pass over the same zip where it belongs.
    if (layer.kind != Container::zip || layer.hasCut || isMerelyInView(*runs_[index], kept)) continue;
    const Bytes content{kept.bytes.data(), kept.bytes.size()};
    Work work(content.size);  // the walk has no deadline yet
    rememberZip(content, work);
  }
  return index;
}

const Layer& FileScan::layerAt(const LayerReference& reference) const {
  return runs_[reference.run]->result.layers[static_cast<size_t>(reference.layer)];
}

// The engine may meet the same bytes at several places (in an archive, and in plain view of one that stores it). Where
// they are less deep, less of what they hold is cut.
static bool readsMore(const Layer& left, const Layer& right) {
  if (left.complete != right.complete) return left.complete;
  return std::pair(left.compressions, left.nesting) < std::pair(right.compressions, right.nesting);
}

void FileScan::rememberLayer(const LayerReference& reference) {
  if (layerAt(reference).normalized) return;
  const auto [known, isNew] = byDigest_.emplace(layerAt(reference).digest, reference);
  if (!isNew && readsMore(layerAt(reference), layerAt(known->second))) known->second = reference;
}

const Layer* FileScan::findLayer(const Digest& digest, LayerReference& reference) const {
  const auto found = byDigest_.find(digest);
  if (found == byDigest_.end()) return nullptr;
  reference = found->second;
  return &layerAt(reference);
}

LayerPath FileScan::layerPath(const Run& run, int layer) const {
  LayerPath names;
  for (int at = layer; at > 0; at = run.result.layers[static_cast<size_t>(at)].parent)
    if (const Layer& here = run.result.layers[static_cast<size_t>(at)]; here.isNamed()) names.push_back(here.name);
  LayerPath path = run.place.path;
  path.insert(path.end(), names.rbegin(), names.rend());
  return path;
}

// The walker knows members by their digest, the engine names what lies deeper.
FileScan::Standing FileScan::standingOf(const Run& run, int layer) const {
  Standing standing;
  for (int at = layer; at >= 0; at = run.result.layers[static_cast<size_t>(at)].parent) {
    const Layer& here = run.result.layers[static_cast<size_t>(at)];
    if (const auto known = memberPaths_.find(here.digest); known != memberPaths_.end()) {
      standing.member = &known->first;
      std::reverse(standing.below.begin(), standing.below.end());
      return standing;
    }
    if (at > 0 && here.isNamed()) standing.below.push_back(here.name);
  }
  standing.below = layerPath(run, layer);
  return standing;
}

static LayerPath joined(LayerPath path, const LayerPath& below) {
  path.insert(path.end(), below.begin(), below.end());
  return path;
}

// The first of its places.
LayerPath FileScan::pathOf(const Run& run, int layer) const {
  const Standing standing = standingOf(run, layer);
  return standing.member ? joined(memberPaths_.at(*standing.member).front(), standing.below) : standing.below;
}

// Every place where what was found stands. A member that comes a thousand times was found a thousand times: its places
// are gone through once.
void FileScan::resolveHits() {
  std::set<std::tuple<std::string_view, bool, Digest, LayerPath>> resolved;
  for (const std::unique_ptr<Run>& run : runs_)
    for (const LayerHit& hit : run->result.hits) {
      const Standing standing = standingOf(*run, hit.layer);
      if (!standing.member) {
        ledger_.addThreat(hit.name, hit.yara, standing.below);
        continue;
      }
      if (!resolved.emplace(hit.name, hit.yara, *standing.member, standing.below).second) continue;
      addThreats(hit, memberPaths_.at(*standing.member), standing.below);
    }
}

// Once the ledger is full, the first place stands for all: a pattern is not kept out of it by the places of another.
void FileScan::addThreats(const LayerHit& hit, const std::vector<LayerPath>& places, const LayerPath& below) {
  for (size_t at = 0; at < places.size(); at++) {
    if (at > 0 && ledger_.full()) return;
    ledger_.addThreat(hit.name, hit.yara, joined(places[at], below));
  }
}

// Reasons that the engine told, for places where no reader of ours looked.
void FileScan::resolveHints() {
  for (const std::unique_ptr<Run>& run : runs_) {
    for (const LayerHint& hint : run->result.hints) {
      if (hint.layer < 0 || static_cast<size_t>(hint.layer) >= run->result.layers.size()) continue;
      const Layer& layer = run->result.layers[static_cast<size_t>(hint.layer)];
      const LayerPath path = pathOf(*run, hint.layer);
      // Where the walker went, its ledger is exact; the engine's word would only double it.
      // A document before an archive has no ledger of its own.
      const bool isWalked = !layer.isDocumentBefore() && (layer.isWalkable() || walked_.contains(path));
      // It tells some only at the end, when the place is forgotten: a row inside says it already.
      if (isWalked || ledger_.hasRow(path) || ledger_.hasReasonUnder(hint.reason, path)) continue;
      const bool counted =
          layer.kind == Container::engineOnly || layer.unwalked || engineTypeListsMembers(layer.engineType);
      if (hint.reason == Reason::engineLimit && !counted) continue;
      if (run->place.outer && hint.layer == 0)
        ledger_.addOuterUnscanned(hint.reason, static_cast<int64_t>(layer.bytes));
      else ledger_.addUnscanned(hint.reason, path, static_cast<int64_t>(layer.bytes));
    }
  }
}

void FileScan::countEngineLeaf(size_t run, int index) {
  const Layer& layer = runs_[run]->result.layers[static_cast<size_t>(index)];
  const LayerPath path = pathOf(*runs_[run], index);
  if (layer.hasCut) ledger_.addUnscanned(layer.cut, path, static_cast<int64_t>(layer.bytes));
  else if (layer.unwalked) ledger_.addUnscanned(Reason::engineLimit, path, static_cast<int64_t>(layer.bytes));
  else if (!layer.complete) ledger_.addUnscanned(Reason::time, path, static_cast<int64_t>(layer.bytes));
  else ledger_.addLookedAt();
}

// Members of what the engine alone opens (mail, OLE): its layers are their list.
void FileScan::countEngineMembers(size_t run) {
  const std::vector<Layer>& layers = runs_[run]->result.layers;
  for (size_t parent = 0; parent < layers.size(); parent++) {
    if (!engineTypeListsMembers(layers[parent].engineType)) continue;
    // A `data:` address of HTML is no member that is listed; what of it was not read is told all the same.
    const bool isListed = !layers[parent].normalized;
    for (const int child : runs_[run]->children[parent]) {
      const Layer& layer = layers[static_cast<size_t>(child)];
      if (layer.normalized || shownAgain_.contains({run, child})) continue;
      const bool opened =
          engineTypeListsMembers(layer.engineType) && !runs_[run]->children[static_cast<size_t>(child)].empty();
      if (!layer.kept && !opened && (isListed || layer.hasCut || layer.unwalked)) countEngineLeaf(run, child);
    }
  }
}

// What the engine cut inside a document or a program that nobody lists and of which nothing was kept: no reader of ours
// comes there, so it is told here.
void FileScan::tellCutsInside(size_t run) {
  const std::vector<Layer>& layers = runs_[run]->result.layers;
  const auto isOpaque = [](const Layer& layer) { return !layer.isContainer(); };
  for (size_t at = 1; at < layers.size(); at++) {
    const Layer& layer = layers[at];
    // Where time ran out the whole run is told.
    if (!layer.hasCut || layer.cut == Reason::time) continue;
    int above = layer.parent;
    const auto aboveLayer = [&]() -> const Layer& { return layers[static_cast<size_t>(above)]; };
    while (above > 0 && !aboveLayer().kept && !engineTypeListsMembers(aboveLayer().engineType) &&
           !isOpaque(aboveLayer()))
      above = aboveLayer().parent;
    if (above < 0 || aboveLayer().kept || !isOpaque(aboveLayer())) continue;
    const LayerPath path = pathOf(*runs_[run], static_cast<int>(at));
    if (!ledger_.hasReasonUnder(layer.cut, path))
      ledger_.addUnscanned(layer.cut, path, static_cast<int64_t>(layer.bytes));
  }
}

void FileScan::tellHit(const Place& place, std::string_view name, bool yara, const LayerPath& inner) {
  if (!onHit_) return;
  const faults::Later later = faults::laterOf(outer_);
  onHit_(name, yara, joined(place.path, inner));
  faults::happen(later);
}

void FileScan::run(Bytes bytes) {
  outer_ = bytes;
  Place outer;
  outer.outer = true;
  const size_t main = runEngine(bytes, outer, profile_.engineTimeMs);
  walkDeadlineMs_ = nowMs() + profile_.walkTimeMs;
  const EngineResult& result = runs_[main]->result;
  const auto size = static_cast<int64_t>(bytes.size);
  if (result.unread) ledger_.addOuterUnscanned(*result.unread, size);
  Work work = workFor(bytes);
  if (isPasswordProtected(bytes, work)) ledger_.addOuterUnscanned(Reason::password, size);
  else if (work.spent()) ledger_.addOuterUnscanned(whySpent(work), size);
  const ContainerMatch match = identifyContainer(bytes);
  openMatch(bytes, match, outer, result.layers.empty() ? digestOf(bytes) : result.layers[0].digest);
  walkKept();
  for (size_t run = 0; run < runs_.size(); run++) {
    countEngineMembers(run);
    tellCutsInside(run);
  }
  resolveHints();
  resolveHits();
  ledger_.finish();
}

}  // namespace lazaret
