// SPDX-License-Identifier: GPL-2.0-only
#include "formats/passwords.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "formats/pdf-encryption.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

static constexpr uint32_t endOfChain = 0xfffffffe;
static constexpr uint32_t lastSector = 0xfffffffa;  // from here on numbers mean something else

// As much of a compound file as is needed to find a stream by its name.
class CompoundFile {
 public:
  CompoundFile(Bytes file, Work& work) : file_(file), work_(work) {
    if (!file.is(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv) || !file.has(0, 512)) return;
    const uint16_t shift = file.le16(30);
    if (shift != 9 && shift != 12) return;
    sectorBytes_ = size_t{1} << shift;
    sectors_ = file.size / sectorBytes_ + 1;
    miniCutoff_ = file.le32(56);
    readTable();
    readDirectory(file.le32(48));
    miniTable_ = chain(file.le32(60), limits::compoundChainBytesMax);
  }

  bool has(const std::string& name) const { return streams_.contains(name); }

  // The first bytes of a stream, `most` at most.
  std::vector<uint8_t> head(const std::string& name, size_t most) const {
    const auto found = streams_.find(name);
    if (found == streams_.end()) return {};
    const Stream& stream = found->second;
    const size_t wanted = std::min<size_t>(most, stream.bytes);
    if (stream.bytes >= miniCutoff_) return chain(stream.start, wanted);
    return miniChain(stream.start, wanted);
  }

 private:
  struct Stream {
    uint32_t start;
    uint64_t bytes;
  };

  size_t sectorAt(uint32_t sector) const { return (size_t{sector} + 1) * sectorBytes_; }

  uint32_t following(uint32_t sector) const {
    const size_t perSector = sectorBytes_ / 4, block = sector / perSector;
    return block < table_.size() ? file_.le32(sectorAt(table_[block]) + sector % perSector * 4) : endOfChain;
  }

  void readTable() {
    for (size_t index = 0; index < 109; index++)
      if (const uint32_t sector = file_.le32(76 + index * 4); sector < lastSector && file_.has(76 + index * 4, 4))
        table_.push_back(sector);
    uint32_t block = file_.le32(68);
    for (size_t steps = 0; block < lastSector && steps < sectors_ && work_.spend(sectorBytes_) &&
                           file_.has(sectorAt(block), sectorBytes_);
         steps++) {
      for (size_t at = 0; at + 4 < sectorBytes_; at += 4)
        if (const uint32_t sector = file_.le32(sectorAt(block) + at); sector < lastSector) table_.push_back(sector);
      block = file_.le32(sectorAt(block) + sectorBytes_ - 4);
    }
  }

  std::vector<uint8_t> chain(uint32_t sector, size_t most) const {
    std::vector<uint8_t> out;
    // No chain is longer than the file: one that is leads in a circle.
    for (size_t steps = 0; sector < lastSector && steps < sectors_ && out.size() < most && work_.spend(sectorBytes_);
         steps++) {
      const Bytes piece = file_.sub(sectorAt(sector), sectorBytes_);
      out.insert(out.end(), piece.data, piece.data + std::min(piece.size, most - out.size()));
      sector = following(sector);
    }
    return out;
  }

  std::vector<uint8_t> miniChain(uint32_t mini, size_t most) const {
    const Bytes links{miniTable_.data(), miniTable_.size()}, content{miniContent_.data(), miniContent_.size()};
    std::vector<uint8_t> out;
    for (size_t steps = 0;
         mini < lastSector && steps < sectors_ * sectorBytes_ / 64 && out.size() < most && work_.spend(64); steps++) {
      const Bytes piece = content.sub(size_t{mini} * 64, 64);
      out.insert(out.end(), piece.data, piece.data + std::min(piece.size, most - out.size()));
      mini = links.has(size_t{mini} * 4, 4) ? links.le32(size_t{mini} * 4) : endOfChain;
    }
    return out;
  }

  void readDirectory(uint32_t start) {
    const std::vector<uint8_t> raw = chain(start, limits::compoundChainBytesMax);
    const Bytes directory{raw.data(), raw.size()};
    for (size_t at = 0; directory.has(at, 128) && work_.spend(128); at += 128) {
      const uint8_t type = directory.u8(at + 66);
      const size_t nameBytes = std::min<size_t>(directory.le16(at + 64), 64);
      std::string name;
      for (size_t index = 0; index + 2 < nameBytes; index += 2) name += static_cast<char>(directory.u8(at + index));
      const Stream stream{directory.le32(at + 116), directory.le32(at + 120)};
      // There is one root: what calls itself another is not read again.
      if (type == 5 && !std::exchange(rootSeen_, true))
        miniContent_ = chain(stream.start, std::min<size_t>(stream.bytes, limits::compoundMiniBytesMax));
      if (type == 2) streams_.emplace(name, stream);
    }
  }

  Bytes file_;
  Work& work_;
  size_t sectorBytes_ = 512, sectors_ = 0;
  bool rootSeen_ = false;
  uint32_t miniCutoff_ = 4096;
  std::vector<uint32_t> table_;
  std::vector<uint8_t> miniContent_, miniTable_;
  std::map<std::string, Stream> streams_;
};

// Excel: a FilePass record (0x2f) among the first records of the workbook.
static bool workbookHasFilePass(const std::vector<uint8_t>& head) {
  const Bytes records{head.data(), head.size()};
  for (size_t at = 0, count = 0; records.has(at, 4) && count < 200; count++) {
    const uint16_t type = records.le16(at);
    if (type == 0x2f) return true;
    if (type == 0x0a) return false;  // end of the globals
    at += 4 + records.le16(at + 2);
  }
  return false;
}

// PowerPoint: the token of an encrypted file in the stream "Current User".
static bool isEncryptedPresentation(const std::vector<uint8_t>& head) {
  return Bytes{head.data(), head.size()}.le32(12) == 0xf3d1c4df;
}

static bool isProtectedCompound(Bytes document, Work& work) {
  const CompoundFile file(document, work);
  if (file.has("EncryptedPackage")) return true;
  if (const std::vector<uint8_t> word = file.head("WordDocument", 32); word.size() >= 12) {
    const Bytes block{word.data(), word.size()};
    if (block.le16(0) == 0xa5ec && (block.le16(10) & 0x0100)) return true;  // fEncrypted
  }
  if (workbookHasFilePass(file.head("Workbook", 1 << 16)) || workbookHasFilePass(file.head("Book", 1 << 16)))
    return true;
  return isEncryptedPresentation(file.head("Current User", 64)) || file.has("EncryptedSummary");
}

static bool isCompound(Bytes document) { return document.is(0, "\xd0\xcf\x11\xe0"sv); }
static bool isPdf(Bytes document) { return document.sub(0, 1024).text().find("%PDF-") != std::string_view::npos; }

bool mayBeProtected(Bytes document) { return isCompound(document) || isPdf(document); }

bool isPasswordProtected(Bytes document, Work& work) {
  if (isCompound(document)) return isProtectedCompound(document, work);
  return isPdf(document) && isPdfPasswordProtected(document, work);
}

bool isProtectedOdfManifest(Bytes manifest) {
  return manifest.text().find("encryption-data") != std::string_view::npos ||
         manifest.text().find("encrypted-key") != std::string_view::npos;
}

}  // namespace lazaret
