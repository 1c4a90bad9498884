// SPDX-License-Identifier: GPL-2.0-only
#include "mail/mail-coding.h"

#include <algorithm>
#include <array>

#include "formats/mail-text.h"

namespace lazaret {

namespace {

constexpr int8_t padding = -1, blank = -2, other = -3;

constexpr std::array<int8_t, 256> makeValues() {
  std::array<int8_t, 256> values{};
  values.fill(other);
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t index = 0; index < letters.size(); index++)
    values[static_cast<uint8_t>(letters[index])] = static_cast<int8_t>(index);
  values['='] = padding;
  values[' '] = values['\t'] = values['\r'] = values['\n'] = blank;
  return values;
}

constexpr std::array<int8_t, 256> base64Values = makeValues();

int8_t valueOf(char letter) { return base64Values[static_cast<uint8_t>(letter)]; }

bool isNoUuencode(char letter) { return letter < ' ' || letter > '`'; }

int hexOf(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

constexpr size_t pieceBytes = 64 * 1024, stepBytesMax = 64;

// A source that fills its piece from the text, as long as it can.
class TextSource : public ByteSource {
 public:
  explicit TextSource(Bytes text) : text_(text.text()), piece_(new uint8_t[pieceBytes + stepBytesMax]) {}
  uint32_t layers() const override { return 0; }
  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    filled_ = 0;
    while (room() > 0) {
      if (step()) continue;
      at_ = text_.size();  // nothing behind the end is read when the next piece is asked for
      break;
    }
    if (filled_ == 0) end_ = SourceEnd::complete;
    return {piece_.get(), filled_};
  }

 protected:
  virtual bool step() = 0;  // false: the end. Puts no more than there is room for, and stepBytesMax
  size_t room() const { return pieceBytes - std::min(filled_, pieceBytes); }
  bool atEnd() const { return at_ >= text_.size(); }
  std::string_view takeLine() {
    const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end;
    while (at_ < text_.size() && text_[at_] == '\r') at_++;
    if (at_ < text_.size() && text_[at_] == '\n') at_++;
    return line;
  }
  void put(int byte) { piece_[filled_++] = static_cast<uint8_t>(byte); }
  std::string_view text_;
  size_t at_ = 0;
  std::unique_ptr<uint8_t[]> piece_;
  size_t filled_ = 0;
};

class Base64Source final : public TextSource {
 public:
  Base64Source(Bytes text, MailCoding coding) : TextSource(text), coding_(coding) {}

 private:
  bool step() override {
    while (!atEnd() && room() > 0) {
      if (coding_ != MailCoding::base64Lines && held_ == 0 && takeLetters()) continue;
      if (coding_ == MailCoding::base64Lines && (at_ == 0 || isLineEnd(text_[at_ - 1]))) skipOtherLines();
      if (atEnd()) break;
      const int8_t value = valueOf(text_[at_++]);
      if (value >= 0) {
        bits_ = bits_ << 6 | static_cast<uint32_t>(value);
        if (++held_ == 4) flush();
      } else if (value == padding) {
        if (!pad()) return finish();
      } else if (value == other && coding_ == MailCoding::base64UpToOther) {
        return finish();
      }
    }
    return atEnd() ? finish() : true;
  }

  // Letters alone, four by four: nearly all that there is. False: none.
  bool takeLetters() {
    const size_t begin = at_;
    for (size_t left = std::min((text_.size() - at_) / 4, room() / 3); left > 0; left--, at_ += 4) {
      const int a = valueOf(text_[at_]), b = valueOf(text_[at_ + 1]), c = valueOf(text_[at_ + 2]),
                d = valueOf(text_[at_ + 3]);
      if ((a | b | c | d) < 0) break;
      put(a << 2 | b >> 4);
      put(b << 4 | c >> 2);
      put(c << 6 | d);
    }
    return at_ > begin;
  }

  bool finish() {
    flush();
    return false;
  }

  // False: the end. Padding where none can be is passed over.
  bool pad() {
    if (held_ < 2) return true;
    flush();
    return coding_ == MailCoding::base64Again;
  }

  void flush() {
    if (held_ >= 2) put(static_cast<int>(bits_ >> (6 * held_ - 8) & 0xff));
    if (held_ >= 3) put(static_cast<int>(bits_ >> (6 * held_ - 16) & 0xff));
    if (held_ == 4) put(static_cast<int>(bits_ & 0xff));
    bits_ = held_ = 0;
  }

  void skipOtherLines() {
    while (!atEnd()) {
      const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
      const std::string_view line = withoutBlanks(text_.substr(at_, end - at_));
      if (isBase64Line(line)) return;
      at_ = std::min(end + 1, text_.size());
    }
  }

