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

}  // namespace lazaret::gate
