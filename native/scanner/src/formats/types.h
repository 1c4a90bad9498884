// SPDX-License-Identifier: GPL-2.0-only
// The true type of a file, by its content (RT-3, IntelliScan). TYPES.md is the vocabulary in words.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lazaret {

using TypeNumber = uint8_t;

// `head` are the first bytes (limits::headBytes at most) of a file of `fileBytes` bytes.
TypeNumber identifyType(Bytes head, uint64_t fileBytes);
std::string_view typeName(TypeNumber number);
std::string typesAsJson();

}  // namespace lazaret
