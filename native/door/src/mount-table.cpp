// SPDX-License-Identifier: Apache-2.0
#include "mount-table.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace lazaret::door {

namespace {

constexpr size_t pieceBytes = 128 * 1024;  // no line is longer: two paths and the options, escaped

std::string_view nextWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/** Calls `isWanted` for each line until it says yes. */
template <typename Wanted>
bool anyLine(int table, Wanted isWanted) {
  if (table < 0 || lseek(table, 0, SEEK_SET) != 0) return false;
  std::vector<char> buffer(pieceBytes);
  size_t held = 0;
  for (ssize_t got; held < buffer.size() && (got = read(table, buffer.data() + held, buffer.size() - held)) > 0;) {
    held += static_cast<size_t>(got);
    std::string_view text(buffer.data(), held);
    for (size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
      if (isWanted(text.substr(0, end))) return true;
    std::copy(text.begin(), text.end(), buffer.begin());
    held = text.size();
  }
  return false;
}

}  // namespace

bool parseMount(std::string_view line, Mount& mount) {
  const std::string_view number = nextWord(line);
  if (std::from_chars(number.begin(), number.end(), mount.id).ec != std::errc()) return false;
  nextWord(line);  // its parent
  mount.device = nextWord(line);
  const size_t dash = line.find(" - ");  // spaces of paths are escaped
  if (dash == std::string_view::npos) return false;
  line.remove_prefix(dash + 3);
  mount.type = nextWord(line);
  return true;
}

bool findMount(int table, unsigned long long id, Mount& mount) {
  return anyLine(table, [&](std::string_view line) { return parseMount(line, mount) && mount.id == id; });
}

bool hasMountOf(int table, std::string_view device) {
  Mount mount;
  return anyLine(table, [&](std::string_view line) { return parseMount(line, mount) && mount.device == device; });
}

}  // namespace lazaret::door
