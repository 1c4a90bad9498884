// SPDX-License-Identifier: GPL-2.0-only
#include "formats/pdf-encryption.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

static bool isDelimiter(char byte) {
  return std::isspace(static_cast<unsigned char>(byte)) ||
         std::string_view("/<>[]()%").find(byte) != std::string_view::npos;
}

// Position after `/Key`, where it stands as a whole name.
static size_t findKey(std::string_view text, std::string_view key, size_t from = 0) {
  for (size_t at = text.find(key, from); at != text.npos; at = text.find(key, at + 1))
    if (at + key.size() >= text.size() || isDelimiter(text[at + key.size()])) return at + key.size();
  return text.npos;
}

static std::optional<long> integerAfter(std::string_view text, std::string_view key) {
  const size_t at = findKey(text, key);
  if (at == text.npos) return std::nullopt;
  const std::string digits(text.substr(at, 24));
  char* end = nullptr;
  const long value = std::strtol(digits.c_str(), &end, 10);
  return end == digits.c_str() ? std::nullopt : std::optional(value);
}

static std::string literalString(std::string_view text, size_t at) {
  std::string out;
  int depth = 1;
  for (at++; at < text.size() && out.size() < 4096; at++) {
    char byte = text[at];
    if (byte == ')' && --depth == 0) break;
    if (byte == '(') depth++;
    if (byte != '\\') {
      out += byte;
      continue;
    }
    if (++at >= text.size()) break;
    byte = text[at];
    if (byte >= '0' && byte <= '7') {
      int value = 0;
      for (int digits = 0; digits < 3 && at < text.size() && text[at] >= '0' && text[at] <= '7'; digits++)
        value = value * 8 + (text[at++] - '0');
      at--;
      out += static_cast<char>(value);
    } else if (byte == '\r' || byte == '\n') {
      if (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n') at++;
    } else {
      constexpr std::string_view from = "nrtbf", to = "\n\r\t\b\f";
      const size_t escape = from.find(byte);
      out += escape == from.npos ? byte : to[escape];
    }
  }
  return out;
}

static std::string hexString(std::string_view text, size_t at) {
  std::string out, digits;
  for (at++; at < text.size() && text[at] != '>' && out.size() < 4096; at++) {
    if (!std::isxdigit(static_cast<unsigned char>(text[at]))) continue;
    digits += text[at];
    if (digits.size() < 2) continue;
    out += static_cast<char>(std::strtol(digits.c_str(), nullptr, 16));
    digits.clear();
  }
  return out;
}

static std::string stringAfter(std::string_view text, std::string_view key) {
  size_t at = findKey(text, key);
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) at++;
  if (at >= text.size()) return {};
  if (text[at] == '(') return literalString(text, at);
  return text[at] == '<' ? hexString(text, at) : std::string{};
}

static std::string hash(const EVP_MD* kind, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), out, &length, kind, nullptr);
  return {reinterpret_cast<char*>(out), length};
}

// RC4 by hand: OpenSSL 3 keeps it in a legacy provider that the sandbox does not load.
static std::string rc4(std::string_view key, std::string text) {
  unsigned char state[256];
  for (int index = 0; index < 256; index++) state[index] = static_cast<unsigned char>(index);
  for (int index = 0, other = 0; index < 256; index++) {
    other = (other + state[index] + static_cast<unsigned char>(key[static_cast<size_t>(index) % key.size()])) & 255;
    std::swap(state[index], state[other]);
  }
  int left = 0, right = 0;
  for (char& byte : text) {
    left = (left + 1) & 255;
    right = (right + state[left]) & 255;
    std::swap(state[left], state[right]);
    byte = static_cast<char>(byte ^ state[(state[left] + state[right]) & 255]);
  }
  return text;
}

