// SPDX-License-Identifier: GPL-2.0-only
// The ways in which a mail writes down bytes, each read as leniently as any program does. Pure.
#pragma once
#include <memory>
#include <string_view>

#include "reading/byte-source.h"
#include "base/bytes.h"

namespace lazaret {

enum class MailCoding : uint8_t {
  identity,
  quotedPrintable,
  base64,           // passes over what is none of its letters, ends at its end
  base64Lines,      // passes over whole lines that hold anything else
  base64UpToOther,  // ends at the first letter that is none of its own
  base64Again,      // goes on behind its end
  uuencode,
  yencode,
};

// What a text in base64 holds beside its letters: it is read in more than one way.
struct Base64Shape {
  bool other = false;  // letters that are none of its own
  bool again = false;  // something behind its end
};
Base64Shape shapeOfBase64(std::string_view text);
bool isBase64Line(std::string_view line);
bool isUuencodedLine(std::string_view line);  // as long as its first letter says

// The bytes that a text stands for. `text` must live longer.
std::unique_ptr<ByteSource> openMailText(Bytes text, MailCoding coding);

}  // namespace lazaret
