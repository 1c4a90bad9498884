// SPDX-License-Identifier: GPL-2.0-only
#include "base/ledger.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"

namespace lazaret {

std::string_view reasonName(Reason reason) {
  switch (reason) {
    case Reason::encrypted: return "encrypted";
    case Reason::password: return "password";
    case Reason::corrupted: return "corrupted";
    case Reason::unsupportedCompression: return "unsupported-compression";
    case Reason::layers: return "layers";
    case Reason::size: return "size";
    case Reason::engineLimit: return "engine-limit";
    case Reason::structureAmbiguous: return "structure-ambiguous";
    case Reason::engineFailure: return "engine-failure";
    case Reason::time: return "time";
    case Reason::unreadable: return "unreadable";
    case Reason::special: return "special";
    case Reason::changed: return "changed";
  }
  return "engine-failure";
}

static size_t jsonBytes(const std::string& name, bool withBase64) {
  std::string text;
  appendJsonString(text, name);
  return text.size() + 1 + (withBase64 ? name.size() / 3 * 4 + 8 : 0);
}

// A path too deep, or too long, to be told keeps its outer part: the member stands below it.
static LayerPath capped(const LayerPath& layers) {
  size_t most = 0;  // a byte takes six as JSON, and a third more in Base64
  for (const std::string& name : layers) most += 8 * name.size() + 12;
  if (layers.size() <= limits::layersInPathMax && most <= limits::layersJsonBytesMax - 64) return layers;
  // One name that is no text has all of them told in Base64, too.
  const bool withBase64 =
      !std::all_of(layers.begin(), layers.end(), [](const std::string& name) { return isUtf8(name); });
  LayerPath path;
  size_t left = limits::layersJsonBytesMax - 64;  // what stands around them
  for (std::string name : layers) {
    if (path.size() == limits::layersInPathMax) break;
    // The first name alone may be of bytes that each take many as JSON.
    while (path.empty() && jsonBytes(name, withBase64) > left) name.resize(name.size() * 7 / 8);
    const size_t bytes = jsonBytes(name, withBase64);
    if (bytes > left) break;
    left -= bytes;
    path.push_back(std::move(name));
  }
  return path;
}

void Ledger::addThreat(std::string_view name, bool yara, const LayerPath& whole) {
  name = name.substr(0, limits::threatNameBytesMax);
  if (name.empty()) name = "Unnamed";
  if (full() && namesKnown_.contains({std::string(name), yara})) return;
  const LayerPath layers = capped(whole);
  if (!threatsKnown_.emplace(layers, name, yara).second) return;
  namesKnown_.emplace(name, yara);
  threats_.push_back({std::string(name), yara, layers});
}

static Reason family(Reason reason) { return reason == Reason::password ? Reason::encrypted : reason; }

void Ledger::addRow(Reason reason, LayerPath layers, int64_t bytes) {
  rowPaths_.insert(layers);
  rowPathsByReason_[family(reason)].insert(layers);
  const bool believable = bytes >= 0 && static_cast<uint64_t>(bytes) <= limits::rowBytesMax;
  rows_.push_back({reason, std::move(layers), believable ? bytes : -1});
}

void Ledger::addUnscanned(Reason reason, const LayerPath& layers, int64_t bytes) {
  addRow(reason, capped(layers), bytes);
}

void Ledger::addOuterUnscanned(Reason reason, int64_t bytes) {
  if (outerHasRow_) return;
  outerHasRow_ = true;
  addRow(reason, {}, bytes);
}

bool Ledger::hasRow(const LayerPath& layers) const { return rowPaths_.contains(capped(layers)); }

bool Ledger::hasReasonAt(Reason reason, const LayerPath& layers) const {
  const auto paths = rowPathsByReason_.find(family(reason));
  return paths != rowPathsByReason_.end() && paths->second.contains(capped(layers));
}

static bool isPrefix(const LayerPath& prefix, const LayerPath& whole) {
  return prefix.size() <= whole.size() && std::equal(prefix.begin(), prefix.end(), whole.begin());
}

bool Ledger::hasReasonUnder(Reason reason, const LayerPath& layers) const {
  const auto paths = rowPathsByReason_.find(family(reason));
  if (paths == rowPathsByReason_.end()) return false;
  // In this order what lies below a path follows it at once.
  const LayerPath place = capped(layers);
  const auto next = paths->second.lower_bound(place);
  return next != paths->second.end() && isPrefix(place, *next);
}

// In the order of names, then places, what lies below a threat's place follows it at once: whoever is followed so is
// named deeper.
void Ledger::finish() {
  const auto key = [](const Threat& threat) { return std::tie(threat.yara, threat.name, threat.layers); };
  std::vector<size_t> order(threats_.size());
  for (size_t index = 0; index < order.size(); index++) order[index] = index;
  std::sort(order.begin(), order.end(),
            [&](size_t left, size_t right) { return key(threats_[left]) < key(threats_[right]); });
  std::vector<bool> namedDeeper(threats_.size());
  for (size_t at = 0; at + 1 < order.size(); at++) {
    const Threat &here = threats_[order[at]], &next = threats_[order[at + 1]];
    namedDeeper[order[at]] = here.yara == next.yara && here.name == next.name && isPrefix(here.layers, next.layers);
  }
  std::vector<Threat> kept;
  for (size_t index = 0; index < threats_.size(); index++)
    if (!namedDeeper[index]) kept.push_back(std::move(threats_[index]));
  threats_ = std::move(kept);
}

}  // namespace lazaret
