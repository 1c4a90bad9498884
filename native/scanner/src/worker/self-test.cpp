// SPDX-License-Identifier: GPL-2.0-only
#include "worker/self-test.h"

#include <sys/random.h>
#include <zlib.h>

#include <cstdlib>

#include "unpack/file-scan.h"
#include "base/limits.h"
#include "worker/scan-file.h"

namespace lazaret {

static std::string hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) (out += digits[static_cast<unsigned char>(byte) >> 4]) += digits[byte & 15];
  return out;
}

SelfTest::SelfTest() {
  unsigned char random[24];
  if (getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) std::abort();
  marker_ = "lazaret self-test " + hex(std::string(reinterpret_cast<char*>(random), sizeof random));
}

std::string SelfTest::signatureLine() const { return "Lazaret.SelfTest:0:*:" + hex(marker_) + "\n"; }

Profile widestProfile() {
  Profile profile{};
  profile.compressionLayersMax = 5;
  profile.nestingMax = 30;
  profile.memberBytesMax = 30 * limits::MiB;
  profile.membersMax = 100000;
  profile.engineTimeMs = 60000;
  profile.walkTimeMs = 60000;
  return profile;
}

static void put(std::string& out, uint64_t value, unsigned bytes) {
  for (unsigned index = 0; index < bytes; index++) out += static_cast<char>(value >> (8 * index));
}

static std::string zipOf(const std::string& name, const std::string& content) {
  std::string packed(compressBound(content.size()) + 64, 0);
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  const auto crc = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
  std::string common;
  put(common, 20, 2), put(common, 0, 2), put(common, 8, 2), put(common, 0, 4), put(common, crc, 4);
  put(common, packed.size(), 4), put(common, content.size(), 4), put(common, name.size(), 2), put(common, 0, 2);
  std::string out = "PK\x03\x04" + common + name + packed;
  const size_t directoryAt = out.size();
  std::string entry = "PK\x01\x02";
  put(entry, 20, 2);
  entry += common;
  put(entry, 0, 2), put(entry, 0, 2), put(entry, 0, 2), put(entry, 0, 4), put(entry, 0, 4);
  out += entry + name;
  const size_t directoryBytes = out.size() - directoryAt;
  out += "PK\x05\x06";
  put(out, 0, 4), put(out, 1, 2), put(out, 1, 2), put(out, directoryBytes, 4), put(out, directoryAt, 4), put(out, 0, 2);
  return out;
}

static bool found(Engine& engine, const std::string& content, const std::string& temporary, std::string_view name,
                  const LayerPath& layers) {
  const Profile profile = widestProfile();
  FileScan scan(engine, profile, temporary);
  scan.run({reinterpret_cast<const uint8_t*>(content.data()), content.size()});
  for (const Threat& threat : scan.ledger().threats())
    if ((name.empty() || threat.name == name) && threat.layers == layers) return scan.ledger().rows().empty();
  return false;
}

bool SelfTest::markerInZipFound(Engine& engine, const std::string& temporary) const {
  // Wide text beside it loads the character tables that a first scan needs, while files are still in reach.
  return found(engine, zipOf("marker.txt", "some text before\n" + marker_ + "\nsome text behind\n"), temporary,
               "Lazaret.SelfTest", {"marker.txt"});
}

bool SelfTest::eicarFound(Engine& engine, const std::string& temporary) {
  const std::string eicar =
      std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-" + "STANDARD-ANTI" + "VIRUS-TEST-FILE!" + "$H+H*";
  return found(engine, eicar, temporary, "", {});
}

bool SelfTest::isClean(Engine& engine, int fd, const std::string& temporary, std::string& threat) {
  const ScanAnswer answer = scanDescriptor(engine, fd, widestProfile(), 0, temporary);
  if (answer.ledger.threats().empty()) return true;
  threat = answer.ledger.threats().front().name;
  return false;
}

}  // namespace lazaret
