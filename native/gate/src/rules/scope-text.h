// SPDX-License-Identifier: Apache-2.0
// Paths as bytes, read the way packages/core reads them as text: UTF-8, and each byte that is not UTF-8 is a character
// of its own. Owns nothing but buffers of its own; no I/O.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lazaret::gate {

/** Length of the valid UTF-8 sequence at a place, 0 when there is none (overlong forms, surrogates and above U+10FFFF
 * are none). */
size_t sequenceLength(std::string_view bytes, size_t index);

/** Length of the character at a place: a sequence, or one byte that is not UTF-8. */
inline size_t characterLength(std::string_view bytes, size_t index) {
  if (static_cast<unsigned char>(bytes[index]) < 0x80) return 1;
  const size_t length = sequenceLength(bytes, index);
  return length == 0 ? 1 : length;
}

/** Whether all of it is UTF-8. */
bool isUtf8(std::string_view bytes);

/** Room for a text that is usually short: names have at most 255 bytes, paths of one call at most 4096. Larger ones go
 * to the heap. */
class TextBuffer {
 public:
  void clear() { length_ = 0, heap_.clear(), onHeap_ = false; }
  void append(std::string_view text);
  std::string_view view() const { return onHeap_ ? std::string_view(heap_) : std::string_view(room_.data(), length_); }

 private:
  std::array<char, 1024> room_;
  size_t length_ = 0;
  bool onHeap_ = false;
  std::string heap_;
};

/** Folding of case: ASCII by itself, of the rest what the rules brought (`folds`); all other characters cannot make a
 * name meet a rule. */
class CaseFold {
 public:
  /** Both are one character; a later pair of the same `from` is left out. */
  void add(std::string from, std::string to);
  void finish();
  /** The folded text: a view into `text` where nothing changes, else into `room`. */
  std::string_view fold(std::string_view text, TextBuffer& room) const;

 private:
  std::string_view foldCharacter(std::string_view character) const;
  std::vector<std::pair<std::string, std::string>> pairs_;  // sorted by `from`
};

/** Whether a path has the one form for comparison: begins with `/`, no empty name, no `.`, no `/` at its end. */
bool isCanonical(std::string_view path);

/** That form. */
std::string canonicalPath(std::string_view path);

/** Whether a canonical path is a directory or lies beneath it. */
bool isInside(std::string_view path, std::string_view directory);

/** The directory of a canonical path: `/` of `/a` and of `/`. */
std::string_view parentOf(std::string_view path);

/** Its last name. */
std::string_view nameOf(std::string_view path);

}  // namespace lazaret::gate
