// SPDX-License-Identifier: Apache-2.0
#include "mounts/mount-table.h"

#include <algorithm>
#include <charconv>

namespace lazaret::gate {

/** `\040` and the like: blanks, tabs, line ends and backslashes of names. */
static std::string unescape(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    unsigned value = 0;
    if (text[at] == '\\' && at + 3 < text.size() &&
        std::from_chars(text.data() + at + 1, text.data() + at + 4, value, 8).ptr == text.data() + at + 4) {
      out += static_cast<char>(value);
      at += 3;
    } else out += text[at];
  }
  return out;
}

static std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> list;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    list.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return list;
}

/** id parent device root mountPoint options [tags …] - type source superOptions */
static bool parseLine(std::string_view line, Mount& mount) {
  const auto fields = words(line);
  size_t dash = 6;
  while (dash < fields.size() && fields[dash] != "-") dash++;
  if (dash + 2 >= fields.size()) return false;
  std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), mount.id);
  mount.device = fields[2];
  mount.root = unescape(fields[3]);
  mount.mountPoint = unescape(fields[4]);
  mount.type = unescape(fields[dash + 1]);
  mount.source = unescape(fields[dash + 2]);
  mount.options = dash + 3 < fields.size() ? std::string(fields[dash + 3]) : "";
  return mount.id != 0;
}

std::vector<Mount> parseMountInfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    Mount mount;
    if (parseLine(text.substr(0, end), mount)) mounts.push_back(std::move(mount));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mounts;
}

std::vector<std::string> mountOptions(const Mount& mount, std::string_view name) {
  std::vector<std::string> values;
  std::string_view rest = mount.options;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    const std::string_view option = rest.substr(0, end);
    if (option.starts_with(name) && option.size() > name.size() && option[name.size()] == '=')
      values.push_back(unescape(option.substr(name.size() + 1)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return values;
}

}  // namespace lazaret::gate
