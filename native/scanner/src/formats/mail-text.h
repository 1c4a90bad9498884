// SPDX-License-Identifier: GPL-2.0-only
// How lines and headers of a mail look, read as leniently as any mail program may. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lazaret {

inline bool isBlank(char letter) { return letter == ' ' || letter == '\t'; }
inline bool isLineEnd(char letter) { return letter == '\n' || letter == '\r'; }
std::string_view withoutBlanks(std::string_view text);  // at both ends
std::string lowerCase(std::string_view text);

// One line: its text, and how it ends. A carriage return alone ends a line for some programs and for others not.
struct MailLine {
  size_t begin = 0, end = 0, next = 0;
  bool feed = false;     // its end holds a line feed
  bool doubled = false;  // more than one carriage return before it: an empty line, for some
};

// The lines of a text, one after another, in time that is linear whatever ends them.
class MailLines {
 public:
  explicit MailLines(Bytes bytes, size_t at = 0) : text_(bytes.text()), at_(at) {}
  bool next(MailLine& line);

 private:
  size_t find(size_t& known, char letter);
  std::string_view text_;
  size_t at_, feedAt_ = 0, returnAt_ = 0, returnsEnd_ = 0;
};

bool startsAs(std::string_view text, std::string_view lower);  // whatever the case of its letters
// `Name:`, with blanks before the colon at most.
bool isHeaderLine(std::string_view line);
// The head of a part that somebody gives a type, a coding or a name: `Content-Type`, `-Transfer-Encoding`,
// `-Disposition`, `MIME-Version`.
bool isMimeHeader(std::string_view line);

enum class MailMark : uint8_t {
  none,
  loose,  // the header of a part stands in it somewhere
  mail,   // begins as a mail does
};
// What the first bytes say, whatever header stands first, and whether a mark of the encoding, empty lines or the line
// of a mailbox stand before it.
MailMark mailMarkOf(Bytes bytes);

}  // namespace lazaret
