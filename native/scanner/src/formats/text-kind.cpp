// SPDX-License-Identifier: GPL-2.0-only
#include "formats/text-kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "formats/mail-text.h"

namespace lazaret {

using std::string_view_literals::operator""sv;

static std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return out;
}

static std::string_view shebangKind(std::string_view text) {
  std::string_view line = text.substr(2, std::min(text.find('\n'), size_t{256}) - 2);
  const auto nextWord = [&line]() -> std::string_view {
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == line.npos) return {};
    line.remove_prefix(begin);
    const std::string_view found = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(found.size());
    return found;
  };
  std::string_view program = nextWord();
  program = program.substr(program.rfind('/') == program.npos ? 0 : program.rfind('/') + 1);
  if (program == "env") {
    do program = nextWord();
    while (program.starts_with("-") || program.find('=') != program.npos);
    program = program.substr(program.rfind('/') == program.npos ? 0 : program.rfind('/') + 1);
  }
  struct Interpreter {
    std::string_view prefix, name;
  };
  static constexpr std::array interpreters = {
      Interpreter{"python", "script-python"},
      Interpreter{"pypy", "script-python"},
      Interpreter{"perl", "script-perl"},
      Interpreter{"ruby", "script-ruby"},
      Interpreter{"node", "script-javascript"},
      Interpreter{"nodejs", "script-javascript"},
      Interpreter{"gjs", "script-javascript"},
      Interpreter{"lua", "script-lua"},
      Interpreter{"tclsh", "script-tcl"},
      Interpreter{"wish", "script-tcl"},
      Interpreter{"expect", "script-tcl"},
      Interpreter{"awk", "script-awk"},
      Interpreter{"gawk", "script-awk"},
      Interpreter{"mawk", "script-awk"},
      Interpreter{"php", "php"},
      Interpreter{"pwsh", "script-powershell"},
      Interpreter{"sh", "script-shell"},
      Interpreter{"bash", "script-shell"},
      Interpreter{"dash", "script-shell"},
      Interpreter{"zsh", "script-shell"},
      Interpreter{"ksh", "script-shell"},
      Interpreter{"ash", "script-shell"},
      Interpreter{"csh", "script-shell"},
      Interpreter{"tcsh", "script-shell"},
      Interpreter{"fish", "script-shell"},
      Interpreter{"busybox", "script-shell"},
      Interpreter{"rc", "script-shell"},
  };
  for (const Interpreter& interpreter : interpreters) {
    if (!program.starts_with(interpreter.prefix)) continue;
    const std::string_view rest = program.substr(interpreter.prefix.size());
    if (rest.find_first_not_of("0123456789.-mu") == rest.npos) return interpreter.name;
  }
  return "script-other";
}

bool isText(Bytes head) {
  const size_t looked = std::min<size_t>(head.size, 4096);
  size_t odd = 0;
  for (size_t at = 0; at < looked; at++) {
    const uint8_t byte = head.data[at];
    if (byte == 0) return false;
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1b && byte != 0x08)
      odd++;
  }
  return odd * 50 <= looked;
}

bool isWideText(Bytes head) { return head.size >= 4 && (head.is(0, "\xff\xfe") || head.is(0, "\xfe\xff")); }

static bool looksLikeMail(const std::string& text) {
  static constexpr std::array headers = {"received:"sv,     "return-path:"sv,  "message-id:"sv, "mime-version:"sv,
                                         "from:"sv,         "to:"sv,           "subject:"sv,    "date:"sv,
                                         "delivered-to:"sv, "content-type:"sv, "x-mailer:"sv,   "reply-to:"sv};
  size_t seen = 0;
  bool first = false;
  for (const std::string_view header : headers) {
    const size_t at = text.find(header);
    if (at == 0) first = true;
    if (at == 0 || (at != text.npos && text[at - 1] == '\n')) seen++;
  }
  return first && seen >= 2;
}

static std::string_view webKind(const std::string& text) {
  static constexpr std::array html = {"<!doctype html"sv, "<html"sv, "<head>"sv, "<body"sv, "<script"sv, "<iframe"sv};
  if (text.find("<?php") != text.npos || text.starts_with("<?=") || text.starts_with("<?\n")) return "php";
  if (text.find("<%@ page") != text.npos || text.find("<jsp:") != text.npos || text.find("<%@page") != text.npos)
    return "jsp";
  if (text.find("<%@ language") != text.npos || text.find("<%eval") != text.npos || text.find("<%execute") != text.npos)
    return "asp";
  const size_t begin = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const std::string_view start = begin == text.npos ? std::string_view{} : std::string_view(text).substr(begin);
  if (start.starts_with("<?xml")) {
    if (start.find("<svg") != start.npos) return "svg";
    return start.find("<html") != start.npos ? "html" : "xml";
  }
  if (start.starts_with("<svg")) return "svg";
  for (const std::string_view tag : html)
    if (text.find(tag) != text.npos) return "html";
  return {};
}

static bool looksLikeCrontab(const std::string& text) {
  // A line of five time fields and a command, in the first lines.
  size_t lines = 0;
  for (size_t at = 0; at < text.size() && lines < 40; lines++) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line(text.data() + at, end - at);
    at = end + 1;
    if (line.empty() || std::string_view("0123456789*@").find(line[0]) == std::string_view::npos) continue;
    if (line.starts_with("@reboot") || line.starts_with("@hourly") || line.starts_with("@daily")) return true;
    size_t fields = 0, position = 0;
    while (fields < 5) {
      const size_t next = line.find_first_not_of("0123456789*/,-", position);
      if (next == line.npos || next == position || (line[next] != ' ' && line[next] != '\t')) break;
      position = line.find_first_not_of(" \t", next);
      if (position == line.npos) break;
      fields++;
    }
    if (fields == 5 && line.find_first_of('*') < position &&
        line.find_first_of("/abcdefghijklmnopqrstuvwxyz", position) != line.npos)
      return true;
  }
  return false;
}

std::string_view textKind(Bytes head) {
  const std::string_view raw = head.sub(0, 16384).text();
  if (raw.starts_with("#!")) return shebangKind(raw);
  const std::string text = lowered(raw);
  if (text.starts_with("from ") && text.find("\nfrom:") != text.npos) return "mbox";
  if (looksLikeMail(text) || mailMarkOf(head.sub(0, 16384)) == MailMark::mail) return "mail";
  if (const std::string_view web = webKind(text); !web.empty()) return web;
  if (text.starts_with("[desktop entry]")) return "desktop-entry";
  if (text.find("[unit]") != text.npos &&
      (text.find("[service]") != text.npos || text.find("[install]") != text.npos || text.find("[timer]") != text.npos))
    return "systemd-unit";
  if (text.starts_with("@echo off")) return "script-batch";
  if (text.find("wscript.shell") != text.npos || text.find("createobject(") != text.npos) return "script-vbscript";
  if (text.find("invoke-expression") != text.npos || text.find("-encodedcommand") != text.npos ||
      text.find("[cmdletbinding()]") != text.npos)
    return "script-powershell";
  if (looksLikeCrontab(text)) return "crontab";
  return "text";
}

}  // namespace lazaret
