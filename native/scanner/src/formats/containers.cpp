// SPDX-License-Identifier: GPL-2.0-only
#include "formats/containers.h"

#include <algorithm>
#include <array>

#include "formats/mail-text.h"
#include "zip/archive-behind.h"
#include "zip/zip-directory.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

bool isTarHeader(Bytes head) {
  if (!head.has(0, 512) || head.data[0] == 0) return false;
  // The header's checksum decides, so that old tars without "ustar" are known too, and nothing else is.
  uint32_t stored = 0;
  bool digits = false;
  for (size_t at = 148; at < 156; at++) {
    const uint8_t byte = head.data[at];
    if (byte >= '0' && byte <= '7') {
      stored = stored * 8 + (byte - '0');
      digits = true;
    } else if (byte != ' ' && byte != 0) {
      return false;
    }
  }
  if (!digits) return false;
  uint32_t sum = 0;
  int32_t signedSum = 0;
  for (size_t at = 0; at < 512; at++) {
    const uint8_t byte = at >= 148 && at < 156 ? ' ' : head.data[at];
    sum += byte;
    signedSum += static_cast<int8_t>(byte);
  }
  return stored == sum || static_cast<int32_t>(stored) == signedSum;
}

Bytes rpmPayload(Bytes package) {
  constexpr size_t leadBytes = 96, headerBytes = 16, entryBytes = 16;
  size_t at = leadBytes;
  for (int header = 0; header < 2; header++) {
    at = (at + 7) / 8 * 8;
    if (!package.is(at, "\x8e\xad\xe8\x01"sv)) return {};
    const uint64_t bytes = headerBytes + uint64_t{package.be32(at + 8)} * entryBytes + package.be32(at + 12);
    if (!package.has(at, bytes)) return {};
    at += bytes;
  }
  return package.from(at);
}

struct Magic {
  size_t offset;
  std::string_view bytes;
  Container kind;
};

// Before an image's own bytes there is room for anything.
static constexpr size_t imageMarkAt = 32769;
static constexpr std::string_view imageMark = "CD001"sv;
// Not behind the head of a tar: there its first member begins.
static constexpr size_t pdfMarkWithin = 508;

static constexpr std::array magics = {
    Magic{0, "PK\x03\x04"sv, Container::zip}, Magic{0, "PK\x05\x06"sv, Container::zip},
    Magic{0, "PK\x07\x08PK"sv, Container::zip}, Magic{0, "PK00PK\x03\x04"sv, Container::zip},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, Container::sevenZip}, Magic{0, "Rar!\x1a\x07\x00"sv, Container::rar4},
    Magic{0, "Rar!\x1a\x07\x01\x00"sv, Container::rar5}, Magic{0, "\x1f\x8b\x08"sv, Container::gzip},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          Container::xz},
    Magic{0, "LZIP\x01"sv, Container::lzip}, Magic{0, "\x28\xb5\x2f\xfd"sv, Container::zstd},
    Magic{0, "\x04\x22\x4d\x18"sv, Container::lz4}, Magic{0, "!<arch>\n"sv, Container::ar},
    Magic{0, "!<thin>\n"sv, Container::none}, Magic{0, "070701"sv, Container::cpio},
    Magic{0, "070702"sv, Container::cpio}, Magic{0, "070707"sv, Container::cpio},
    Magic{0, "MSCF\0\0\0\0"sv, Container::cab}, Magic{0, "\xed\xab\xee\xdb"sv, Container::rpm},
    Magic{imageMarkAt, imageMark, Container::iso},
    // Engine only.
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, Container::engineOnly}, Magic{0, "xar!\0"sv, Container::engineOnly},
    Magic{0, "ITSF\x03"sv, Container::engineOnly}, Magic{0, "SZDD\x88\xf0\x27\x33"sv, Container::engineOnly},
    Magic{0, "\x78\x9f\x3e\x22"sv, Container::engineOnly},  // TNEF
    Magic{0, "EGGA"sv, Container::engineOnly}, Magic{0, "ALZ\x01"sv, Container::engineOnly},
    // Known, and opened by nobody here (TYPES.md lists them).
    Magic{0, "\x89LZO\0\r\n\x1a\n"sv, Container::unsupported}, Magic{0, "LRZI"sv, Container::unsupported},
    Magic{0, "GRZipII\0"sv, Container::unsupported}, Magic{0, "\xff\x06\0\0sNaPpY"sv, Container::unsupported},
    Magic{0, "7kSt\xa0\x31\x83\xd3"sv, Container::unsupported}, Magic{0, "zPQ"sv, Container::unsupported},
    Magic{7, "**ACE**"sv, Container::unsupported}, Magic{0, "SIT!"sv, Container::unsupported},
    Magic{0, "StuffIt (c)"sv, Container::unsupported}, Magic{20, "\xdc\xa7\xc4\xfd"sv, Container::unsupported},  // zoo
    Magic{0, "ArC\x01"sv, Container::unsupported}, Magic{0, "RZIP"sv, Container::unsupported},
    Magic{0, "UHA\x06"sv, Container::unsupported}, Magic{0, "MSWIM\0\0\0"sv, Container::unsupported},
    Magic{0, "hsqs"sv, Container::unsupported}, Magic{24, "\x6b\xea\x00\x00"sv, Container::unsupported},  // dump, old
    Magic{24, "\x6c\xea\x00\x00"sv, Container::unsupported},                                              // dump, new
    Magic{0, "\x02\x21\x4c\x18"sv, Container::unsupported},  // lz4, legacy frame
    Magic{0, "KWAJ\x88\xf0\x27\xd1"sv, Container::unsupported},
    Magic{2, "-pm0-"sv, Container::unsupported},  // PMarc, in the frame of LHA
    Magic{2, "-pm1-"sv, Container::unsupported}, Magic{2, "-pm2-"sv, Container::unsupported},
    Magic{2, "-pms-"sv, Container::unsupported},
    // Two bytes: whatever tells more comes first.
    Magic{0, "\x1f\x9d"sv, Container::compress}, Magic{0, "\xc7\x71"sv, Container::cpio},
    Magic{0, "\x71\xc7"sv, Container::cpio}, Magic{0, "\x60\xea"sv, Container::engineOnly},  // ARJ
};