  MailCoding coding_;
  uint32_t bits_ = 0, held_ = 0;
};

class QuotedPrintableSource final : public TextSource {
 public:
  using TextSource::TextSource;

 private:
  bool step() override {
    if (atEnd()) return false;
    if (text_[at_] != '=') {
      const std::string_view plain = text_.substr(at_, std::min(room(), text_.substr(at_, room()).find('=')));
      std::copy(plain.begin(), plain.end(), piece_.get() + filled_);
      filled_ += plain.size();
      at_ += plain.size();
      return true;
    }
    at_++;
    if (at_ + 1 < text_.size() && hexOf(text_[at_]) >= 0 && hexOf(text_[at_ + 1]) >= 0) {
      put(hexOf(text_[at_]) << 4 | hexOf(text_[at_ + 1]));
      at_ += 2;
    } else if (!softBreak()) {
      put('=');
    }
    return true;
  }

  bool softBreak() {
    size_t at = at_;
    while (at < text_.size() && isBlank(text_[at])) at++;
    if (at < text_.size() && !isLineEnd(text_[at])) return false;
    at_ = at;
    takeLine();
    return true;
  }
};

class UuencodeSource final : public TextSource {
 public:
  using TextSource::TextSource;

 private:
  bool step() override {
    if (atEnd()) return false;
    std::string_view line = takeLine();
    if (line.empty() || std::any_of(line.begin(), line.end(), isNoUuencode)) return true;
    size_t left = static_cast<size_t>(line[0] - ' ') & 63;
    line.remove_prefix(1);
    for (; left > 0 && line.size() >= 2; left -= std::min<size_t>(left, 3)) {
      uint32_t bits = 0;
      for (size_t index = 0; index < 4; index++)
        bits = bits << 6 | (index < line.size() ? static_cast<uint32_t>(line[index] - ' ') & 63 : 0);
      for (size_t index = 0; index < std::min<size_t>(left, 3); index++)
        put(static_cast<int>(bits >> (16 - 8 * index) & 0xff));
      line.remove_prefix(std::min<size_t>(line.size(), 4));
    }
    return true;
  }
};

class YencodeSource final : public TextSource {
 public:
  using TextSource::TextSource;

 private:
  bool step() override {
    if (atEnd()) return false;
    if (isLineEnd(text_[at_])) {
      at_++;
    } else if (text_.substr(at_).starts_with("=y") && (at_ == 0 || isLineEnd(text_[at_ - 1]))) {
      // As every program knows its end. What only looks so does not hide what follows.
      return !takeLine().starts_with("=yend size=");
    } else {
      const bool escaped = text_[at_] == '=' && at_ + 1 < text_.size();
      if (escaped) at_++;
      put(static_cast<uint8_t>(text_[at_++]) - 42 - (escaped ? 64 : 0));
    }
    return true;
  }
};

class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(Bytes text) : text_(text) {}
  uint32_t layers() const override { return 0; }
  Bytes next() override {
    if (end_ != SourceEnd::open) return {};
    end_ = SourceEnd::complete;
    return text_;
  }

 private:
  Bytes text_;
};

}  // namespace

Base64Shape shapeOfBase64(std::string_view text) {
  Base64Shape shape;
  bool ended = false;
  size_t letters = 0;
  for (const char letter : text) {
    const int8_t value = valueOf(letter);
    if (value >= 0) {
      shape.again = shape.again || ended;
      letters++;
    } else if (value == padding) {
      ended = ended || letters % 4 >= 2;
    } else if (value == other) {
      shape.other = true;
    }
  }
  return shape;
}

bool isBase64Line(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char letter) { return valueOf(letter) >= padding; });
}

bool isUuencodedLine(std::string_view line) {
  if (line.empty() || line[0] == ' ' || std::any_of(line.begin(), line.end(), isNoUuencode)) return false;
  const size_t bytes = static_cast<size_t>(line[0] - ' ') & 63, letters = (bytes + 2) / 3 * 4;
  return bytes > 0 && line.size() > bytes && line.size() <= letters + 4;
}

std::unique_ptr<ByteSource> openMailText(Bytes text, MailCoding coding) {
  switch (coding) {
    case MailCoding::identity: return std::make_unique<PlainSource>(text);
    case MailCoding::quotedPrintable: return std::make_unique<QuotedPrintableSource>(text);
    case MailCoding::uuencode: return std::make_unique<UuencodeSource>(text);
    case MailCoding::yencode: return std::make_unique<YencodeSource>(text);
    default: return std::make_unique<Base64Source>(text, coding);
  }
}

}  // namespace lazaret
