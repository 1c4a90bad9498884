// SPDX-License-Identifier: Apache-2.0
// What real-time scan does with a path, by the rules that packages/core compiled (`compileGateRules`;
// docs/adr/0014-gate-rules.md). The same answers as core's own functions, for every path of bytes:
// vectors/gate-rules.json and tests/gate-rules hold both to it. No I/O, no globals, no locks: a Scope never changes,
// threads share it, the policy's next one replaces it. Views in answers live as long as the Scope.
#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::gate {

struct Decision {
  bool scan = false;
  bool byContent = false;   // only if its true type is one of the release's
  bool nameListed = false;  // goes to the scanner with the true type
  std::string_view why;     // core's TargetReason, or `exception`
  std::string_view decidedBy;
};

/** AC-12. `tell`: the agent hears of it. `refuse`: nobody may open it. */
struct UnscannedDecision {
  bool tell = false;
  bool refuse = false;
  std::string_view reason, decidedBy;
  std::string threat;  // the name that it is told by, and can be excepted by
};

/** By stat(2) of /proc/PID/exe; the change (ctime) in nanoseconds. */
struct ProgramFile {
  uint64_t device = 0, inode = 0;
  int64_t changedNs = 0;
};

/** `unit`: the system's service that the process runs in, "" for none. */
struct ProcessOwner {
  int64_t uid = -1;
  std::string unit;
};

/** Inside: scope-rules.h. */
struct ScopeRules;

class Scope {
 public:
  /** Null, with what is wrong, when the value is not what compileGateRules makes. Never throws. */
  static std::shared_ptr<const Scope> parse(const nlohmann::json& rules, std::string& fault);
  ~Scope();

  /** A path of the host's own mount tree, on a local file system. Typically well under 1 µs, no allocation for paths
   * that the kernel gives. */
  Decision decide(std::string_view path) const;
  /** A path that another mount namespace could fake: inclusion counts, own directories and exceptions by path or name
   * do not. */
  Decision decideForeign(std::string_view path) const;

  /** Whether the directory's own files are in the directory scope: where a mount there must be watched. One that only
   * leads to an entry need not be. */
  bool holdsDirectory(std::string_view directory, bool foreign) const;
  /** The targets of a directory list, sorted; none for *all directories*. */
  const std::vector<std::string>& entryPaths() const;

  /** The exception for a content (hex of any case), "" = none. */
  std::string_view exceptDigest(std::string_view sha256) const;
  /** The exception for a verdict: every threat has one, then the first is named. "" = none. */
  std::string_view exceptThreats(std::span<const std::string_view> names) const;
  /** AC-5: whether every threat's kind is one whose plan is Pass; a verdict without a name is of the kind `other`. */
  bool passes(std::span<const std::string_view> names) const;

  /** What is done with a file of which these leaves were not looked at: core's decideUnscanned. `path`: canonical; ""
   * where it has none. */
  UnscannedDecision decideUnscanned(std::string_view path, std::span<const std::string_view> reasons) const;

  bool hasProcessExceptions() const;
  /** Whether a program is excepted at all, for somebody: only then its owner has to be asked for. */
  bool namesProgram(const ProgramFile& program) const;
  /** EX-2e: the exception for what a process opens. "" = none. */
  std::string_view exceptProcess(const ProgramFile& program, const ProcessOwner& owner) const;

  bool isPseudo(std::string_view type) const;
  /** LM-8: by type and, for FUSE programs that nobody listed, by what they say they mount. */
  bool isNetwork(std::string_view type, std::string_view source) const;

 private:
  explicit Scope(std::unique_ptr<const ScopeRules> rules);
  std::unique_ptr<const ScopeRules> rules_;
};

}  // namespace lazaret::gate