static bool isBzip2(Bytes bytes) {
  return bytes.is(0, "BZh") && bytes.u8(3) >= '1' && bytes.u8(3) <= '9' &&
         (bytes.is(4, "\x31\x41\x59\x26\x53\x59") || bytes.is(4, "\x17\x72\x45\x38\x50\x90"));
}

// 2^n, or 2^n + 2^(n-1), or as much as there may be.
static bool isLzmaDictionary(uint32_t bytes) {
  const uint32_t rest = bytes & (bytes - 1), lowest = bytes ^ rest;
  return rest == 0 || rest == lowest << 1 || bytes == UINT32_MAX;
}

bool isLzma(Bytes bytes) {
  constexpr uint8_t usual = 0x5d, propertiesEnd = 225;
  constexpr uint64_t untold = UINT64_MAX;
  const uint8_t properties = bytes.u8(0);
  if (!bytes.has(0, 18) || properties >= propertiesEnd || bytes.u8(13) != 0) return false;
  if (properties % 9 + properties / 9 % 5 > 4) return false;
  const uint32_t dictionary = bytes.le32(1);
  if (!isLzmaDictionary(dictionary)) return false;
  // Any small numbers look like other properties and a length; a stream whose length is not told has eight bytes that
  // hardly any numbers have.
  return bytes.le64(5) == untold || (properties == usual && dictionary >= 4096);
}

size_t skippableBytes(Bytes bytes) {
  size_t at = 0;
  const auto isFrame = [&] {
    return bytes.has(at, 8) && (bytes.u8(at) & 0xf0) == 0x50 && bytes.is(at + 1, "\x2a\x4d\x18"sv);
  };
  while (isFrame()) at += 8 + size_t{bytes.le32(at + 4)};
  return at;
}

// `-lh5-`, `-lhd-` (a folder), `-lz4-`. Whatever its level: one that does not exist is damage.
bool isLha(Bytes bytes) {
  const bool family = bytes.is(2, "-lh") || bytes.is(2, "-lz");
  const uint8_t method = bytes.u8(5);
  return family && bytes.u8(6) == '-' &&
         ((method >= '0' && method <= '9') || method == 'd' || method == 's' || method == 'x');
}

// End of what the program's own headers describe; what follows is an overlay.
static size_t elfEnd(Bytes bytes) {
  const bool wide = bytes.u8(4) == 2;
  if (bytes.u8(5) != 1 || (!wide && bytes.u8(4) != 1)) return 0;
  const uint64_t sections = wide ? bytes.le64(40) : bytes.le32(32);
  const size_t entry = bytes.le16(wide ? 58 : 46), count = bytes.le16(wide ? 60 : 48);
  // Entries that are shorter than the format's would be looked at many times for each byte.
  const size_t entryMin = wide ? 56 : 32;
  uint64_t end = sections + entry * count;
  for (size_t index = 0; index < count && entry >= entryMin && bytes.has(sections + index * entry, entry); index++) {
    const size_t at = sections + index * entry;
    if (bytes.le32(at + 4) == 8) continue;  // no bits in the file
    const uint64_t offset = wide ? bytes.le64(at + 24) : bytes.le32(at + 16);
    const uint64_t size = wide ? bytes.le64(at + 32) : bytes.le32(at + 20);
    if (offset <= bytes.size && size <= bytes.size) end = std::max(end, offset + size);
  }
  const uint64_t segments = wide ? bytes.le64(32) : bytes.le32(28);
  const size_t segmentEntry = bytes.le16(wide ? 54 : 42), segmentCount = bytes.le16(wide ? 56 : 44);
  for (size_t index = 0;
       index < segmentCount && segmentEntry >= entryMin && bytes.has(segments + index * segmentEntry, segmentEntry);
       index++) {
    const size_t at = segments + index * segmentEntry;
    const uint64_t offset = wide ? bytes.le64(at + 8) : bytes.le32(at + 4);
    const uint64_t size = wide ? bytes.le64(at + 32) : bytes.le32(at + 16);
    if (offset <= bytes.size && size <= bytes.size) end = std::max(end, offset + size);
  }
  return end < bytes.size ? end : 0;
}

