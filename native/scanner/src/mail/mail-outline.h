// SPDX-License-Identifier: GPL-2.0-only
// What stands where in a mail, without asking its structure: mail programs disagree on which boundary holds, where a
// line, a head and a part end, so every line that may be a boundary and every run of lines that may be a head is
// listed. Pure; the time is linear.
#pragma once
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

struct MailDelimiter {  // a line that begins with `--`, or the line of a mailbox that begins a mail
  size_t begin = 0;
  std::string_view text;  // without blanks; empty for a mailbox's
  bool live = false;      // a head follows it
};

struct MailEntity {  // a head and where its body begins
  size_t headBegin = 0, headEnd = 0, body = 0;
  size_t delimiter = none;  // the last before it
  static constexpr size_t none = SIZE_MAX;
};

struct MailRun {  // lines of base64
  size_t begin = 0, end = 0;
};

struct MailOutline {
  std::vector<MailDelimiter> delimiters;
  std::vector<MailEntity> entities;
  std::vector<MailRun> base64;
  std::vector<size_t> uuencoded, yencoded;  // where their first lines begin
  std::vector<size_t> uuencodedEnds;
  bool whole = true;  // not: it ended at a limit
  bool plain = true;  // nothing in it that programs read in more than one way, as far as lines tell
};

MailOutline outlineMail(Bytes bytes, Work& work);

}  // namespace lazaret
