// SPDX-License-Identifier: GPL-2.0-only
#include "unpack/known-zips.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

// Where its entries lead to, the last first.
static std::vector<size_t> placesOf(Bytes till, const ZipDirectory& directory) {
  std::vector<size_t> places;
  for (const ZipMember& member : directory.members)
    if (member.headerAt < till.size) places.push_back(member.headerAt);
  std::sort(places.begin(), places.end(), std::greater<>());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

static Digest joined(Bytes bytes, const Digest& behind) {
  Digester digester;
  digester.update(bytes);
  digester.update({reinterpret_cast<const uint8_t*>(&behind), sizeof behind});
  return digester.finish();
}

// The digest of all from there to the end, for one place after the other, each byte read once. The list, which all of
// them hold, tells where each begins. `visit` says whether to go on.
template <typename Visit>
static void forEachTail(Bytes till, const ZipDirectory& directory, const std::vector<size_t>& places, Visit visit) {
  Digest tail = digestOf(till.from(directory.at));
  size_t end = till.size;
  for (const size_t place : places) {
    if (place < directory.at) end = std::min(end, directory.at);
    tail = joined(till.sub(place, end - place), tail);
    end = place;
    if (!visit(place, tail)) return;
  }
}

// A list behind the end of its archive is in no digest of what stands before that end.
static bool isListWithin(Bytes till, const ZipDirectory& directory) {
  return directory.at <= till.size && directory.listBytes <= till.size - directory.at;
}

void KnownZips::add(Bytes bytes, const ZipDirectory& directory) {
  const Bytes till = bytes.sub(0, endOf(bytes, directory));
  if (isDamaged(bytes, directory)) {
    if (const std::optional<size_t> begin = beginOfDamaged(bytes, directory))
      known_.insert(digestOf(till.from(*begin)));
    return;
  }
  if (!isListWithin(till, directory)) return;
  const size_t first = firstHeadOf(bytes, directory);
  size_t tails = 0;
  // What is not kept here is opened once more, never left out.
  forEachTail(till, directory, placesOf(till, directory), [&](size_t place, const Digest& tail) {
    if ((place == first || tails++ < limits::zipTailsMax) && known_.size() < limits::zipTailsOfAllMax)
      known_.insert(tail);
    return true;
  });
}

bool KnownZips::has(Bytes bytes, const ZipDirectory& directory) const {
  const Bytes till = bytes.sub(0, endOf(bytes, directory));
  if (isDamaged(bytes, directory)) {
    const std::optional<size_t> begin = beginOfDamaged(bytes, directory);
    return begin && known_.contains(digestOf(till.from(*begin)));
  }
  if (!isListWithin(till, directory)) return false;
  const std::vector<size_t> places = placesOf(till, directory);
  const auto first =
      std::find_if(places.rbegin(), places.rend(), [&](size_t at) { return till.is(at, "PK\x03\x04"sv); });
  bool found = false;
  if (first == places.rend()) return false;
  forEachTail(till, directory, places, [&](size_t place, const Digest& tail) {
    found = place == *first && known_.contains(tail);
    return place > *first;
  });
  return found;
}

}  // namespace lazaret