// ISO 32000-1, 7.6.3.3, algorithms 2, 4 and 5, with the empty user password.
static bool emptyPasswordOpensOld(std::string_view dictionary, std::string_view whole, long revision) {
  static constexpr unsigned char padding[] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e,
                                              0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68,
                                              0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};
  const std::string pad(reinterpret_cast<const char*>(padding), sizeof padding);
  const std::string owner = stringAfter(dictionary, "/O"), user = stringAfter(dictionary, "/U");
  const auto permissions = integerAfter(dictionary, "/P");
  if (owner.size() < 32 || user.size() < 16 || !permissions) return false;
  const size_t bits = static_cast<size_t>(std::clamp(integerAfter(dictionary, "/Length").value_or(40), 40l, 128l));
  const size_t keyBytes = revision == 2 ? 5 : integerAfter(dictionary, "/V").value_or(0) == 4 ? 16 : bits / 8;
  std::string identity;
  if (const size_t at = findKey(whole, "/ID"); at != whole.npos) {
    const size_t open = whole.find_first_of("<(", at);
    if (open != whole.npos) identity = whole[open] == '(' ? literalString(whole, open) : hexString(whole, open);
  }
  std::string input = pad + owner.substr(0, 32);
  for (int shift = 0; shift < 32; shift += 8) input += static_cast<char>(static_cast<uint32_t>(*permissions) >> shift);
  input += identity;
  if (revision >= 4 && dictionary.find("/EncryptMetadata false") != dictionary.npos) input += "\xff\xff\xff\xff";
  std::string key = hash(EVP_md5(), input);
  if (revision >= 3)
    for (int round = 0; round < 50; round++) key = hash(EVP_md5(), key.substr(0, keyBytes));
  key.resize(keyBytes);
  if (revision == 2) return rc4(key, pad) == user.substr(0, 32);
  std::string expected = rc4(key, hash(EVP_md5(), pad + identity));
  for (int round = 1; round <= 19; round++) {
    std::string turned = key;
    for (char& byte : turned) byte = static_cast<char>(byte ^ round);
    expected = rc4(turned, expected);
  }
  return expected == user.substr(0, 16);
}

// ISO 32000-2, 7.6.4.3.4, algorithm 2.B, with the empty password.
static std::string hardenedHash(std::string_view salt) {
  std::string key = hash(EVP_sha256(), salt);
  for (int round = 0; round < 1000; round++) {
    std::string block, input;
    for (int copy = 0; copy < 64; copy++) block += key;
    std::string encrypted(block.size() + 16, 0);
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    int written = 0;
    EVP_EncryptInit_ex(context, EVP_aes_128_cbc(), nullptr, reinterpret_cast<const unsigned char*>(key.data()),
                       reinterpret_cast<const unsigned char*>(key.data()) + 16);
    EVP_CIPHER_CTX_set_padding(context, 0);
    EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(encrypted.data()), &written,
                      reinterpret_cast<const unsigned char*>(block.data()), static_cast<int>(block.size()));
    EVP_CIPHER_CTX_free(context);
    encrypted.resize(static_cast<size_t>(written));
    unsigned remainder = 0;
    for (size_t index = 0; index < 16; index++) remainder += static_cast<unsigned char>(encrypted[index]);
    remainder %= 3;
    key = hash(remainder == 0 ? EVP_sha256() : remainder == 1 ? EVP_sha384() : EVP_sha512(), encrypted);
    if (round >= 63 && static_cast<unsigned char>(encrypted.back()) <= round - 31) break;
  }
  return key.substr(0, 32);
}

static bool emptyPasswordOpensNew(std::string_view dictionary, long revision) {
  const std::string user = stringAfter(dictionary, "/U");
  if (user.size() < 48) return false;
  const std::string salt = user.substr(32, 8);
  return (revision == 5 ? hash(EVP_sha256(), salt) : hardenedHash(salt)) == user.substr(0, 32);
}

static constexpr size_t dictionaryBytes = 4096;

// One place that says `/Encrypt`: a dictionary that begins there, or the number of the object that is one.
struct Encryption {
  size_t at = 0;
  long object = 0;
};

