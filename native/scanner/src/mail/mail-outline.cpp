// SPDX-License-Identifier: GPL-2.0-only
#include "mail/mail-outline.h"

#include "base/limits.h"
#include "mail/mail-coding.h"
#include "formats/mail-text.h"

namespace lazaret {

namespace {

// Lines that may be a head: from `begin` on, until an empty line or a boundary.
struct HeadRun {
  size_t begin = 0;
  bool mime = false, brokenOff = false;
};

class Outliner {
 public:
  Outliner(Bytes bytes, Work& work) : bytes_(bytes), work_(work) {}

  MailOutline take() {
    MailLines lines(bytes_);
    for (MailLine line; out_.whole && lines.next(line);) {
      if (!work_.spend(line.next - line.begin)) out_.whole = false;
      look(line);
      afterFeed_ = line.feed;
    }
    endBase64(bytes_.size);
    // A head without a body: nothing follows.
    return std::move(out_);
  }

 private:
  void look(const MailLine& line) {
    const std::string_view text = bytes_.text().substr(line.begin, line.end - line.begin);
    const std::string_view trimmed = withoutBlanks(text);
    if (line.doubled || !line.feed) out_.plain = out_.plain && line.next == bytes_.size;
    lookAtBase64(text, line);
    if (trimmed.empty()) return lookAtEmpty(text, line);
    if (trimmed.size() > 2 && trimmed.starts_with("--")) {
      addDelimiter(line, trimmed.substr(0, limits::mailBoundaryBytesMax));
    } else if (afterEmpty_ && text.starts_with("From ")) {
      addDelimiter(line, {});
    } else {
      lookAtHead(text, trimmed, line);
      lookAtEncoded(text, line);
    }
    afterEmpty_ = false;
    if (line.doubled) lookAtEmpty(" ", line);
  }

  // An empty line ends a head; one of blanks, or one that only some programs see, ends it for these alone.
  void lookAtEmpty(std::string_view text, const MailLine& line) {
    afterEmpty_ = true;
    const bool forAll = text.empty() && line.feed && afterFeed_;
    if (soft_.mime) {
      addEntity(soft_.begin, line.begin, line.next);
      out_.plain = out_.plain && forAll;
    }
    if (forAll) {
      if (hard_.mime && hard_.begin != soft_.begin) addEntity(hard_.begin, line.begin, line.next);
      hard_ = {line.next};
    }
    soft_ = {line.next};
  }

  void lookAtHead(std::string_view text, std::string_view trimmed, const MailLine& line) {
    const bool folded = isBlank(text[0]) && line.begin != soft_.begin;
    if (!folded && isMimeHeader(trimmed)) soft_.mime = hard_.mime = true;
    if (folded || soft_.brokenOff || !soft_.mime || isHeaderLine(trimmed)) return;
    // No header: for some programs the body has begun, without an empty line.
    soft_.brokenOff = true;
    out_.plain = false;
    addEntity(soft_.begin, line.begin, line.begin);
  }

  void lookAtEncoded(std::string_view text, const MailLine& line) {
    const std::string_view trimmed = withoutBlanks(text);
    if (startsAs(trimmed, "begin") && trimmed.size() > 5 && (isBlank(trimmed[5]) || trimmed[5] == '-'))
      add(out_.uuencoded, line.begin);
    else if (text.starts_with("=ybegin ")) add(out_.yencoded, line.begin);
    else if (trimmed.size() == 3 && startsAs(trimmed, "end")) add(out_.uuencodedEnds, line.begin);
  }

  void lookAtBase64(std::string_view text, const MailLine& line) {
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    if (!text.empty() && isBase64Line(text)) {
      if (letters_ == 0) baseBegin_ = line.begin;
      letters_ += text.size();
    } else if (letters_ > 0 && (!text.empty() || letters_ < limits::mailBase64LettersMin)) {
      endBase64(line.begin);  // words before an empty line are none of it
    }
  }

  void endBase64(size_t end) {
    if (letters_ >= limits::mailBase64LettersMin) {
      if (out_.base64.size() >= limits::mailPlacesMax) out_.whole = false;
      else out_.base64.push_back({baseBegin_, end});
    }
    letters_ = 0;
  }

  void addDelimiter(const MailLine& line, std::string_view text) {
    soft_ = hard_ = {line.next};
    if (out_.delimiters.size() >= limits::mailPlacesMax) out_.whole = false;
    else out_.delimiters.push_back({line.begin, text});
    afterDelimiter_ = line.next;
  }

  void addEntity(size_t begin, size_t end, size_t body) {
    if (out_.entities.size() >= limits::mailPlacesMax) {
      out_.whole = false;
      return;
    }
    MailEntity entity{begin, end, body};
    if (!out_.delimiters.empty()) {
      entity.delimiter = out_.delimiters.size() - 1;
      if (begin == afterDelimiter_) out_.delimiters.back().live = true;
    }
    out_.entities.push_back(entity);
  }

  void add(std::vector<size_t>& places, size_t at) {
    if (places.size() >= limits::mailPlacesMax) out_.whole = false;
    else places.push_back(at);
  }

  Bytes bytes_;
  Work& work_;
  MailOutline out_;
  HeadRun soft_, hard_;  // up to an empty line that some programs see, up to one that all see
  bool afterFeed_ = true, afterEmpty_ = true;
  size_t afterDelimiter_ = SIZE_MAX, baseBegin_ = 0, letters_ = 0;
};

}  // namespace

MailOutline outlineMail(Bytes bytes, Work& work) { return Outliner(bytes, work).take(); }

}  // namespace lazaret
