// SPDX-License-Identifier: GPL-2.0-only
// Copies that the engine kept of what it met: walked for their ledger, members first (ADR 0003).
#include "unpack/file-scan.h"

namespace lazaret {

// Some formats store, or nearly so: what they hold stands in plain view of the file around it, mostly cut. The engine
// looks for archives and mail in there, too. What it finds is no member unless the walker met the same bytes where they
// belong: of an archive that the walker opened it met every member, or told why not, and in what the engine alone opens
// an archive found in the middle is none of its members.
bool FileScan::isMerelyInView(const Run& run, const KeptLayer& kept) const {
  const std::vector<Layer>& layers = run.result.layers;
  // A member of a method that the engine alone has is one by the list of its archive.
  const int from = kept.isAlone ? layers[static_cast<size_t>(kept.layer)].parent : kept.layer;
  for (int at = from; at > 0; at = layers[static_cast<size_t>(at)].parent) {
    const Layer& here = layers[static_cast<size_t>(at)];
    if (membersMet_.contains(here.digest)) return false;
    const Layer& above = layers[static_cast<size_t>(here.parent)];
    // If the engine read it as another format, what it found may be a member of that format, which no walker lists. Its
    // word "mail" is no such format: it calls an archive that stores a mail so.
    const bool isOtherToEngine = !engineTypeIsMail(above.engineType) &&
                                 (engineTypeListsMembers(above.engineType) || engineTypeHasStreams(above.engineType));
    const bool isWalked = above.isWalkable() && !above.isBehind && !isOtherToEngine &&
                          (here.parent == 0 || above.kept || membersMet_.contains(above.digest));
    const bool hasMembers = above.isContainer() || engineTypeHasStreams(above.engineType);
    if (isWalked || (here.isEmbedded && hasMembers)) return true;
  }
  return run.place.inView;
}

// Archives that the engine met inside mail, OLE or a document's streams: walked for their ledger, as every other
// archive. What is merely in view comes last: by then all members have been met.
void FileScan::walkKept() {
  std::vector<std::pair<size_t, KeptLayer>> inView;
  size_t run = 0;
  const auto walkMembers = [&] {
    for (; run < runs_.size(); run++) {  // walking may add runs
      findShownAgain(run);
      std::vector<KeptLayer> kept = std::move(runs_[run]->result.kept);
      for (KeptLayer& one : kept) {
        if (shownAgain_.contains({run, one.layer})) continue;
        if (isMerelyInView(*runs_[run], one)) inView.emplace_back(run, std::move(one));
        else walkKeptLayer(run, one, false);
      }
    }
  };
  walkMembers();
  for (size_t at = 0; at < inView.size(); at++) {
    const auto [of, kept] = std::move(inView[at]);
    walkKeptLayer(of, kept, isMerelyInView(*runs_[of], kept));
    walkMembers();
  }
}

void FileScan::walkKeptLayer(size_t run, const KeptLayer& kept, bool inView) {
  const Layer layer = runs_[run]->result.layers[static_cast<size_t>(kept.layer)];
  const Bytes bytes{kept.bytes.data(), kept.bytes.size()};
  Place place;
  place.path = pathOf(*runs_[run], kept.layer);
  place.compressions = layer.compressions;
  place.nesting = layer.nesting;
  place.inView = inView;
  if (layer.hasCut) ledger_.addUnscanned(layer.cut, place.path, static_cast<int64_t>(layer.bytes));
  else if (layer.kind == Container::none && !kept.isAlone) walkMail(bytes, place);
  else finishMember(bytes, place);
}

}  // namespace lazaret
