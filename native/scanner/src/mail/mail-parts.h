// SPDX-License-Identifier: GPL-2.0-only
// The parts of a mail in every reading: where mail programs differ on where a part ends or how it was coded, each of
// its readings is one in the list. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"
#include "mail/mail-coding.h"
#include "formats/mail-text.h"
#include "base/work.h"

namespace lazaret {

struct MailPart {
  size_t begin = 0, end = 0;
  MailCoding coding = MailCoding::identity;
  std::string name;  // empty: it has none
};

struct MailListing {
  std::vector<MailPart> parts;
  bool whole = true;  // not: more readings than can be tried
  bool plain = true;  // one reading
};

// What is only loosely a mail gives no parts as they stand: its own bytes hold them.
MailListing listMail(Bytes bytes, MailMark mark, Work& work);

}  // namespace lazaret
