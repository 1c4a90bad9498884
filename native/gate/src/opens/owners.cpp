// SPDX-License-Identifier: Apache-2.0
#include "opens/owners.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string_view>
#include <thread>

#include "shared/descriptor.h"

namespace lazaret::gate {

static constexpr uint64_t readAgainMs = 10'000;

static std::string_view readSome(int pid, const char* name, char (&room)[4096]) {
  const Descriptor file(open(("/proc/" + std::to_string(pid) + "/" + name).c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t got = file ? read(file.get(), room, sizeof room - 1) : -1;
  room[got > 0 ? got : 0] = 0;
  return {room, got > 0 ? static_cast<size_t>(got) : 0};
}

OwnerId Owners::ofProcess(int pid) {
  char room[4096];
  const std::string_view status = readSome(pid, "status", room);
  constexpr std::string_view label = "\nUid:\t";
  const size_t at = status.find(label);
  // One that has gone already waits for nothing.
  if (at == std::string_view::npos) return 0;
  const OwnerId owner = ofUser(static_cast<uint32_t>(std::strtoul(status.data() + at + label.size(), nullptr, 10)));
  if (owner != 0) return owner;
  return static_cast<OwnerId>(static_cast<uint32_t>(std::hash<std::string_view>()(readSome(pid, "cgroup", room))))
         << 32;
}

OwnerId Owners::ofUser(uint32_t uid) {
  const std::lock_guard lock(mutex_);
  for (const Range& range : ranges_)
    if (uid >= range.first && uid - range.first < range.count) return range.owner;
  return uid;
}

static std::map<std::string, uint32_t> readAccounts() {
  std::map<std::string, uint32_t> numbers;
  std::ifstream file("/etc/passwd");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, password, uid;
    if (std::getline(fields, name, ':') && std::getline(fields, password, ':') && std::getline(fields, uid, ':'))
      numbers[name] = static_cast<uint32_t>(std::strtoul(uid.c_str(), nullptr, 10));
  }
  return numbers;
}

std::vector<Owners::Range> Owners::readRanges() {
  std::vector<Range> ranges;
  std::ifstream file("/etc/subuid");
  if (!file) return ranges;
  const std::map<std::string, uint32_t> accounts = readAccounts();
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string who, first, count;
    if (!std::getline(fields, who, ':') || !std::getline(fields, first, ':') || !std::getline(fields, count)) continue;
    const auto known = accounts.find(who);
    const bool isNumber = !who.empty() && who.find_first_not_of("0123456789") == std::string::npos;
    if (known == accounts.end() && !isNumber) continue;
    ranges.push_back(
        {std::strtoull(first.c_str(), nullptr, 10), std::strtoull(count.c_str(), nullptr, 10),
         known == accounts.end() ? static_cast<uint32_t>(std::strtoul(who.c_str(), nullptr, 10)) : known->second});
  }
  return ranges;
}

void Owners::run() {
  for (;; std::this_thread::sleep_for(std::chrono::milliseconds(readAgainMs))) {
    std::vector<Range> ranges = readRanges();
    const std::lock_guard lock(mutex_);
    ranges_.swap(ranges);
  }
}

}  // namespace lazaret::gate
