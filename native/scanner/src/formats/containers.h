// SPDX-License-Identifier: GPL-2.0-only
// Which container is this, and what does it count? By content alone. Pure.
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace lazaret {

enum class Container : uint8_t {
  none,
  zip,
  sevenZip,
  rar4,
  rar5,
  gzip,
  bzip2,
  xz,
  lzma,
  lzip,
  zstd,
  lz4,
  compress,
  tar,
  cpio,
  ar,
  cab,
  lha,
  iso,
  rpm,
  engineOnly,   // mail, OLE and others that libclamav alone can open: no leaf, measured by its content
  unsupported,  // a known format that neither reader opens (LM-4)
};

struct ContainerMatch {
  Container kind = Container::none;
  size_t offset = 0;  // where the archive begins, for self-extracting programs
  // Not 0: other bytes stand before it, which are something of their own. It ends here at the latest.
  size_t end = 0;
  bool ambiguous = false;  // it may be taken for another format as well
  bool guessed = false;    // too many marks to look at: there may be an archive
  bool damaged = false;    // a zip from `offset` on, whose list does not lead to its members
};

// `head` is all of the bytes, or their first limits::headBytes; the overlay of a program is found only in all of them.
ContainerMatch identifyContainer(Bytes bytes);
bool isTarHeader(Bytes head);
bool isLha(Bytes bytes);
// Frames at the beginning that readers of zstd and lz4 pass over: how many bytes they are.
size_t skippableBytes(Bytes bytes);
// As xz tells a stream of LZMA, which has no mark.
bool isLzma(Bytes bytes);
// A mark of letters may be a word of a text or a name, and an LHA archive – a length, then a check sum – may begin with
// any two bytes. Where such a mark stands, LHA is asked first. A tar's own check sum tells more than any mark.
bool isWeakMark(size_t offset, std::string_view mark);
// What stands behind the two headers of an rpm; empty where they lie.
Bytes rpmPayload(Bytes package);
// LM-5: what counts as one compression. tar, cpio, ar, disk images, mail and OLE count none.
bool isCompression(Container kind);
bool isCompressedStream(Container kind);
// The same for a type name of libclamav.
bool engineTypeIsCompression(std::string_view engineType);
bool engineTypeIsContainer(std::string_view engineType);
// Containers that libclamav alone opens and whose parts count as listed members.
bool engineTypeListsMembers(std::string_view engineType);
bool engineTypeIsMail(std::string_view engineType);
// Documents whose streams the engine unpacks and nobody lists: they count no compression (LM-5c), and what lies in them
// has its own limits.
bool engineTypeHasStreams(std::string_view engineType);
// Of these libclamav does not compare the bytes as they are by every pattern.
bool engineTypeLacksRaw(std::string_view engineType);

}  // namespace lazaret
