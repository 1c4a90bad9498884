// SPDX-License-Identifier: GPL-2.0-only
#include "mail/mail-parts.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "mail/mail-head.h"
#include "mail/mail-outline.h"

namespace lazaret {

namespace {

std::string_view withoutClosing(std::string_view text) {
  return text.size() > 4 && text.ends_with("--") ? text.substr(0, text.size() - 2) : text;
}

class Lister {
 public:
  Lister(Bytes bytes, MailMark mark, Work& work)
      : bytes_(bytes), mark_(mark), work_(work), outline_(outlineMail(bytes, work)) {
    out_.plain = outline_.plain;
    findLive();
  }

  // First what most programs see, then what few do: a limit that is met leaves the latter out.
  MailListing take() {
    for (const MailEntity& entity : outline_.entities) listEntity(entity, true);
    listUuencoded();
    listYencoded();
    for (const MailEntity& entity : outline_.entities) listEntity(entity, false);
    listUnannounced();
    out_.whole = outline_.whole && !work_.spent();
    return std::move(out_);
  }

 private:
  // For each boundary the next one that stands before a head somewhere in this mail, itself or its end.
  void findLive() {
    std::set<std::string_view> live;
    for (const MailDelimiter& delimiter : outline_.delimiters)
      if (delimiter.live) live.insert(delimiter.text);
    const size_t count = outline_.delimiters.size();
    nextLive_.assign(count + 1, count);
    for (size_t index = count; index-- > 0;) {
      const std::string_view text = outline_.delimiters[index].text;
      const bool is = text.empty() || live.contains(text) || live.contains(withoutClosing(text));
      nextLive_[index] = is ? index : nextLive_[index + 1];
    }
  }

  size_t beginOf(size_t delimiter) const {
    return delimiter < outline_.delimiters.size() ? outline_.delimiters[delimiter].begin : bytes_.size;
  }

  // The first boundary at or behind this place.
  size_t delimiterFrom(const MailEntity& entity) {
    const auto first = outline_.delimiters.begin() +
                       static_cast<ptrdiff_t>(entity.delimiter == MailEntity::none ? 0 : entity.delimiter);
    const auto found = std::lower_bound(first, outline_.delimiters.end(), entity.body,
                                        [](const MailDelimiter& one, size_t at) { return one.begin < at; });
    return static_cast<size_t>(found - outline_.delimiters.begin());
  }

  // Where the part ends by the boundary before it, for programs that know no other: where its line comes again, or as
  // the beginning of one.
  void endsByOwn(const MailEntity& entity, size_t from, std::set<size_t>& ends) {
    if (entity.delimiter == MailEntity::none) {
      ends.insert(bytes_.size);
      return;
    }
    const std::string_view own = outline_.delimiters[entity.delimiter].text;
    if (own.empty()) return;
    bool begun = false;
    for (size_t index = from; index < outline_.delimiters.size() && work_.spend(); index++) {
      const std::string_view text = outline_.delimiters[index].text;
      if (!text.starts_with(own)) continue;
      if (!begun) ends.insert(beginOf(index));
      begun = true;
      if (text == own || withoutClosing(text) == own) return;
    }
    ends.insert(bytes_.size);
  }

  void listEntity(const MailEntity& entity, bool first) {
    if (work_.spent() || !work_.spend(entity.headEnd - entity.headBegin)) return;
    const MailHead head = readMailHead(bytes_.sub(entity.headBegin, entity.headEnd - entity.headBegin).text());
    const size_t from = delimiterFrom(entity);
    const size_t usual = beginOf(nextLive_[from]);
    if (first) {
      out_.plain = out_.plain && !head.odd;
      return listReadings(entity.body, usual, head);
    }
    std::set<size_t> ends;
    endsByOwn(entity, from, ends);
    if (head.base64) ends.insert(beginOf(from));
    ends.erase(usual);
    if (!head.base64 && !head.quotedPrintable && head.composite) return;
    if (!ends.empty()) out_.plain = false;
    for (const size_t end : ends) listReadings(entity.body, end, head);
  }

  void listReadings(size_t begin, size_t end, const MailHead& head) {
    if (head.base64) listBase64(begin, end, head.name);
    if (head.quotedPrintable || head.odd) add(begin, end, MailCoding::quotedPrintable, head.name);
    if (head.identity && !head.composite && mark_ == MailMark::mail)
      add(begin, withoutLastEnd(begin, end), MailCoding::identity, head.name);
  }

