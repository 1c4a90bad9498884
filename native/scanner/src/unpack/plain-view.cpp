// SPDX-License-Identifier: GPL-2.0-only
// Archives that what the engine alone opens (ARJ, OLE2) stores as they are: the engine opens such a member, and finds
// it once more in plain view of the bytes around it. What it finds there comes without a layer of its own, as if it
// were members of the outer one. It is counted and told with the member, which is walked.
#include <algorithm>

#include "unpack/file-scan.h"

namespace lazaret {

// Members in the order in which they stand cost one search together.
void FileScan::noteInView(Bytes bytes, const LayerReference& outer) {
  const Run& run = *runs_[outer.run];
  Work work = workFor(bytes);
  size_t from = 0;
  for (const KeptLayer& kept : run.result.kept) {
    const Layer& layer = run.result.layers[static_cast<size_t>(kept.layer)];
    if (layer.parent != outer.layer || layer.hasCut || run.children[static_cast<size_t>(kept.layer)].empty()) continue;
    for (const size_t begin : {from, size_t{0}}) {
      const Bytes rest = bytes.from(begin);
      const void* found =
          rest.size >= kept.bytes.size() ? memmem(rest.data, rest.size, kept.bytes.data(), kept.bytes.size()) : nullptr;
      const size_t at = found ? static_cast<size_t>(static_cast<const uint8_t*>(found) - bytes.data) : bytes.size;
      // What is not looked for is told twice.
      if (!work.spend(at - std::min(at, begin) + kept.bytes.size())) return;
      if (!found) continue;
      inView_.emplace(layerAt(outer).digest, layer.digest);
      from = at + kept.bytes.size();
      break;
    }
  }
}

// Behind the members of the outer one come those of the archives in plain view: from the last on, as many as these
// archives have.
void FileScan::findShownAgain(size_t run) {
  const std::vector<Layer>& layers = runs_[run]->result.layers;
  const auto nameAndDigest = [&](int at) {
    const Layer& layer = layers[static_cast<size_t>(at)];
    return std::pair(std::string_view(layer.name), layer.digest);
  };
  for (size_t outer = 0; outer < layers.size(); outer++) {
    std::multiset<std::pair<std::string_view, Digest>> expected;
    const std::vector<int>& children = runs_[run]->children[outer];
    for (const int child : children)
      if (inView_.contains({layers[outer].digest, layers[static_cast<size_t>(child)].digest}))
        for (const int member : runs_[run]->children[static_cast<size_t>(child)])
          expected.insert(nameAndDigest(member));
    for (auto child = children.rbegin(); child != children.rend() && !expected.empty(); ++child) {
      // A member of the outer one is met at its own level, whatever else has its name and its bytes.
      if (!layers[static_cast<size_t>(*child)].isEmbedded) continue;
      const auto found = expected.find(nameAndDigest(*child));
      if (found == expected.end()) continue;
      expected.erase(found);
      shownAgain_.emplace(run, *child);
    }
  }
  // And all in them.
  for (size_t at = 0; at < layers.size(); at++)
    if (layers[at].parent >= 0 && shownAgain_.contains({run, layers[at].parent}))
      shownAgain_.emplace(run, static_cast<int>(at));
}

}  // namespace lazaret
