// SPDX-License-Identifier: GPL-2.0-only
#include "formats/promises.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

namespace {

uint64_t be64(Bytes bytes, size_t at) { return uint64_t{bytes.be32(at)} << 32 | bytes.be32(at + 4); }

/** The table of contents of a XAR, unpacked; empty where it does not unpack to the length that it tells. */
std::string xarTable(Bytes archive) {
  const size_t headBytes = archive.be16(4);
  const uint64_t packed = be64(archive, 8), plain = be64(archive, 16);
  // No deflate stream grows more than this.
  constexpr uint64_t growthMax = 1032;
  if (headBytes < 28 || !archive.has(headBytes, packed) || plain > limits::xarTableBytesMax ||
      plain > growthMax * packed)
    return {};
  std::string table(plain, '\0');
  uLongf got = plain;
  const bool done =
      uncompress(reinterpret_cast<Bytef*>(table.data()), &got, archive.data + headBytes, packed) == Z_OK &&
      got == plain;
  return done ? table : std::string();
}

/** What stands between `before` and `after`. */
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = text.substr(begin + before.size());
  return rest.substr(0, rest.find(after));
}

uint64_t numberIn(std::string_view text, std::string_view before) {
  const std::string_view digits = between(text, before, "<"sv);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : UINT64_MAX;
}

/** How the engine meets a member: unpacked, or – what is a stream of its own – packed, to be opened as one. */
enum class Style { unpacked, stream, unknown };

struct KnownStyle {
  std::string_view name;
  Style style;
  std::string_view mark;  // of the stream
};

constexpr std::array styles = {
    KnownStyle{"application/octet-stream"sv, Style::unpacked, ""sv},
    KnownStyle{"application/x-gzip"sv, Style::unpacked, ""sv},
    KnownStyle{"application/x-lzma"sv, Style::unpacked, ""sv},
    KnownStyle{"application/x-bzip2"sv, Style::stream, "BZh"sv},
    KnownStyle{"application/x-xz"sv, Style::stream,
               "\xfd"
               "7zXZ"sv},
};

KnownStyle styleOf(std::string_view data) {
  const std::string_view name = between(between(data, "<encoding"sv, ">"sv), "style=\""sv, "\""sv);
  for (const KnownStyle& known : styles)
    if (known.name == name) return known;
  return {name, Style::unknown, ""sv};
}

Promise promiseOfData(std::string_view data, Bytes heap) {
  Promise promise;
  promise.bytes = numberIn(data, "<size>"sv);
  const uint64_t offset = numberIn(data, "<offset>"sv), length = numberIn(data, "<length>"sv);
  const KnownStyle known = styleOf(data);
  if (promise.bytes == UINT64_MAX || !heap.has(offset, length) || !heap.is(offset, known.mark))
    promise.unreadable = Reason::corrupted;
  else if (known.style == Style::unknown) promise.unreadable = Reason::unsupportedCompression;
  else if (known.style == Style::stream) promise.bytes = length;
  return promise;
}

Promises listXar(Bytes archive, size_t membersMax, Work& work) {
  Promises promises;
  const std::string table = xarTable(archive);
  const std::string_view text = table;
  const Bytes heap = table.empty() ? Bytes{} : archive.from(archive.be16(4) + be64(archive, 8));
  for (size_t at = 0; !text.empty() && work.spend();) {
    const size_t begin = text.find("<data>"sv, at), end = text.find("</data>"sv, begin);
    if (begin == std::string_view::npos) {
      promises.whole = text.find("</xar>"sv, at) != std::string_view::npos;
      break;
    }
    if (end == std::string_view::npos || promises.members.size() >= membersMax || !work.spend(end - at)) break;
    promises.members.push_back(promiseOfData(text.substr(begin, end - begin), heap));
    at = end;
  }
  return promises;
}

constexpr size_t arjHeadMax = 2600;

/** Where what follows a head begins; 0 where the head is none. */
size_t arjHeadEnd(Bytes archive, size_t at) {
  const size_t bytes = archive.le16(at + 2);
  if (!archive.is(at, "\x60\xea"sv) || bytes < 30 || bytes > arjHeadMax || !archive.has(at + 4, bytes + 6)) return 0;
  if (archive.le32(at + 4 + bytes) != crc32_z(0, archive.data + at + 4, bytes)) return 0;
  size_t end = at + 4 + bytes + 4;
  // Further heads, each with a check sum.
  while (archive.le16(end) != 0 && archive.has(end, 2)) end += 2 + size_t{archive.le16(end)} + 4;
  return end + 2;
}

Promise promiseOfHead(Bytes head) {
  constexpr uint8_t garbled = 1, goesOn = 4, methodsMax = 4;
  Promise promise;
  const std::string_view rest = head.from(std::min<size_t>(head.u8(0), head.size)).text();
  promise.name = std::string(rest.substr(0, rest.find('\0')));
  promise.bytes = head.le32(16);
  promise.crc32 = head.le32(20);
  if (head.u8(4) & garbled) promise.unreadable = Reason::encrypted;
  else if (head.u8(5) > methodsMax) promise.unreadable = Reason::unsupportedCompression;
  else if (head.u8(4) & goesOn) promise.unreadable = Reason::corrupted;  // its rest lies in another file
  return promise;
}

Promises listArj(Bytes archive, size_t membersMax, Work& work) {
  Promises promises;
  size_t at = arjHeadEnd(archive, 0);
  while (at != 0 && work.spend(4) && promises.members.size() < membersMax) {
    if (archive.is(at, "\x60\xea\0\0"sv)) {
      promises.whole = true;
      break;
    }
    const size_t dataAt = arjHeadEnd(archive, at);
    if (dataAt == 0 || !work.spend(dataAt - at)) break;
    const Bytes head = archive.sub(at + 4, archive.le16(at + 2));
    if (head.u8(6) <= 1) promises.members.push_back(promiseOfHead(head));
    if (head.le32(12) > archive.size - std::min(dataAt, archive.size)) break;
    at = dataAt + head.le32(12);
  }
  return promises;
}

}  // namespace

std::optional<Promises> promisesOf(Bytes archive, size_t membersMax, Work& work) {
  if (archive.is(0, "xar!\0"sv)) return listXar(archive, membersMax, work);
  // Two bytes are not much of a mark: what is none by its first head's check sum is no archive.
  if (archive.is(0, "\x60\xea"sv) && arjHeadEnd(archive, 0) != 0) return listArj(archive, membersMax, work);
  return std::nullopt;
}

}  // namespace lazaret
