// SPDX-License-Identifier: Apache-2.0
#include "rules/scope-glob.h"

#include <cstring>

#include "rules/scope-text.h"

namespace lazaret::gate {

namespace {

constexpr size_t none = static_cast<size_t>(-1);

/** A literal that is UTF-8 begins and ends where characters do, so bytes may be compared; another one is compared
 * character by character. */
bool literalMatches(const GlobPart& part, std::string_view name, size_t index) {
  const std::string& text = part.text;
  if (text.size() > name.size() - index || std::memcmp(text.data(), name.data() + index, text.size()) != 0)
    return false;
  if (!part.foreign) return true;
  for (size_t at = 0; at < text.size();) {
    const size_t length = characterLength(text, at);
    if (characterLength(name, index + at) != length) return false;
    at += length;
  }
  return true;
}

/** How many bytes a literal or `?` takes here, 0 when it does not match: neither is ever empty. */
size_t partLength(const GlobPart& part, std::string_view name, size_t index) {
  if (part.kind == GlobPart::Kind::one) return index < name.size() ? characterLength(name, index) : 0;
  return literalMatches(part, name, index) ? part.text.size() : 0;
}

/** The name of a path that begins at `index`, and where the next one does. */
struct NameAt {
  std::string_view name;
  size_t next;
};

NameAt nameAt(std::string_view path, size_t index) {
  const size_t slash = path.find('/', index);
  if (slash == std::string_view::npos) return {path.substr(index), path.size()};
  return {path.substr(index, slash - index), slash + 1};
}

}  // namespace

bool nameMatches(const std::vector<GlobPart>& parts, std::string_view name) {
  size_t at = 0, index = 0, lastStar = none, retryAt = 0;
  while (index < name.size() || at < parts.size()) {
    const bool any = at < parts.size() && parts[at].kind == GlobPart::Kind::any;
    const size_t step = at == parts.size() || any ? 0 : partLength(parts[at], name, index);
    if (any) {
      lastStar = at++;
      retryAt = index;
    } else if (step > 0) {
      at++;
      index += step;
    } else if (lastStar != none && retryAt < name.size()) {
      at = lastStar + 1;
      retryAt += characterLength(name, retryAt);
      index = retryAt;
    } else {
      return false;
    }
  }
  return true;
}

bool pathMatches(const std::vector<GlobName>& names, std::string_view path) {
  size_t at = 0, index = 1, lastStar = none, retryAt = 1;
  while (index < path.size()) {
    const NameAt here = nameAt(path, index);
    if (at < names.size() && names[at].deep) {
      lastStar = at++;
      retryAt = index;
    } else if (at < names.size() && nameMatches(names[at].parts, here.name)) {
      at++;
      index = here.next;
    } else if (lastStar != none) {
      at = lastStar + 1;
      retryAt = nameAt(path, retryAt).next;
      index = retryAt;
    } else {
      return false;
    }
  }
  while (at < names.size() && names[at].deep) at++;
  return at == names.size();
}

}  // namespace lazaret::gate
