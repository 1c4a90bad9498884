// SPDX-License-Identifier: GPL-2.0-only
#include "formats/types.h"

#include <algorithm>
#include <array>

#include "formats/containers.h"
#include "formats/mail-text.h"
#include "formats/text-kind.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

struct TypeEntry {
  std::string_view name, group;
};

// A type's number is its place: append only, clients hold numbers.
static constexpr std::array types = {
    TypeEntry{"data", "other"},
    TypeEntry{"empty", "other"},
    TypeEntry{"text", "text"},
    TypeEntry{"elf", "executable"},
    TypeEntry{"pe", "executable"},
    TypeEntry{"dos-program", "executable"},
    TypeEntry{"macho", "executable"},
    TypeEntry{"java-class", "executable"},
    TypeEntry{"wasm", "executable"},
    TypeEntry{"python-bytecode", "executable"},
    TypeEntry{"script-shell", "script"},
    TypeEntry{"script-python", "script"},
    TypeEntry{"script-perl", "script"},
    TypeEntry{"script-ruby", "script"},
    TypeEntry{"script-javascript", "script"},
    TypeEntry{"script-lua", "script"},
    TypeEntry{"script-tcl", "script"},
    TypeEntry{"script-awk", "script"},
    TypeEntry{"script-powershell", "script"},
    TypeEntry{"script-batch", "script"},
    TypeEntry{"script-vbscript", "script"},
    TypeEntry{"script-other", "script"},
    TypeEntry{"php", "web"},
    TypeEntry{"html", "web"},
    TypeEntry{"jsp", "web"},
    TypeEntry{"asp", "web"},
    TypeEntry{"xml", "text"},
    TypeEntry{"svg", "web"},
    TypeEntry{"mail", "mail"},
    TypeEntry{"tnef", "mail"},
    TypeEntry{"mbox", "mail"},
    TypeEntry{"pdf", "document"},
    TypeEntry{"rtf", "document"},
    TypeEntry{"ole2", "document"},
    TypeEntry{"ooxml", "document"},
    TypeEntry{"odf", "document"},
    TypeEntry{"onenote", "document"},
    TypeEntry{"chm", "document"},
    TypeEntry{"postscript", "document"},
    TypeEntry{"epub", "document"},
    TypeEntry{"zip", "archive"},
    TypeEntry{"jar", "archive"},
    TypeEntry{"7z", "archive"},
    TypeEntry{"rar", "archive"},
    TypeEntry{"gzip", "archive"},
    TypeEntry{"bzip2", "archive"},
    TypeEntry{"xz", "archive"},
    TypeEntry{"lzma", "archive"},
    TypeEntry{"lzip", "archive"},
    TypeEntry{"zstd", "archive"},
    TypeEntry{"lz4", "archive"},
    TypeEntry{"compress", "archive"},
    TypeEntry{"tar", "archive"},
    TypeEntry{"cpio", "archive"},
    TypeEntry{"ar", "archive"},
    TypeEntry{"deb", "archive"},
    TypeEntry{"rpm", "archive"},
    TypeEntry{"cab", "archive"},
    TypeEntry{"lha", "archive"},
    TypeEntry{"arj", "archive"},
    TypeEntry{"xar", "archive"},
    TypeEntry{"iso9660", "archive"},
    TypeEntry{"szdd", "archive"},
    TypeEntry{"archive-other", "archive"},
    TypeEntry{"disk-image", "archive"},
    TypeEntry{"png", "image"},
    TypeEntry{"jpeg", "image"},
    TypeEntry{"gif", "image"},
    TypeEntry{"bmp", "image"},
    TypeEntry{"tiff", "image"},
    TypeEntry{"webp", "image"},
    TypeEntry{"icon", "image"},
    TypeEntry{"audio", "media"},
    TypeEntry{"video", "media"},
    TypeEntry{"flash", "media"},
    TypeEntry{"font", "media"},
    TypeEntry{"sqlite", "other"},
    TypeEntry{"desktop-entry", "script"},
    TypeEntry{"systemd-unit", "script"},
    TypeEntry{"crontab", "script"},
};

static TypeNumber number(std::string_view name) {
  for (size_t index = 0; index < types.size(); index++)
    if (types[index].name == name) return static_cast<TypeNumber>(index);
  return 0;
}

std::string_view typeName(TypeNumber value) { return value < types.size() ? types[value].name : types[0].name; }

std::string typesAsJson() {
  std::string out = "[";
  for (size_t index = 0; index < types.size(); index++) {
    if (index) out += ',';
    out += "{\"number\":" + std::to_string(index) + ",\"name\":\"" + std::string(types[index].name) +
           "\",\"group\":\"" + std::string(types[index].group) + "\"}";
  }
  return out + "]";
}

