// SPDX-License-Identifier: Apache-2.0
#include "opens/process-owner.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "shared/descriptor.h"

namespace lazaret::gate {

static std::string readFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text;
  const ssize_t got = file ? read(file.get(), text.data(), text.size()) : -1;
  return got > 0 ? std::string(text.data(), static_cast<size_t>(got)) : std::string();
}

/** Calls `visit` with each part of `text` between separators, until it answers false. */
template <typename Visit>
static void eachPart(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (!visit(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/** `/system.slice/a.slice/mariadb.service/x` → `mariadb.service`. */
static std::string_view unitOfPath(std::string_view path) {
  std::string_view unit;
  eachPart(path, '/', [&](std::string_view part) {
    if (part.empty()) return true;
    if (part == "user.slice") return false;
    if (part.ends_with(".service")) unit = part;
    return part.ends_with(".slice");
  });
  return unit;
}

std::string unitOfCgroups(std::string_view text) {
  std::string_view unit;
  eachPart(text, '\n', [&](std::string_view line) {
    // `0::/path` is the one hierarchy of version 2; version 1 has systemd's own by name.
    const bool isSystemd = line.starts_with("0::/") || line.find(":name=systemd:/") != std::string_view::npos;
    if (isSystemd) unit = unitOfPath(line.substr(line.find(":/") + 1));
    return unit.empty();
  });
  return std::string(unit);
}

/** "Uid:\treal\teffective\tsaved\tfile system": the second. */
int64_t effectiveUserOf(std::string_view status) {
  int64_t uid = -1;
  eachPart(status, '\n', [&](std::string_view line) {
    if (!line.starts_with("Uid:")) return true;
    const size_t second = line.find('\t', line.find('\t') + 1);
    if (second != std::string_view::npos) uid = std::strtoll(std::string(line.substr(second + 1)).c_str(), nullptr, 10);
    return false;
  });
  return uid;
}

ProcessOwner readProcessOwner(int pid) {
  const std::string place = "/proc/" + std::to_string(pid) + "/";
  return {effectiveUserOf(readFile(place + "status")), unitOfCgroups(readFile(place + "cgroup"))};
}

}  // namespace lazaret::gate