static size_t peEnd(Bytes bytes) {
  const size_t header = bytes.le32(60);
  if (!bytes.is(header, "PE\0\0"sv)) return 0;
  const size_t sections = bytes.le16(header + 6), optional = bytes.le16(header + 20);
  size_t end = 0;
  for (size_t index = 0; index < sections && index < 96; index++) {
    const size_t at = header + 24 + optional + index * 40;
    end = std::max<size_t>(end, size_t{bytes.le32(at + 16)} + bytes.le32(at + 20));
  }
  return end < bytes.size ? end : 0;
}

// A self-extracting program: the archive stands in the overlay.
static ContainerMatch identifyOverlay(Bytes bytes) {
  const bool program = bytes.is(0,
                                "\x7f"
                                "ELF") ||
                       bytes.is(0, "MZ");
  const bool script = bytes.is(0, "#!");
  if (!program && !script) return {};
  const size_t end = bytes.is(0, "MZ") ? peEnd(bytes) : program ? elfEnd(bytes) : 0;
  if (program && end == 0) return {};
  if (hasZipEnd(bytes.from(end)) && bytes.from(end).text().find("PK\x03\x04"sv) != std::string_view::npos)
    return {Container::zip, script ? 0 : end};
  if (!program) return {};
  const std::string_view window = bytes.sub(end, 64 * 1024).text();
  if (const size_t at = window.find("7z\xbc\xaf\x27\x1c"sv); at != std::string_view::npos)
    return {Container::sevenZip, end + at};
  if (const size_t at = window.find("Rar!\x1a\x07"sv); at != std::string_view::npos)
    return {bytes.u8(end + at + 6) == 0 ? Container::rar4 : Container::rar5, end + at};
  if (const size_t at = window.find("MSCF\0\0\0\0"sv); at != std::string_view::npos) return {Container::cab, end + at};
  return {};
}

static bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return byte >= ' ' && byte <= '~'; });
}

// Zeros follow a name, too.
bool isWeakMark(size_t offset, std::string_view mark) {
  return offset < 100 && (mark.size() <= 2 || isPrintable(mark.substr(0, mark.find_last_not_of('\0') + 1)));
}

static ContainerMatch identifyByHead(Bytes bytes);

// The tool of zstd unpacks streams of other formats, too, and passes over such frames before each.
static ContainerMatch identifyBehindSkippable(Bytes bytes) {
  const size_t at = skippableBytes(bytes);
  if (at == 0) return {};
  const Container kind = identifyByHead(bytes.from(at)).kind;
  return isCompressedStream(kind) || kind == Container::unsupported ? ContainerMatch{kind, at} : ContainerMatch{};
}

// Documents and programs that are known by their first bytes, with room for an archive's own head behind them. Readers
// of PDF look for its mark in more bytes than the first. Before a mail's first line ends, it is a name like others.
static bool isOtherToItsReaders(Bytes head) {
  if (head.sub(0, pdfMarkWithin).text().find("%PDF-"sv) != std::string_view::npos) return true;
  if (head.is(0, "{\\rtf"sv) || head.is(0,
                                        "\x7f"
                                        "ELF"sv))
    return true;
  if (head.is(0, "MZ"sv) && head.is(head.le32(60), "PE\0\0"sv)) return true;
  const std::string_view name = head.sub(0, 100).text();
  return name.find('\n') < name.find('\0') && mailMarkOf(head) == MailMark::mail;
}

static ContainerMatch identifyByHead(Bytes bytes) {
  const auto match = std::find_if(magics.begin(), magics.end(),
                                  [&](const Magic& magic) { return bytes.is(magic.offset, magic.bytes); });
  const bool found = match != magics.end(), strong = found && !isWeakMark(match->offset, match->bytes);
  // Whoever makes both means that readers differ.
  if (isTarHeader(bytes)) return {.kind = Container::tar, .ambiguous = strong || isOtherToItsReaders(bytes)};
  if (strong) return {match->kind};
  if (isLha(bytes)) return {Container::lha};
  if (found) return {match->kind};
  if (isBzip2(bytes)) return {Container::bzip2};
  if (isLzma(bytes)) return {Container::lzma};
  return identifyBehindSkippable(bytes);
}

