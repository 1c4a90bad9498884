// SPDX-License-Identifier: Apache-2.0
#include "rules/scope-text.h"

#include <algorithm>

namespace lazaret::gate {

namespace {

inline unsigned byteAt(std::string_view bytes, size_t index) { return static_cast<unsigned char>(bytes[index]); }

inline bool isContinuation(std::string_view bytes, size_t index) { return (byteAt(bytes, index) & 0xc0) == 0x80; }

}  // namespace

size_t sequenceLength(std::string_view bytes, size_t index) {
  const unsigned first = byteAt(bytes, index);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length == 0 || first > 0xf4 || length > bytes.size() - index) return 0;
  for (size_t offset = 1; offset < length; offset++)
    if (!isContinuation(bytes, index + offset)) return 0;
  const unsigned second = byteAt(bytes, index + 1);
  if (first == 0xe0 && second < 0xa0) return 0;   // overlong
  if (first == 0xed && second >= 0xa0) return 0;  // surrogates
  if (first == 0xf0 && second < 0x90) return 0;   // overlong
  if (first == 0xf4 && second >= 0x90) return 0;  // above U+10FFFF
  return length;
}

bool isUtf8(std::string_view bytes) {
  for (size_t index = 0; index < bytes.size();) {
    const size_t length = sequenceLength(bytes, index);
    if (length == 0) return false;
    index += length;
  }
  return true;
}

void TextBuffer::append(std::string_view text) {
  if (!onHeap_ && length_ + text.size() <= room_.size()) {
    std::copy(text.begin(), text.end(), room_.begin() + static_cast<std::ptrdiff_t>(length_));
    length_ += text.size();
    return;
  }
  if (!onHeap_) heap_.assign(room_.data(), length_), onHeap_ = true;
  heap_.append(text);
}

void CaseFold::add(std::string from, std::string to) { pairs_.emplace_back(std::move(from), std::move(to)); }

void CaseFold::finish() {
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
}

std::string_view CaseFold::foldCharacter(std::string_view character) const {
  const auto found = std::lower_bound(pairs_.begin(), pairs_.end(), character,
                                      [](const auto& pair, std::string_view wanted) { return pair.first < wanted; });
  return found != pairs_.end() && found->first == character ? std::string_view(found->second) : character;
}

std::string_view CaseFold::fold(std::string_view text, TextBuffer& room) const {
  const auto changes = [](char c) { return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; };
  const auto first = std::find_if(text.begin(), text.end(), changes);
  if (first == text.end()) return text;
  room.clear();
  size_t index = static_cast<size_t>(first - text.begin());
  room.append(text.substr(0, index));
  while (index < text.size()) {
    const char c = text[index];
    const size_t length = characterLength(text, index);
    if (c >= 'A' && c <= 'Z') {
      const char small = static_cast<char>(c - 'A' + 'a');
      room.append({&small, 1});
    } else {
      room.append(length == 1 ? text.substr(index, 1) : foldCharacter(text.substr(index, length)));
    }
    index += length;
  }
  return room.view();
}

bool isCanonical(std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  if (path.size() == 1) return true;
  for (size_t slash = 0; slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const size_t next = slash + 1;
    if (next == path.size() || path[next] == '/') return false;
    if (path[next] == '.' && (next + 1 == path.size() || path[next + 1] == '/')) return false;
  }
  return true;
}

std::string canonicalPath(std::string_view path) {
  std::string canonical;
  canonical.reserve(path.size() + 1);
  for (size_t index = 0; index < path.size();) {
    const size_t slash = std::min(path.find('/', index), path.size());
    const std::string_view name = path.substr(index, slash - index);
    if (!name.empty() && name != ".") canonical.append("/").append(name);
    index = slash + 1;
  }
  return canonical.empty() ? "/" : canonical;
}

bool isInside(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || directory.ends_with('/') || path[directory.size()] == '/';
}

std::string_view parentOf(std::string_view path) {
  const size_t cut = path.rfind('/');
  return cut == 0 || cut == std::string_view::npos ? std::string_view("/") : path.substr(0, cut);
}

std::string_view nameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace lazaret::gate
