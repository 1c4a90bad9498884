// SPDX-License-Identifier: GPL-2.0-only
// What a text is: a script by its interpreter, a page, a mail, a unit, by words that only such a text has at its
// beginning.
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace lazaret {

// By the first 4 KiB: no zero byte, and hardly a control byte.
bool isText(Bytes head);
// By its byte order mark.
bool isWideText(Bytes head);
// The name of a type of types.cpp; `head` is a text.
std::string_view textKind(Bytes head);

}  // namespace lazaret