ContainerMatch identifyContainer(Bytes bytes) {
  ContainerMatch match = identifyByHead(bytes);
  if (match.kind == Container::iso)
    match.ambiguous = identifyByHead(bytes.sub(0, imageMarkAt - 1)).kind != Container::none ||
                      bytes.sub(0, pdfMarkWithin).text().find("%PDF-"sv) != std::string_view::npos;
  else if (match.kind != Container::none && bytes.is(imageMarkAt, imageMark)) match.ambiguous = true;
  if (match.kind != Container::none) return match;
  if (const ContainerMatch overlay = identifyOverlay(bytes); overlay.kind != Container::none) return overlay;
  return identifyBehind(bytes);
}

bool isCompressedStream(Container kind) {
  switch (kind) {
    case Container::gzip:
    case Container::bzip2:
    case Container::xz:
    case Container::lzma:
    case Container::lzip:
    case Container::zstd:
    case Container::lz4:
    case Container::compress: return true;
    default: return false;
  }
}

bool isCompression(Container kind) {
  switch (kind) {
    case Container::zip:
    case Container::sevenZip:
    case Container::rar4:
    case Container::rar5:
    case Container::cab:
    case Container::lha:
    case Container::rpm: return true;
    default: return isCompressedStream(kind);
  }
}

static bool oneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool engineTypeIsCompression(std::string_view type) {
  return oneOf(type,
               {"CL_TYPE_ZIP",       "CL_TYPE_ZIPSFX",   "CL_TYPE_GZ",       "CL_TYPE_BZ",     "CL_TYPE_XZ",
                "CL_TYPE_7Z",        "CL_TYPE_7ZSFX",    "CL_TYPE_RAR",      "CL_TYPE_RARSFX", "CL_TYPE_MSCAB",
                "CL_TYPE_CABSFX",    "CL_TYPE_ARJ",      "CL_TYPE_ARJSFX",   "CL_TYPE_MSSZDD", "CL_TYPE_EGG",
                "CL_TYPE_EGGSFX",    "CL_TYPE_ALZ",      "CL_TYPE_LHA_LZH",  "CL_TYPE_XAR",    "CL_TYPE_OOXML_WORD",
                "CL_TYPE_OOXML_PPT", "CL_TYPE_OOXML_XL", "CL_TYPE_OOXML_HWP"});
}

bool engineTypeListsMembers(std::string_view type) {
  return oneOf(type,
               {"CL_TYPE_MAIL",   "CL_TYPE_MHTML",       "CL_TYPE_TNEF",      "CL_TYPE_MSOLE2",  "CL_TYPE_MSCHM",
                "CL_TYPE_MSSZDD", "CL_TYPE_ARJ",         "CL_TYPE_ARJSFX",    "CL_TYPE_EGG",     "CL_TYPE_ALZ",
                "CL_TYPE_XAR",    "CL_TYPE_BINHEX",      "CL_TYPE_UUENCODED", "CL_TYPE_RTF",     "CL_TYPE_SIS",
                "CL_TYPE_NULSFT", "CL_TYPE_ISHIELD_MSI", "CL_TYPE_DMG",       "CL_TYPE_GPT",     "CL_TYPE_MBR",
                "CL_TYPE_APM",    "CL_TYPE_UDF",         "CL_TYPE_ONENOTE",   "CL_TYPE_HWPOLE2", "CL_TYPE_AUTOIT"});
}

bool engineTypeIsMail(std::string_view type) { return oneOf(type, {"CL_TYPE_MAIL", "CL_TYPE_MHTML"}); }

bool engineTypeHasStreams(std::string_view type) {
  return oneOf(type, {"CL_TYPE_PDF", "CL_TYPE_XDP", "CL_TYPE_SWF", "CL_TYPE_XML_WORD", "CL_TYPE_XML_XL",
                      "CL_TYPE_XML_HWP", "CL_TYPE_HWP3"});
}

bool engineTypeLacksRaw(std::string_view type) {
  return oneOf(type, {"CL_TYPE_IGNORED", "CL_TYPE_HTML", "CL_TYPE_HTML_UTF16"});
}

bool engineTypeIsContainer(std::string_view type) {
  return engineTypeIsCompression(type) || engineTypeListsMembers(type) ||
         oneOf(type, {"CL_TYPE_POSIX_TAR", "CL_TYPE_OLD_TAR", "CL_TYPE_CPIO_OLD", "CL_TYPE_CPIO_ODC",
                      "CL_TYPE_CPIO_NEWC", "CL_TYPE_CPIO_CRC", "CL_TYPE_ISO9660", "CL_TYPE_PART_HFSPLUS"});
}

}  // namespace lazaret
