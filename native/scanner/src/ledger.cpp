// SPDX-License-Identifier: GPL-2.0-only
#include "ledger.h"

#include <algorithm>

#include "limits.h"

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
    case Reason::engineFailure: return "engine-failure";
    case Reason::time: return "time";
    case Reason::unreadable: return "unreadable";
    case Reason::special: return "special";
    case Reason::changed: return "changed";
  }
  return "engine-failure";
}

// A path too deep to be told keeps its outer part: the member stands below it.
static LayerPath capped(const LayerPath& layers) {
  return layers.size() <= limits::layersInPathMax ? layers : LayerPath(layers.begin(), layers.begin() + limits::layersInPathMax);
}

void Ledger::addThreat(std::string_view name, bool yara, const LayerPath& whole) {
  name = name.substr(0, limits::threatNameBytesMax);
  if (name.empty()) name = "Unnamed";
  const LayerPath layers = capped(whole);
  for (const Threat& known : threats_)
    if (known.name == name && known.layers == layers && known.yara == yara) return;
  if (threats_.size() < limits::threatsMax) threats_.push_back({std::string(name), yara, layers});
}

void Ledger::addUnscanned(Reason reason, const LayerPath& layers, int64_t bytes) {
  rows_.push_back({reason, capped(layers), bytes});
}

void Ledger::addOuterUnscanned(Reason reason, int64_t bytes) {
  if (outerHasRow_) return;
  outerHasRow_ = true;
  rows_.push_back({reason, {}, bytes});
}

bool Ledger::hasRow(const LayerPath& layers) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const UnscannedRow& row) { return row.layers == layers; });
}

static bool isProperPrefix(const LayerPath& prefix, const LayerPath& whole) {
  return prefix.size() < whole.size() && std::equal(prefix.begin(), prefix.end(), whole.begin());
}

static Reason family(Reason reason) { return reason == Reason::password ? Reason::encrypted : reason; }

bool Ledger::hasReasonUnder(Reason reason, const LayerPath& layers) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const UnscannedRow& row) {
    return family(row.reason) == family(reason) && (row.layers == layers || isProperPrefix(layers, row.layers));
  });
}

void Ledger::finish() {
  std::vector<Threat> kept;
  for (const Threat& threat : threats_) {
    const bool namedDeeper = std::any_of(threats_.begin(), threats_.end(), [&](const Threat& other) {
      return other.name == threat.name && other.yara == threat.yara && isProperPrefix(threat.layers, other.layers);
    });
    if (!namedDeeper) kept.push_back(threat);
  }
  threats_ = std::move(kept);
}

}  // namespace lazaret
