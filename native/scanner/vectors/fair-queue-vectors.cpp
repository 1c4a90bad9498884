// SPDX-License-Identifier: GPL-2.0-only
// For tests: the fair queue as it stands, driven by lines. Each answers one line.
//   push OWNER ITEM | back OWNER ITEM | take [OWNER …: who may] | charge OWNER COST | drop ITEM | size [OWNER]
//   serve TAKES COST …: one worker takes so many, an item of owner N costs the N-th of these; answers the time of
//                       each owner
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "broker/fair-queue.h"
#include "version.h"

static std::string serve(lazaret::FairQueue<uint64_t>& queue, std::istringstream& line) {
  size_t takes = 0;
  line >> takes;
  std::vector<uint64_t> costs, served;
  for (uint64_t cost; line >> cost;) costs.push_back(cost);
  served.resize(costs.size());
  for (; takes > 0; takes--) {
    const auto owner = queue.next([](uint64_t) { return true; });
    if (!owner) break;
    queue.take(*owner);
    queue.charge(*owner, costs.at(*owner));
    served.at(*owner) += costs.at(*owner);
  }
  std::string text;
  for (const uint64_t each : served) text += (text.empty() ? "" : " ") + std::to_string(each);
  return text;
}

static std::string answer(lazaret::FairQueue<uint64_t>& queue, std::istringstream& line) {
  std::string word;
  uint64_t owner = 0, value = 0;
  line >> word;
  if (word == "take") {
    std::set<uint64_t> may;
    while (line >> owner) may.insert(owner);
    const auto next = queue.next([&may](uint64_t each) { return may.empty() || may.contains(each); });
    return next ? std::to_string(*next) + " " + std::to_string(queue.take(*next)) : "-";
  }
  if (word == "serve") return serve(queue, line);
  line >> owner;
  if (word == "size") return std::to_string(line ? queue.sizeOf(owner) : queue.size());
  if (word == "drop") return std::to_string(queue.takeIf([owner](uint64_t item) { return item == owner; }).size());
  line >> value;
  if (word == "push") queue.push(owner, value);
  if (word == "back") queue.putBack(owner, value);
  if (word == "charge") queue.charge(owner, value);
  return "ok";
}

int main(int count, char** arguments) {
  if (lazaret::tellVersion(count, arguments, "fair-queue-vectors")) return 0;
  lazaret::FairQueue<uint64_t> queue;
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream line(text);
    std::printf("%s\n", answer(queue, line).c_str());
  }
}
