// SPDX-License-Identifier: GPL-2.0-only
// A queue in which owners share what serves them by time, not by number: who has used least is next. Start-time fair
// queuing: each owner has a mark, the service that it has had; it moves by what each of its items cost. Who comes after
// a pause begins at the present mark of all, so that nobody saves up; what it has used beyond that stays remembered, so
// that going away and coming back does not wipe it out. Pure: no clock, no I/O.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lazaret {

template <class Item>
class FairQueue {
 public:
  /** Owners that wait for nothing and are remembered for what they used. */
  static constexpr size_t rememberedMax = 4096;

  void push(uint64_t owner, Item item) { enter(owner).items.push_back(std::move(item)), size_++; }
  /** One that was taken and could not be served: it is its owner's first again. */
  void putBack(uint64_t owner, Item item) { enter(owner).items.push_front(std::move(item)), size_++; }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t sizeOf(uint64_t owner) const {
    const auto found = owners_.find(owner);
    return found == owners_.end() ? 0 : found->second.items.size();
  }

  /** Whose turn it is, of those that may be served now. */
  template <class May>
  std::optional<uint64_t> next(May may) const {
    for (const Turn& turn : turns_)
      if (may(turn.owner)) return turn.owner;
    return std::nullopt;
  }

  /** Of an owner that has some. Charged by what its last one cost, until `charge` tells the truth. */
  Item take(uint64_t owner) {
    Owner& one = owners_.at(owner);
    turns_.erase(turnOf(owner, one));
    Item item = std::move(one.items.front());
    one.items.pop_front();
    size_--;
    now_ = std::max(now_, one.mark);
    one.mark += one.expected;
    if (!one.items.empty()) line(owner, one);
    return item;
  }

  /** What one that was taken has cost in the end. */
  void charge(uint64_t owner, uint64_t cost) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) return;
    Owner& one = found->second;
    const bool lined = !one.items.empty();
    if (lined) turns_.erase(turnOf(owner, one));
    one.mark = one.mark - std::min(one.mark, one.expected) + cost;
    one.expected = std::max<uint64_t>(cost, 1);
    if (lined) line(owner, one);
  }

  /** Takes out all that fit, in no order that means anything, and charges nobody. */
  template <class Fits>
  std::vector<Item> takeIf(Fits fits) {
    std::vector<Item> taken;
    for (auto& [owner, one] : owners_) {
      if (one.items.empty()) continue;
      const auto from =
          std::stable_partition(one.items.begin(), one.items.end(), [&](const Item& item) { return !fits(item); });
      if (from == one.items.end()) continue;
      taken.insert(taken.end(), std::make_move_iterator(from), std::make_move_iterator(one.items.end()));
      one.items.erase(from, one.items.end());
      if (one.items.empty()) turns_.erase(turnOf(owner, one));
    }
    size_ -= taken.size();
    return taken;
  }

  const Item& frontOf(uint64_t owner) const { return owners_.at(owner).items.front(); }
  /** Those that wait, in no order that means anything. */
  template <class Visit>
  void eachOf(uint64_t owner, Visit visit) const {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) return;
    for (const Item& item : found->second.items) visit(item);
  }
  /** How many wait for each owner that waits. */
  template <class Visit>
  void eachOwner(Visit visit) const {
    for (const Turn& turn : turns_) visit(turn.owner, owners_.at(turn.owner).items.size());
  }

 private:
  struct Owner {
    std::deque<Item> items;
    uint64_t mark = 0;
    uint64_t order = 0;
    uint64_t expected = 1;
  };
  struct Turn {
    uint64_t mark, order, owner;
    auto operator<=>(const Turn&) const = default;
  };

  typename std::set<Turn>::iterator turnOf(uint64_t owner, const Owner& one) {
    return turns_.find({one.mark, one.order, owner});
  }
  void line(uint64_t owner, Owner& one) {
    one.order = ++orders_;
    turns_.insert({one.mark, one.order, owner});
  }

  /** Before an item is added. */
  Owner& enter(uint64_t owner) {
    if (owners_.size() >= rememberedMax && !owners_.contains(owner)) forget();
    Owner& one = owners_[owner];
    if (!one.items.empty()) return one;
    one.mark = std::max(one.mark, now_);
    line(owner, one);
    return one;
  }

  /** Those first that owe nothing; should all owe, all that wait for nothing. */
  void forget() {
    std::erase_if(owners_,
                  [this](const auto& entry) { return entry.second.items.empty() && entry.second.mark <= now_; });
    if (owners_.size() >= rememberedMax)
      std::erase_if(owners_, [](const auto& entry) { return entry.second.items.empty(); });
  }

  std::unordered_map<uint64_t, Owner> owners_;
  std::set<Turn> turns_;  // of those that have items
  uint64_t now_ = 0;      // the mark of who was served last
  uint64_t orders_ = 0;
  size_t size_ = 0;
};

}  // namespace lazaret
