// SPDX-License-Identifier: Apache-2.0
#include "opens/opener.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "rules/bytes-text.h"
#include "shared/descriptor.h"
#include "opens/file-key.h"
#include "opens/process-owner.h"

namespace lazaret::gate {

using nlohmann::json;

static constexpr size_t argumentsMax = 64;
static constexpr size_t commandBytesRead = 4096;
static constexpr int parentsMax = 8;
/** As JSON, where one byte of a name may take six: with the longest answer about its file it fits into one packet. */
static constexpr size_t openerBytesMax = 48 << 10;

static std::string procPath(int pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

static std::string readSome(const std::string& path, size_t bytesMax) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(bytesMax, '\0');
  size_t have = 0;
  for (ssize_t got; file && have < bytesMax && (got = read(file.get(), text.data() + have, bytesMax - have)) > 0;)
    have += static_cast<size_t>(got);
  text.resize(have);
  return text;
}

/** The fields of its stat behind the name, which may hold anything: index 0 is the state (field 3). */
static std::vector<std::string> statFields(int pid) {
  // Of the thread that bears the process' number: the process' own file adds up the times of all its threads, which may
  // be thousands.
  const std::string text = readSome(procPath(pid, ("task/" + std::to_string(pid) + "/stat").c_str()), 2048);
  std::vector<std::string> fields;
  size_t at = text.rfind(')');
  if (at == std::string::npos) return fields;
  for (at += 2; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    fields.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return fields;
}

std::string programOf(int pid) {
  char target[PATH_MAX];
  const ssize_t bytes = readlink(procPath(pid, "exe").c_str(), target, sizeof target);
  return bytes < 0 ? "" : std::string(target, static_cast<size_t>(bytes));
}

int parentOf(int pid) {
  const auto fields = statFields(pid);
  return fields.size() > 1 ? std::atoi(fields[1].c_str()) : 0;
}

bool hasEnded(int pid) {
  const auto fields = statFields(pid);
  // Field 3 is the state, field 20 the number of threads: its first one may have ended alone.
  return fields.size() <= 17 || ((fields[0] == "Z" || fields[0] == "X") && std::atoi(fields[17].c_str()) <= 1);
}

static json argumentsOf(std::string_view command) {
  json list = json::array();
  while (!command.empty() && list.size() < argumentsMax) {
    const size_t end = std::min(command.find('\0'), command.size());
    list.push_back(bytesText(command.substr(0, end)));
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return list;
}

/** The first number behind a name in /proc/PID/status. */
static long statusNumber(const std::string& status, const char* name) {
  const size_t at = status.find(name);
  return at == std::string::npos ? -1 : std::strtol(status.c_str() + at + std::strlen(name), nullptr, 10);
}

/** The id that container runtimes put into the cgroup's path: 64 hexadecimal digits in a row; else a mount namespace
 * that is not the gate's own. */
static json containerOf(int pid) {
  const std::string cgroup = readSome(procPath(pid, "cgroup"), 4096);
  size_t run = 0;
  for (size_t at = 0; at < cgroup.size(); at++) {
    run = std::isxdigit(static_cast<unsigned char>(cgroup[at])) ? run + 1 : 0;
    if (run == 64) return cgroup.substr(at - 63, 64);
  }
  char own[64], theirs[64];
  const ssize_t ownBytes = readlink("/proc/self/ns/mnt", own, sizeof own);
  const ssize_t theirBytes = readlink(procPath(pid, "ns/mnt").c_str(), theirs, sizeof theirs);
  const bool same =
      theirBytes < 0 || (ownBytes == theirBytes && std::memcmp(own, theirs, static_cast<size_t>(ownBytes)) == 0);
  return same ? json() : json(std::string(theirs, static_cast<size_t>(theirBytes)));
}

static json parentsOf(int parent) {
  json list = json::array();
  for (; parent > 0 && list.size() < parentsMax; parent = parentOf(parent))
    list.push_back({{"pid", parent}, {"executable", bytesText(programOf(parent))}});
  return list;
}

/** Names are the opener's to choose: what is too long goes, the least needed first. */
static json shortened(json opener) {
  for (const char* list : {"parents", "commandLine"})
    if (opener.dump(-1, ' ', false, json::error_handler_t::replace).size() > openerBytesMax)
      opener[list] = json::array();
  return opener;
}

json describeOpener(int pid) {
  const auto fields = statFields(pid);
  const std::string status = readSome(procPath(pid, "status"), 4096);
  // Field 22 is the start, field 4 the parent; the fields here begin at 3.
  const unsigned long long start = fields.size() > 19 ? std::strtoull(fields[19].c_str(), nullptr, 10) : 0;
  return shortened({{"pid", pid},
                    {"startTime", start},
                    {"executable", bytesText(programOf(pid))},
                    {"commandLine", argumentsOf(readSome(procPath(pid, "cmdline"), commandBytesRead))},
                    {"uid", statusNumber(status, "\nUid:")},
                    {"gid", statusNumber(status, "\nGid:")},
                    {"container", containerOf(pid)},
                    {"parents", parentsOf(fields.size() > 1 ? std::atoi(fields[1].c_str()) : 0)}});
}

static uint32_t copyBytes(std::string_view bytes, char* place, size_t bytesMax) {
  return static_cast<uint32_t>(bytes.copy(place, bytesMax));
}

void writeOpener(LetThrough& record, const json& opener) {
  record.startTime = opener["startTime"];
  record.uid = static_cast<uint32_t>(opener["uid"].get<long>());
  record.programBytes =
      copyBytes(textBytes(opener["executable"].get_ref<const std::string&>()), record.program, programBytesMax);
  std::string command;
  for (const json& argument : opener["commandLine"])
    command += textBytes(argument.get_ref<const std::string&>()) + '\0';
  record.commandBytes = copyBytes(command, record.command, commandBytesMax);
}

json openerOfRecord(const LetThrough& record) {
  if (record.pid == 0) return nullptr;
  return {{"pid", record.pid},
          {"startTime", record.startTime},
          {"executable", bytesText({record.program, std::min<size_t>(record.programBytes, programBytesMax)})},
          {"commandLine", argumentsOf({record.command, std::min<size_t>(record.commandBytes, commandBytesMax)})},
          {"uid", static_cast<int32_t>(record.uid)},
          {"gid", -1},
          {"container", nullptr},
          {"parents", json::array()}};
}

std::string_view programException(int pid, const Scope& scope) {
  if (!scope.hasProcessExceptions()) return {};
  struct stat program;
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  if (stat(link.c_str(), &program) != 0) return {};
  const ProgramFile file{program.st_dev, program.st_ino, keyOf(program).changedNs};
  return scope.namesProgram(file) ? scope.exceptProcess(file, readProcessOwner(pid)) : std::string_view();
}

}  // namespace lazaret::gate
