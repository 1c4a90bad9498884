// SPDX-License-Identifier: Apache-2.0
// Names are bytes; JSON is text. In this protocol each byte is one character, U+0000–U+00FF, so that no name is lost.
#pragma once
#include <string>
#include <string_view>

namespace lazaret::gate {

inline std::string bytesText(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte < 0x80) text += each;
    else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

/** Of a text that `bytesText` made. */
inline std::string textBytes(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t at = 0; at < text.size(); at++) {
    const auto head = static_cast<unsigned char>(text[at]);
    if (head < 0x80 || at + 1 >= text.size()) bytes += text[at];
    else bytes += static_cast<char>((head & 0x03) << 6 | (static_cast<unsigned char>(text[++at]) & 0x3f));
  }
  return bytes;
}

}  // namespace lazaret::gate