// The dictionaries that `/Encrypt` names, in order, each object once, up to the first direct one that says how it is
// encrypted: that one decides.
class EncryptionFinder {
 public:
  EncryptionFinder(std::string_view text, Work& work) : text_(text), work_(work) {}

  std::vector<Encryption> find() {
    for (size_t at = next(0); at != text_.npos && !decided_; at = next(at)) add(at);
    return std::move(found_);
  }

 private:
  // Every byte is looked at once, whatever it holds.
  size_t next(size_t from) {
    const size_t at = findKey(text_, "/Encrypt", from);
    return work_.spend(std::min(at, text_.size()) - from + 1) ? at : text_.npos;
  }

  void add(size_t at) {
    while (at < text_.size() && std::isspace(static_cast<unsigned char>(text_[at]))) at++;
    if (text_.substr(at, 2) == "<<") {
      if (filterWithin(at)) {
        found_.push_back({at, 0});
        decided_ = true;
      }
      return;
    }
    const std::string digits(text_.substr(at, 12));
    const long object = std::strtol(digits.c_str(), nullptr, 10);
    if (object <= 0 || !objects_.insert(object).second) return;
    if (objects_.size() > limits::pdfEncryptionsMax) work_.stop();
    found_.push_back({0, object});
  }

  // Places only grow: the next "/Filter" is looked for once.
  bool filterWithin(size_t at) {
    if (filter_ != text_.npos && (filter_ < at || !filterKnown_)) {
      const size_t from = at;
      filter_ = text_.find("/Filter", from);
      filterKnown_ = true;
      work_.spend(std::min(filter_, text_.size()) - from);
    }
    return filter_ != text_.npos && filter_ + 7 <= at + dictionaryBytes;
  }

  std::string_view text_;
  Work& work_;
  std::vector<Encryption> found_;
  std::set<long> objects_;
  size_t filter_ = 0;
  bool filterKnown_ = false, decided_ = false;
};

static bool isDigit(char byte) { return byte >= '0' && byte <= '9'; }

// The number before `at`, where it stands alone; else 0.
static long numberBefore(std::string_view text, size_t at) {
  size_t begin = at;
  while (begin > 0 && at - begin < 12 && isDigit(text[begin - 1])) begin--;
  if (begin == at || (begin > 0 && !isDelimiter(text[begin - 1]))) return 0;
  return std::strtol(std::string(text.substr(begin, at - begin)).c_str(), nullptr, 10);
}

// Where the wanted objects begin: one way through the text for all of them, the first place counts.
static std::map<long, size_t> findObjects(std::string_view text, const std::vector<Encryption>& wanted, Work& work) {
  std::map<long, size_t> places;
  for (const Encryption& one : wanted)
    if (one.object) places.emplace(one.object, text.npos);
  if (places.empty() || !work.spend(text.size())) return places;
  for (size_t at = text.find(" 0 obj"); at != text.npos && work.spend(8); at = text.find(" 0 obj", at + 1))
    if (const auto place = places.find(numberBefore(text, at)); place != places.end() && place->second == text.npos)
      place->second = at;
  return places;
}

bool isPdfPasswordProtected(Bytes document, Work& work) {
  const std::string_view text = document.text();
  const std::vector<Encryption> encryptions = EncryptionFinder(text, work).find();
  const std::map<long, size_t> objects = findObjects(text, encryptions, work);
  for (const Encryption& encryption : encryptions) {
    const size_t at = encryption.object ? objects.at(encryption.object) : encryption.at;
    if (at == text.npos || !work.spend()) continue;
    const std::string_view dictionary = text.substr(at, dictionaryBytes);
    if (dictionary.find("/Filter") == dictionary.npos) continue;
    const long revision = integerAfter(dictionary, "/R").value_or(0);
    const bool opens =
        revision >= 5 ? emptyPasswordOpensNew(dictionary, revision) : emptyPasswordOpensOld(dictionary, text, revision);
    return !opens;
  }
  return false;
}

}  // namespace lazaret