struct Magic {
  size_t offset;
  std::string_view bytes, name;
};

static constexpr std::array magics = {
    Magic{0,
          "\x7f"
          "ELF"sv,
          "elf"},
    Magic{0, "\0asm"sv, "wasm"},
    Magic{0, "\xfe\xed\xfa\xce"sv, "macho"},
    Magic{0, "\xfe\xed\xfa\xcf"sv, "macho"},
    Magic{0, "\xce\xfa\xed\xfe"sv, "macho"},
    Magic{0, "\xcf\xfa\xed\xfe"sv, "macho"},
    Magic{0, "%PDF-"sv, "pdf"},
    Magic{0, "{\\rtf"sv, "rtf"},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "ole2"},
    Magic{0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"sv, "onenote"},
    Magic{0, "ITSF"sv, "chm"},
    Magic{0, "%!PS"sv, "postscript"},
    Magic{0, "\x78\x9f\x3e\x22"sv, "tnef"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "7z"},
    Magic{0, "Rar!\x1a\x07"sv, "rar"},
    Magic{0, "\x1f\x8b"sv, "gzip"},
    Magic{0, "BZh"sv, "bzip2"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz"},
    Magic{0, "LZIP"sv, "lzip"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd"},
    Magic{0, "\x04\x22\x4d\x18"sv, "lz4"},
    Magic{0, "!<arch>\ndebian-binary"sv, "deb"},
    Magic{0, "!<arch>\n"sv, "ar"},
    Magic{0, "070701"sv, "cpio"},
    Magic{0, "070702"sv, "cpio"},
    Magic{0, "070707"sv, "cpio"},
    Magic{0, "\xed\xab\xee\xdb"sv, "rpm"},
    Magic{0, "MSCF"sv, "cab"},
    Magic{0, "xar!"sv, "xar"},
    Magic{0, "SZDD\x88\xf0"sv, "szdd"},
    Magic{32769, "CD001"sv, "iso9660"},
    Magic{0, "\x89LZO"sv, "archive-other"},
    Magic{0, "LRZI"sv, "archive-other"},
    Magic{0, "GRZipII"sv, "archive-other"},
    Magic{0, "\xff\x06\0\0sNaPpY"sv, "archive-other"},
    Magic{0, "7kSt"sv, "archive-other"},
    Magic{0, "zPQ"sv, "archive-other"},
    Magic{7, "**ACE**"sv, "archive-other"},
    Magic{0, "SIT!"sv, "archive-other"},
    Magic{0, "StuffIt"sv, "archive-other"},
    Magic{20, "\xdc\xa7\xc4\xfd"sv, "archive-other"},
    Magic{0, "MSWIM\0\0\0"sv, "archive-other"},
    Magic{0, "hsqs"sv, "archive-other"},
    Magic{0, "EGGA"sv, "archive-other"},
    Magic{0, "ALZ\x01"sv, "archive-other"},
    Magic{0, "ArC\x01"sv, "archive-other"},
    Magic{0, "RZIP"sv, "archive-other"},
    Magic{24, "\x6c\xea\0\0"sv, "archive-other"},
    Magic{24, "\x6b\xea\0\0"sv, "archive-other"},
    Magic{0, "QFI\xfb"sv, "disk-image"},
    Magic{0, "KDMV"sv, "disk-image"},
    Magic{0, "conectix"sv, "disk-image"},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "png"},
    Magic{0, "\xff\xd8\xff"sv, "jpeg"},
    Magic{0, "GIF8"sv, "gif"},
    Magic{0, "II*\0"sv, "tiff"},
    Magic{0, "MM\0*"sv, "tiff"},
    Magic{8, "WEBP"sv, "webp"},
    Magic{0, "\0\0\1\0"sv, "icon"},
    Magic{0, "ID3"sv, "audio"},
    Magic{0, "OggS"sv, "audio"},
    Magic{0, "fLaC"sv, "audio"},
    Magic{8, "WAVE"sv, "audio"},
    Magic{0, "\x1a\x45\xdf\xa3"sv, "video"},
    Magic{4, "ftyp"sv, "video"},
    Magic{8, "AVI "sv, "video"},
    Magic{0, "FWS"sv, "flash"},
    Magic{0, "CWS"sv, "flash"},
    Magic{0, "ZWS"sv, "flash"},
    Magic{0, "wOFF"sv, "font"},
    Magic{0, "wOF2"sv, "font"},
    Magic{0, "OTTO\0"sv, "font"},
    Magic{0, "\0\1\0\0\0"sv, "font"},
    Magic{0, "SQLite format 3\0"sv, "sqlite"},
    Magic{2, "-pm0-"sv, "archive-other"},
    Magic{2, "-pm1-"sv, "archive-other"},
    Magic{2, "-pm2-"sv, "archive-other"},
    Magic{2, "-pms-"sv, "archive-other"},
    // Two bytes: whatever tells more comes first.
    Magic{0, "\x1f\x9d"sv, "compress"},
    Magic{0, "\xc7\x71"sv, "cpio"},
    Magic{0, "\x71\xc7"sv, "cpio"},
    Magic{0, "\x60\xea"sv, "arj"},
};

static std::string_view executableKind(Bytes head) {
  if (head.is(0, "MZ"))
    return head.is(head.le32(60), "PE\0\0"sv) || (head.le32(60) > head.size && head.le32(60) < 0x1000000)
               ? "pe"
               : "dos-program";
  // A fat Mach-O and a Java class share their first word: the second tells (a class version is 45 or more).
  if (head.is(0, "\xca\xfe\xba\xbe")) return head.be32(4) < 43 ? "macho" : "java-class";
  // CPython: two bytes version, CR LF, then flags.
  if (head.size >= 16 && head.is(2, "\r\n") && head.u8(1) >= 0x0b && head.u8(1) <= 0x0f && head.le32(4) <= 3)
    return "python-bytecode";
  return {};
}

static std::string_view zipKind(Bytes head) {
  if (!head.is(0, "PK\x03\x04"))
    return head.is(0, "PK\x05\x06") || head.is(0, "PK00PK\x03\x04") || head.is(0, "PK\x07\x08PK") ? "zip"
                                                                                                  : std::string_view{};
  const std::string_view text = head.text();
  const std::string_view name = head.sub(30, head.le16(26)).text();
  if (name == "mimetype") {
    const std::string_view content = text.substr(0, std::min<size_t>(text.size(), 256));
    if (content.find("application/vnd.oasis.opendocument") != content.npos) return "odf";
    if (content.find("application/epub") != content.npos) return "epub";
  }
  const auto names = [&](std::string_view part) { return text.find(part) != text.npos; };
  if (name == "[Content_Types].xml" || name == "_rels/.rels") return "ooxml";
  if (name.starts_with("META-INF/")) return "jar";
  if (names("[Content_Types].xml") && (names("word/") || names("xl/") || names("ppt/"))) return "ooxml";
  if (names("META-INF/MANIFEST.MF")) return "jar";
  return "zip";
}

// The oldest disguise of a web shell: an image's first bytes before its code. A server that runs it takes it for PHP.
static bool isImage(std::string_view name) {
  return name == "gif" || name == "jpeg" || name == "png" || name == "tiff" || name == "webp" || name == "icon";
}
static bool holdsPhp(Bytes head) { return head.text().find("<?php") != std::string_view::npos; }

// Streams that begin with something else than their mark, or have none.
static std::string_view unmarkedStream(Bytes head) {
  if (isLzma(head)) return "lzma";
  const size_t at = skippableBytes(head);
  if (at == 0) return {};
  return head.is(at, "\x04\x22\x4d\x18"sv) || head.is(at, "\x02\x21\x4c\x18"sv) ? "lz4" : "zstd";
}

static std::string_view markedKind(Bytes head) {
  if (isTarHeader(head)) return "tar";
  const auto mark = std::find_if(magics.begin(), magics.end(),
                                 [&](const Magic& magic) { return head.is(magic.offset, magic.bytes); });
  if ((mark == magics.end() || isWeakMark(mark->offset, mark->bytes)) && isLha(head)) return "lha";
  if (mark == magics.end()) return unmarkedStream(head);
  return isImage(mark->name) && holdsPhp(head) ? "php" : mark->name;
}

static std::string_view kindOf(Bytes head, uint64_t fileBytes) {
  if (fileBytes == 0 || head.size == 0) return "empty";
  if (const std::string_view kind = executableKind(head); !kind.empty()) return kind;
  if (const std::string_view kind = zipKind(head); !kind.empty()) return kind;
  if (const std::string_view kind = markedKind(head); !kind.empty()) return kind;
  if (head.is(257, "ustar")) return "tar";
  if (head.is(0, "BM") && head.le32(2) == fileBytes) return "bmp";
  if (head.is(0, "\xff\xfb") || head.is(0, "\xff\xf3")) return "audio";
  if (head.sub(0, 1024).text().find("%PDF-") != std::string_view::npos) return "pdf";
  if (isText(head)) return textKind(head);
  if (isWideText(head)) return "text";
  if (head.sub(0, 4096).text().find("<?php") != std::string_view::npos) return "php";
  return mailMarkOf(head.sub(0, 16384)) == MailMark::mail ? "mail" : "data";
}

TypeNumber identifyType(Bytes head, uint64_t fileBytes) { return number(kindOf(head, fileBytes)); }

}  // namespace lazaret
