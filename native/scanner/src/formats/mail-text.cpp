// SPDX-License-Identifier: GPL-2.0-only
#include "formats/mail-text.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

std::string_view withoutBlanks(std::string_view text) {
  while (!text.empty() && (isBlank(text.front()) || isLineEnd(text.front()))) text.remove_prefix(1);
  while (!text.empty() && (isBlank(text.back()) || isLineEnd(text.back()))) text.remove_suffix(1);
  return text;
}

std::string lowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return out;
}

// The next place of a letter at or behind `at_`; the place that is known is looked for only once.
size_t MailLines::find(size_t& known, char letter) {
  if (known >= at_ && known != 0) return known;
  known = std::min(text_.find(letter, at_), text_.size());
  return known;
}

bool MailLines::next(MailLine& line) {
  if (at_ >= text_.size()) return false;
  line.begin = at_;
  line.end = std::min(find(feedAt_, '\n'), find(returnAt_, '\r'));
  // Each line of a run of carriage returns asks for its end: it is looked for only once.
  if (returnsEnd_ < line.end) returnsEnd_ = line.end;
  while (returnsEnd_ < text_.size() && text_[returnsEnd_] == '\r') returnsEnd_++;
  const size_t at = returnsEnd_;
  line.feed = at < text_.size() && text_[at] == '\n';
  line.doubled = line.feed && at - line.end > 1;
  line.next = line.feed ? at + 1 : std::min(line.end + 1, text_.size());
  at_ = line.next;
  return true;
}

bool isHeaderLine(std::string_view line) {
  size_t at = 0;
  while (at < line.size() && at < limits::mailHeaderNameBytesMax && line[at] > ' ' && line[at] != 0x7f &&
         line[at] != ':')
    at++;
  if (at == 0) return false;
  while (at < line.size() && isBlank(line[at])) at++;
  return at < line.size() && line[at] == ':';
}

bool startsAs(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  return std::equal(lower.begin(), lower.end(), text.begin(), [](char wanted, char letter) {
    return std::tolower(static_cast<unsigned char>(letter)) == wanted;
  });
}

static bool startsWithName(std::string_view line, std::string_view name) {
  if (!startsAs(line, name)) return false;
  line.remove_prefix(name.size());
  while (!line.empty() && isBlank(line.front())) line.remove_prefix(1);
  return !line.empty() && line.front() == ':';
}

bool isMimeHeader(std::string_view line) {
  if (line.empty() || (line[0] | 0x20) < 'c' || (line[0] | 0x20) > 'm') return false;
  static constexpr std::array names = {"content-type"sv, "content-transfer-encoding"sv, "content-disposition"sv,
                                       "mime-version"sv};
  return std::any_of(names.begin(), names.end(), [line](std::string_view name) { return startsWithName(line, name); });
}

// Headers that only mail has, and those that other texts have, too: of these it takes two.
static size_t weightOfHeader(std::string_view line) {
  static constexpr std::array sure = {"received"sv, "return-path"sv, "message-id"sv, "delivered-to"sv, "x-mailer"sv};
  static constexpr std::array likely = {"from"sv, "to"sv, "cc"sv, "subject"sv, "date"sv, "reply-to"sv};
  const auto is = [line](std::string_view name) { return startsWithName(line, name); };
  if (isMimeHeader(line) || std::any_of(sure.begin(), sure.end(), is)) return 2;
  return std::any_of(likely.begin(), likely.end(), is) ? 1 : 0;
}

// Behind what may stand before the first header.
static size_t mailBegin(Bytes bytes) {
  size_t at = bytes.is(0, "\xef\xbb\xbf") ? 3 : 0;
  const std::string_view text = bytes.text();
  while (at < text.size() && at < limits::mailBlankBytesMax && (isBlank(text[at]) || isLineEnd(text[at]))) at++;
  return at;
}

static bool beginsAsMail(Bytes bytes) {
  MailLines lines(bytes, mailBegin(bytes));
  size_t weight = 0;
  bool first = true;
  for (MailLine line; lines.next(line); first = false) {
    const std::string_view text = bytes.text().substr(line.begin, line.end - line.begin);
    const bool ofMailbox = text.starts_with("From ") || text.starts_with(">From ");
    if (ofMailbox || (!first && !text.empty() && isBlank(text[0]))) continue;
    if (!isHeaderLine(text)) return false;
    weight += weightOfHeader(text);
    if (weight >= 2) return true;
  }
  return false;
}

static bool holdsMimeHeader(Bytes bytes) {
  const std::string_view text = bytes.text();
  constexpr std::array stems = {"content"sv, "mime"sv};
  for (size_t dash = text.find('-'); dash != text.npos; dash = text.find('-', dash + 1))
    for (const std::string_view stem : stems) {
      if (dash < stem.size() || (text[dash - 1] | 0x20) != stem.back() ||
          !isMimeHeader(text.substr(dash - stem.size(), limits::mailHeaderNameBytesMax)))
        continue;
      size_t begin = dash - stem.size();
      while (begin > 0 && dash - begin < limits::mailHeaderNameBytesMax && isBlank(text[begin - 1])) begin--;
      if (begin == 0 || isLineEnd(text[begin - 1]) || begin == 3) return true;
    }
  return false;
}

MailMark mailMarkOf(Bytes bytes) {
  if (beginsAsMail(bytes.sub(0, limits::mailHeadBytesMax))) return MailMark::mail;
  // Of what is no text by its beginning not all is gone through.
  const bool isText = bytes.sub(0, 512).text().find('\0') == std::string_view::npos;
  return holdsMimeHeader(isText ? bytes : bytes.sub(0, limits::mailMarkBytes)) ? MailMark::loose : MailMark::none;
}

}  // namespace lazaret
