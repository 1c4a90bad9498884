// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"

#include <doctest/doctest.h>

#include <string>

using std::string_literals::operator""s;
using namespace lazaret;

static std::string quoted(std::string_view text) {
  std::string out;
  appendJsonString(out, text);
  return out;
}

TEST_CASE("JSON: quotes, backslashes and control characters are escaped, letters are not") {
  CHECK(quoted("a\"b\\c\n\x7f") == R"("a\u0022b\u005cc\u000a\u007f")");
  CHECK(quoted("\0"s) == R"("\u0000")");
  CHECK(quoted("日本") == "\"日本\"");
}

TEST_CASE("JSON: bytes that are no UTF-8 become U+FFFD, one by one") {
  CHECK(quoted("\xff") == R"("\ufffd")");
  CHECK(quoted("a\xc3") == R"("a\ufffd")");
  CHECK(quoted("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // half a pair of UTF-16
}

TEST_CASE("UTF-8: overlong forms, surrogates and what lies beyond U+10FFFF are none") {
  for (const std::string& text : {"\xc0\x80"s, "\xe0\x80\x80"s, "\xed\xbf\xbf"s, "\xf0\x80\x80\x80"s,
                                  "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\x80"s})
    CHECK_FALSE(isUtf8(text));
  for (const std::string& text : {""s, "\xc2\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xf4\x8f\xbf\xbf"s})
    CHECK(isUtf8(text));
}

TEST_CASE("JSON: layers are told in Base64, too, where one name is no UTF-8") {
  std::string plain, broken;
  appendLayers(plain, {"a.zip", "b"});
  CHECK(plain == R"("layers":["a.zip","b"])");
  appendLayers(broken, {"a", "\xff"});
  CHECK(broken == R"("layers":["a","\ufffd"],"layersBase64":["YQ==","/w=="])");
}
