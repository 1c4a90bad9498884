// SPDX-License-Identifier: GPL-2.0-only
// What the head of a part says of its body, in every way in which a program may read it. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lazaret {

struct MailHead {
  bool identity = false, quotedPrintable = false, base64 = false;  // codings that it names, or leaves open
  bool odd = false;                                                // it says something twice, or what is not known
  bool composite = false;                                          // nothing but other parts, by its type
  std::string name;                                                // of its file
};

MailHead readMailHead(std::string_view head);

}  // namespace lazaret
