// SPDX-License-Identifier: GPL-2.0-only
// JSON out. Names come from archives: any byte may be in them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ledger.h"

namespace lazaret {

bool isUtf8(std::string_view text);
void appendJsonString(std::string& out, std::string_view text);  // broken UTF-8 becomes U+FFFD
// `"layers":[…]`, and `"layersBase64":[…]` beside where a name is not UTF-8.
void appendLayers(std::string& out, const LayerPath& layers);
std::string jsonError(std::string_view code, std::string_view detail);

}  // namespace lazaret