  void listBase64(size_t begin, size_t end, const std::string& name) {
    if (!work_.spend(end - begin)) return;
    const Base64Shape shape = shapeOf(begin, end);
    if (!shape.other) cover(begin, end);
    out_.plain = out_.plain && !shape.other && !shape.again;
    add(begin, end, MailCoding::base64, name);
    if (shape.other || shape.again) add(begin, end, MailCoding::base64Again, name);
    if (!shape.other) return;
    add(begin, end, MailCoding::base64Lines, name);
    add(begin, end, MailCoding::base64UpToOther, name);
  }

  // Within one run of lines of base64 there is nothing else.
  Base64Shape shapeOf(size_t begin, size_t end) const {
    const auto after = std::upper_bound(outline_.base64.begin(), outline_.base64.end(), begin,
                                        [](size_t at, const MailRun& run) { return at < run.begin; });
    const std::string_view text = bytes_.sub(begin, end - begin).text();
    const bool within = after != outline_.base64.begin() && std::prev(after)->end >= end;
    if (!within) return shapeOfBase64(text);
    const size_t padding = text.find('=');
    return {false, padding != text.npos && text.find_first_not_of("= \t\r\n", padding) != text.npos};
  }

  // The line end before a boundary is the boundary's.
  size_t withoutLastEnd(size_t begin, size_t end) const {
    if (end < bytes_.size && end > begin && bytes_.u8(end - 1) == '\n') end--;
    if (end < bytes_.size && end > begin && bytes_.u8(end - 1) == '\r') end--;
    return end;
  }

  std::string_view lineAt(size_t begin) const {
    return begin >= bytes_.size ? std::string_view{}
                                : bytes_.text().substr(begin, bytes_.text().find_first_of("\r\n", begin) - begin);
  }
  static std::string nameFrom(std::string_view text) {
    return std::string(withoutBlanks(text).substr(0, limits::mailNameBytesMax));
  }

  void listUuencoded() {
    for (const size_t begin : outline_.uuencoded) {
      const std::string_view line = lineAt(begin), rest = withoutBlanks(line).substr(std::string_view("begin ").size());
      const size_t mode = std::min(rest.find_first_not_of("01234567"), rest.size());
      const size_t body = begin + line.size();
      // A mode in three digits or four, or what follows looks so: else it is a sentence that begins as a file does.
      if ((mode < 3 || mode > 4) && !isUuencodedLine(lineAt(bytes_.text().find_first_not_of("\r\n", body)))) continue;
      const auto end = std::lower_bound(outline_.uuencodedEnds.begin(), outline_.uuencodedEnds.end(), body);
      add(body, end == outline_.uuencodedEnds.end() ? bytes_.size : *end, MailCoding::uuencode,
          nameFrom(rest.substr(mode)));
    }
  }

  void listYencoded() {
    for (size_t index = 0; index < outline_.yencoded.size(); index++) {
      const size_t begin = outline_.yencoded[index];
      const std::string_view line = lineAt(begin);
      const size_t name = line.find("name=");
      const size_t end = index + 1 < outline_.yencoded.size() ? outline_.yencoded[index + 1] : bytes_.size;
      add(begin + line.size(), end, MailCoding::yencode, name == line.npos ? "" : nameFrom(line.substr(name + 5)));
    }
  }

  // Runs of base64 in no part that is said to be so.
  void listUnannounced() {
    std::sort(covered_.begin(), covered_.end());
    size_t next = 0, coveredTo = 0;
    for (const MailRun& run : outline_.base64) {
      for (; next < covered_.size() && covered_[next].first <= run.begin; next++)
        coveredTo = std::max(coveredTo, covered_[next].second);
      if (coveredTo >= run.end) continue;
      out_.plain = false;
      add(run.begin, run.end, MailCoding::base64, "");
      if (shapeOfBase64(bytes_.sub(run.begin, run.end - run.begin).text()).again)
        add(run.begin, run.end, MailCoding::base64Again, "");
    }
  }

  void cover(size_t begin, size_t end) { covered_.emplace_back(begin, end); }

  void add(size_t begin, size_t end, MailCoding coding, const std::string& name) {
    if (begin >= end || work_.spent() || !work_.spend(end - begin)) return;
    if (out_.parts.size() >= limits::mailPlacesMax) return work_.stop();
    out_.parts.push_back({begin, end, coding, name});
  }

  Bytes bytes_;
  MailMark mark_;
  Work& work_;
  MailOutline outline_;
  MailListing out_;
  std::vector<size_t> nextLive_;
  std::vector<std::pair<size_t, size_t>> covered_;
};

}  // namespace

MailListing listMail(Bytes bytes, MailMark mark, Work& work) { return Lister(bytes, mark, work).take(); }

}  // namespace lazaret
