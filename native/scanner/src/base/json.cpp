// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"

#include <algorithm>
#include <cstdio>

namespace lazaret {

// Length of the well-formed UTF-8 sequence at `at` (RFC 3629), 0 if there is none.
static size_t sequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  size_t length = 0;
  unsigned char low = 0x80, high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (length == 0 || at + length > text.size()) return 0;
  if (byte(at + 1) < low || byte(at + 1) > high) return 0;
  for (size_t index = 2; index < length; index++)
    if ((byte(at + index) & 0xc0) != 0x80) return 0;
  return length;
}

bool isUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequenceLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void appendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const size_t length = sequenceLength(text, at);
    const unsigned char first = static_cast<unsigned char>(text[at]);
    if (length == 0) {
      out += "\\ufffd";
      at++;
    } else if (length == 1 && (first < 0x20 || first == '"' || first == '\\' || first == 0x7f)) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", first);
      out += escaped;
      at++;
    } else {
      out.append(text.substr(at, length));
      at += length;
    }
  }
  out += '"';
}

static void appendBase64(std::string& out, std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t index = 0; index < 3; index++)
      group = group << 8 | (index < left ? static_cast<unsigned char>(bytes[at + index]) : 0u);
    for (size_t index = 0; index < 4; index++) out += index <= left ? digits[group >> (18 - 6 * index) & 63] : '=';
  }
}

void appendLayers(std::string& out, const LayerPath& layers) {
  out += "\"layers\":[";
  bool allUtf8 = true;
  for (size_t index = 0; index < layers.size(); index++) {
    if (index) out += ',';
    appendJsonString(out, layers[index]);
    allUtf8 = allUtf8 && isUtf8(layers[index]);
  }
  out += ']';
  if (allUtf8) return;
  out += ",\"layersBase64\":[";
  for (size_t index = 0; index < layers.size(); index++) {
    out += index ? ",\"" : "\"";
    appendBase64(out, layers[index]);
    out += '"';
  }
  out += ']';
}

std::string jsonError(std::string_view code, std::string_view detail) {
  std::string out = "{\"error\":{\"code\":";
  appendJsonString(out, code);
  out += ",\"detail\":";
  appendJsonString(out, detail);
  return out + "}}";
}

}  // namespace lazaret
