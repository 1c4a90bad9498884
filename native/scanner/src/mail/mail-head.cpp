// SPDX-License-Identifier: GPL-2.0-only
#include "mail/mail-head.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/limits.h"
#include "formats/mail-text.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

namespace {

struct Header {
  std::string name, value;  // the name in lower case
};

std::vector<Header> headersOf(std::string_view head) {
  std::vector<Header> headers;
  MailLines lines({reinterpret_cast<const uint8_t*>(head.data()), head.size()});
  for (MailLine line; lines.next(line);) {
    const std::string_view text = head.substr(line.begin, line.end - line.begin);
    if (!headers.empty() && !text.empty() && isBlank(text[0])) {
      headers.back().value += text;
      continue;
    }
    const size_t colon = text.find(':');
    if (colon == text.npos) continue;
    headers.push_back({lowerCase(withoutBlanks(text.substr(0, colon))), std::string(text.substr(colon + 1))});
  }
  return headers;
}

void lookAtCoding(std::string_view value, MailHead& out) {
  const std::string lower = lowerCase(withoutBlanks(value));
  static constexpr std::array plain = {"7bit"sv, "8bit"sv, "binary"sv};
  if (lower == "base64") {
    out.base64 = true;
  } else if (lower == "quoted-printable") {
    out.quotedPrintable = true;
  } else if (std::find(plain.begin(), plain.end(), lower) != plain.end()) {
    out.identity = true;
  } else {
    out.odd = out.identity = true;
    out.base64 = out.base64 || lower.find("64") != lower.npos;
    out.quotedPrintable = out.quotedPrintable || lower.find("quoted") != lower.npos;
  }
}

bool isComposite(std::string_view value) {
  const std::string lower = lowerCase(withoutBlanks(value));
  return lower.starts_with("multipart") || lower.starts_with("message/");
}

std::string withoutPercents(std::string_view text) {
  const auto hex = [](char letter) {
    return letter >= '0' && letter <= '9'                     ? letter - '0'
           : (letter | 0x20) >= 'a' && (letter | 0x20) <= 'f' ? (letter | 0x20) - 'a' + 10
                                                              : -1;
  };
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    const bool coded = text[at] == '%' && at + 2 < text.size() && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0;
    out += coded ? static_cast<char>(hex(text[at + 1]) << 4 | hex(text[at + 2])) : text[at];
    if (coded) at += 2;
  }
  return out;
}

size_t skipBlanks(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// The value at `at`, quoted or not; moves `at` behind it.
std::string takeValue(std::string_view text, size_t& at) {
  at = skipBlanks(text, at);
  if (at == text.size() || text[at] != '"') {
    const size_t begin = at;
    at = std::min(text.find(';', begin), text.size());
    return std::string(withoutBlanks(text.substr(begin, at - begin)));
  }
  std::string out;
  for (at++; at < text.size() && text[at] != '"'; at++) {
    if (text[at] == '\\' && at + 1 < text.size()) at++;
    out += text[at];
  }
  return out;
}

// Of a value of RFC 2231: without its character set and its language.
std::string withoutCharset(std::string_view part) {
  const size_t quote = part.find('\''), second = quote == part.npos ? part.npos : part.find('\'', quote + 1);
  return withoutPercents(second == part.npos ? part : part.substr(second + 1));
}

// The first of `name`, `name*` (RFC 2231), or the parts `name*0`, `name*1*` … put together. It goes on behind each
// value, and looks behind a name only at what can stand before its value: nothing is gone through for one name and then
// again for the next.
std::string parameterOf(std::string_view value, std::string_view name) {
  const std::string lower = lowerCase(value);
  std::string out;
  size_t next = 0;
  for (size_t at = lower.find(name); at != lower.npos && out.size() < limits::mailNameBytesMax;
       at = lower.find(name, next)) {
    next = at + 1;
    if (at > 0 && !isBlank(lower[at - 1]) && lower[at - 1] != ';') continue;
    const size_t begin = skipBlanks(lower, at + name.size());
    const size_t end = std::min(lower.find_first_not_of("*0123456789", begin), lower.size());
    const size_t equals = skipBlanks(lower, end);
    if (equals == lower.size() || lower[equals] != '=') continue;
    const std::string_view marks = std::string_view(lower).substr(begin, end - begin);
    next = equals + 1;
    const std::string part = takeValue(value, next);
    out += marks.ends_with('*') ? withoutCharset(part) : part;
    if (marks.empty() || marks == "*") break;
  }
  return out.substr(0, limits::mailNameBytesMax);
}

}  // namespace

MailHead readMailHead(std::string_view head) {
  MailHead out;
  size_t types = 0, composites = 0, codings = 0, places = 0;
  for (const Header& header : headersOf(head)) {
    if (header.name == "content-transfer-encoding") {
      codings++;
      lookAtCoding(header.value, out);
    } else if (header.name.find("transfer-encoding") != header.name.npos) {
      out.odd = true;
      lookAtCoding(header.value, out);
    } else if (header.name == "content-type") {
      types++;
      if (isComposite(header.value)) composites++;
      if (out.name.empty()) out.name = parameterOf(header.value, "name");
    } else if (header.name == "content-disposition") {
      places++;
      if (std::string name = parameterOf(header.value, "filename"); !name.empty()) out.name = std::move(name);
    }
  }
  out.odd = out.odd || codings > 1 || types > 1 || places > 1;
  out.identity = out.identity || codings == 0;
  out.composite = types > 0 && composites == types;
  return out;
}

}  // namespace lazaret
