// SPDX-License-Identifier: GPL-2.0-only
#include "worker/scan-file.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>

#include "base/faults.h"
#include "worker/file-map.h"
#include "base/limits.h"

namespace lazaret {

std::string sha256Hex(Bytes bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  static EVP_MD_CTX* const context = EVP_MD_CTX_new();
  static const EVP_MD* const kind = EVP_sha256();
  if (!context || !EVP_DigestInit_ex(context, kind, nullptr) || !EVP_DigestUpdate(context, bytes.data, bytes.size) ||
      !EVP_DigestFinal_ex(context, digest, &length))
    return {};
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned index = 0; index < length; index++) (out += digits[digest[index] >> 4]) += digits[digest[index] & 15];
  return out;
}

static bool inSet(const Profile& profile, TypeNumber type, bool listed) {
  const uint64_t bit = 1ull << (type % 64);
  const TypeSet always = profile.inScope, whenListed = profile.inScopeWhenListed;  // the profile is packed: copies
  return (always[type / 64] & bit) || (listed && (whenListed[type / 64] & bit));
}

static Bytes readHead(int fd, uint8_t* buffer, size_t bytes) {
  const ssize_t got = pread(fd, buffer, bytes, 0);
  return {buffer, got > 0 ? static_cast<size_t>(got) : 0};
}

ScanAnswer scanDescriptor(Engine& engine, int fd, const Profile& profile, uint32_t flags, const std::string& temporary,
                          HitSink onHit) {
  ScanAnswer answer;
  struct stat before, after;
  if (fstat(fd, &before) != 0) {
    answer.ledger.addOuterUnscanned(Reason::unreadable, -1);
    return answer;
  }
  answer.bytes = S_ISREG(before.st_mode) ? static_cast<uint64_t>(before.st_size) : 0;
  const auto size = static_cast<int64_t>(answer.bytes);
  if (!S_ISREG(before.st_mode)) {
    answer.ledger.addOuterUnscanned(Reason::special, -1);
    return answer;
  }
  // Small files are read in one call anyway; the type needs no more of a large one.
  static uint8_t head[limits::typeHeadBytes];
  const Bytes first = readHead(fd, head, std::min<size_t>(sizeof head, answer.bytes));
  answer.trueType = identifyType(first, answer.bytes);
  if ((profile.flags & profileFlagTypeRule) && !inSet(profile, answer.trueType, flags & scanFlagNameListed)) {
    answer.outOfScope = true;
    return answer;
  }
  // LM-10: libclamav would answer "clean" at once for so large a file.
  if (answer.bytes >= limits::plainFileBytesMax) {
    answer.ledger.addOuterUnscanned(Reason::engineLimit, size);
    return answer;
  }
  const FileMap map(fd, answer.bytes);
  if (!map.mapped()) {
    answer.ledger.addOuterUnscanned(Reason::unreadable, size);
    return answer;
  }
  faults::check(map.bytes());
  FileScan scan(engine, profile, temporary, std::move(onHit));
  scan.run(map.bytes());
  std::string digest = sha256Hex(map.bytes());
  answer.ledger = std::move(scan.ledger());
  if (fstat(fd, &after) != 0 || !sameState(before, after) || map.lostPages())
    answer.ledger.addOuterUnscanned(Reason::changed, size);
  else answer.sha256 = std::move(digest);
  return answer;
}

}  // namespace lazaret
