// SPDX-License-Identifier: GPL-2.0-only
#include "reading/iso-entry.h"

#include <set>
#include <utility>

#include "base/limits.h"

namespace lazaret {

static constexpr size_t headBytes = 33;  // of a record, before its name

static Bytes systemUse(Bytes record) {
  const size_t nameBytes = record.u8(32);
  return record.from(headBytes + nameBytes + (nameBytes % 2 == 0 ? 1 : 0));
}

void readRockRidgeMark(Bytes record, IsoVolume& volume) {
  const Bytes area = systemUse(record);
  // The mark "SP", at the start or, on some discs, behind 14 bytes of another system.
  for (const size_t at : {size_t{0}, size_t{14}}) {
    if (!area.is(at, "SP\x07\x01\xbe\xef")) continue;
    volume.rockRidge = true;
    volume.skip = area.u8(at + 6);
    return;
  }
}

static void addUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) out += static_cast<char>(code);
  else if (code < 0x800) (out += static_cast<char>(0xc0 | code >> 6)) += static_cast<char>(0x80 | (code & 63));
  else if (code < 0x10000)
    ((out += static_cast<char>(0xe0 | code >> 12)) += static_cast<char>(0x80 | (code >> 6 & 63))) +=
        static_cast<char>(0x80 | (code & 63));
  else
    (((out += static_cast<char>(0xf0 | code >> 18)) += static_cast<char>(0x80 | (code >> 12 & 63))) +=
     static_cast<char>(0x80 | (code >> 6 & 63))) += static_cast<char>(0x80 | (code & 63));
}

static std::string jolietName(Bytes name) {
  std::string out;
  for (size_t at = 0; name.has(at, 2); at += 2) {
    uint32_t code = name.be16(at);
    const uint32_t low = name.be16(at + 2);
    if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    addUtf8(out, code);
  }
  return out;
}

// Without the version and the dot of a name that has no ending.
static std::string plainName(std::string name) {
  if (const size_t version = name.rfind(';'); version != name.npos && version > 0) name.resize(version);
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

// The fields of a system use area, and the areas that it goes on in.
struct UseReader {
  Bytes image;
  const IsoVolume& volume;
  Work& work;
  IsoEntry& entry;
  std::string name;
  Bytes next;
  std::set<std::pair<const uint8_t*, size_t>> seen;

  void continued(Bytes field) {
    const uint64_t at = uint64_t{field.le32(4)} * volume.blockBytes + field.le32(12);
    const size_t bytes = field.le32(20);
    next = image.has(at, bytes) && bytes <= limits::isoContinuationBytesMax ? image.sub(at, bytes) : Bytes{};
    entry.damaged = entry.damaged || next.size == 0;
  }

  void read(Bytes field) {
    if (field.is(0, "NM") && field.size > 5 && !(field.u8(4) & 6)) {
      if (name.size() + field.size <= limits::isoNameBytesMax) name += field.from(5).text();
    } else if (field.is(0, "CE") && field.size >= 28) {
      // Two at once: no writer makes that, and each would double the next.
      entry.damaged = entry.damaged || next.size > 0;
      continued(field);
    } else if (field.is(0, "CL") && field.size >= 12) {
      entry.movedHere = entry.folder = true;
      entry.block = field.le32(4);
    } else if (field.is(0, "RE")) {
      entry.relocated = true;
    } else if (field.is(0, "PX") && field.size >= 8) {
      const uint32_t kind = field.le32(4) & 0170000;
      entry.special = kind != 0100000 && kind != 0040000 && kind != 0;
    } else if (field.is(0, "ZF") && field.is(4, "pz") && field.size >= 16) {
      entry.zisofs = true;
    }
  }

  void readArea(Bytes area) {
    for (size_t at = 0; area.has(at, 4) && work.spend(4);) {
      const size_t bytes = area.u8(at + 2);
      if (bytes < 4 || !area.has(at, bytes) || area.is(at, "ST")) return;
      work.spend(bytes);
      read(area.sub(at, bytes));
      at += bytes;
    }
  }

  void readAll(Bytes area) {
    for (size_t areas = 0; area.size > 0 && !work.spent(); areas++) {
      next = {};
      readArea(area);
      area = next;
      const bool again = area.size > 0 && !seen.emplace(area.data, area.size).second;
      if (areas < limits::isoContinuationsMax && !again) continue;
      entry.damaged = entry.damaged || area.size > 0;
      return;
    }
  }
};

IsoEntry readIsoEntry(Bytes image, Bytes record, const IsoVolume& volume, Work& work) {
  IsoEntry entry;
  entry.block = record.le32(2);
  entry.bytes = record.le32(10);
  entry.folder = record.u8(25) & 2;
  entry.more = record.u8(25) & 0x80;
  const Bytes name = record.sub(headBytes, record.u8(32));
  entry.self = name.size == 1 && name.u8(0) <= 1;
  if (entry.self) return entry;
  entry.name = plainName(volume.joliet ? jolietName(name) : std::string(name.text()));
  if (!volume.rockRidge) return entry;
  UseReader reader{image, volume, work, entry, {}, {}, {}};
  reader.readAll(systemUse(record).from(volume.skip));
  if (!reader.name.empty()) entry.name = reader.name;
  return entry;
}

}  // namespace lazaret
