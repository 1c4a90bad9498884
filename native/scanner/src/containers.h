// SPDX-License-Identifier: GPL-2.0-only
// Which container is this, and what does it count? By content alone. Pure.
#pragma once
#include <string_view>

#include "bytes.h"

namespace lazaret {

enum class Container : uint8_t {
  none, zip, sevenZip, rar4, rar5, gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress,
  tar, cpio, ar, cab, lha, iso, rpm,
  engineOnly,   // mail, OLE and others that libclamav alone can open: no leaf, measured by its content
  unsupported,  // a known format that neither reader opens (LM-4)
};

struct ContainerMatch {
  Container kind = Container::none;
  size_t offset = 0;  // where the archive begins, for self-extracting programs
};

// `head` is all of the bytes, or their first limits::headBytes; the overlay of a program is found only in all of them.
ContainerMatch identifyContainer(Bytes bytes);
bool isTarHeader(Bytes head);
bool isLha(Bytes bytes);
// The name of a tar's first member may begin with a mark of letters, and an LHA archive – a length, then a check sum – with any two bytes: where such a mark
// stands, these two are asked first.
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
// Documents whose streams the engine unpacks and nobody lists: they count no compression (LM-5c), and what lies in them has its own limits.
bool engineTypeHasStreams(std::string_view engineType);
// Of these libclamav does not compare the bytes as they are by every pattern.
bool engineTypeLacksRaw(std::string_view engineType);

}  // namespace lazaret
