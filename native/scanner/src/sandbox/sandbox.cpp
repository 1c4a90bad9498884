// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sandbox/landlock.h"
#include "base/limits.h"
#include "sandbox/places.h"
#include "sandbox/sandbox-user.h"
#include "sandbox/seccomp-filter.h"

namespace lazaret {

static std::string failure(const std::string& step) { return step + ": " + std::strerror(errno); }

static bool writeFile(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return written;
}

// An ordinary user gets the same view through a user namespace, where the kernel allows one.
static bool unshareAsUser() {
  const uid_t uid = getuid();
  const gid_t gid = getgid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) != 0) return false;
  return writeFile("/proc/self/setgroups", "deny") &&
         writeFile("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1\n") &&
         writeFile("/proc/self/gid_map", std::to_string(gid) + " " + std::to_string(gid) + " 1\n");
}

static SandboxUser runAs{};
static bool startedAsRoot = false;

static std::string mountTmpfs(const std::string& at, uint64_t bytes, unsigned mode) {
  const std::string options =
      "size=" + std::to_string(bytes) + ",mode=" + (mode == 0700 ? "0700" : "0755") + ",nr_inodes=200k";
  if (mount("lazaret", at.c_str(), "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return failure("tmpfs on " + at);
  if (mode == 0700 && startedAsRoot && chown(at.c_str(), runAs.user, runAs.group) != 0) return failure("chown " + at);
  return {};
}

// A root that holds nothing but /patterns (read-only) and /w/<slot> (each a size-capped tmpfs).
static std::string buildRoot(int patterns, unsigned slots) {
  const std::string root = "/tmp";  // only a place to mount on: what lies there is not looked at
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failure("private mounts");
  if (std::string error = mountTmpfs(root, 4 * limits::MiB, 0755); !error.empty()) return error;
  mkdir((root + "/patterns").c_str(), 0755);
  mkdir((root + "/w").c_str(), 0755);
  const std::string source = "/proc/self/fd/" + std::to_string(patterns), target = root + "/patterns";
  if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0)
    return failure("bind of the pattern directory");
  if (mount(nullptr, target.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC | MS_NOSUID | MS_NODEV,
            nullptr) != 0)
    return failure("read-only patterns");
  for (unsigned slot = 0; slot < slots; slot++) {
    const std::string place = root + "/w/" + std::to_string(slot);
    mkdir(place.c_str(), 0755);
    if (std::string error = mountTmpfs(place, limits::slotTmpfsBytes, 0700); !error.empty()) return error;
  }
  if (mount(nullptr, root.c_str(), nullptr, MS_REMOUNT | MS_RDONLY | MS_NOEXEC | MS_NOSUID | MS_NODEV,
            "size=4194304,mode=0755") != 0)
    return failure("read-only root");
  if (chdir(root.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return failure("pivot_root");
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return failure("leaving the old root");
  return {};
}

// None to be had (an ordinary user, or a container's root): Landlock, seccomp, another user and limits alone.
static void enterPlaceOutside(Sandbox& sandbox, const SandboxPlan& plan, int patterns) {
  if (!enterOwnPlace(plan.places, plan.slots, startedAsRoot ? &runAs.user : nullptr, runAs.group))
    sandbox.error = failure("temporary place");
  // By the open descriptor, which stays: whoever may not enter the folders above still reaches it.
  sandbox.patterns = "/proc/self/fd/" + std::to_string(patterns);
  sandbox.temporary = ".";
}

Sandbox enterNamespaces(const SandboxPlan& plan) {
  Sandbox sandbox;
  startedAsRoot = geteuid() == 0;
  if (startedAsRoot) {
    const std::optional<SandboxUser> user = findSandboxUser();
    if (!user) {
      sandbox.error =
          "there is no user to run as: the user lazaret-scanner does not exist, and no unused user id was found";
      return sandbox;
    }
    runAs = *user;
  }
  const bool unshared =
      startedAsRoot ? unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0 : unshareAsUser();
  // Opened behind the unshare: a mount of another namespace cannot be bound here.
  const int patterns = open(plan.patterns.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (patterns < 0) {
    sandbox.error = failure("pattern directory");
    return sandbox;
  }
  if (!unshared) {
    enterPlaceOutside(sandbox, plan, patterns);
    return sandbox;
  }
  sandbox.error = buildRoot(patterns, plan.slots);
  close(patterns);
  sandbox.namespaces = true;
  sandbox.userNamespace = !startedAsRoot;
  sandbox.patterns = "/patterns";
  sandbox.temporary = "/w";
  return sandbox;
}

static bool dropPrivileges() {
  // First, while the capability to do it is still held.
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (startedAsRoot) {
    if (setgroups(0, nullptr) != 0 || setresgid(runAs.group, runAs.group, runAs.group) != 0 ||
        setresuid(runAs.user, runAs.user, runAs.user) != 0)
      return false;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Inside a user namespace the capabilities over it go too.
  struct {
    uint32_t version;
    int pid;
  } header{0x20080522, 0};
  uint32_t none[6] = {};
  if (syscall(SYS_capset, &header, none) != 0) return false;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static void cap(__rlimit_resource_t what, uint64_t most) {
  const rlimit limit{most, most};
  setrlimit(what, &limit);
}

void sealLoader(Sandbox& sandbox) {
  if (!dropPrivileges()) {
    sandbox.error = failure("dropping privileges");
    return;
  }
  sandbox.unprivileged = true;
  cap(RLIMIT_CORE, 0);
  cap(RLIMIT_DATA, limits::loaderMemoryBytes);
  // An ordinary user's own limit stays: it counts all that he runs.
  if (startedAsRoot) cap(RLIMIT_NPROC, limits::loaderProcessesMax);
  sandbox.landlockAbi = landlockAbi();
  sandbox.landlock = restrictFiles({{sandbox.patterns, false}, {sandbox.temporary, true}});
  sandbox.seccomp = filterCalls(CallSet::loader);
  if (!sandbox.seccomp) sandbox.error = "seccomp: refused";
}

bool sealWorker(const Sandbox& sandbox, unsigned slot, uint64_t dataBytesMax) {
  cap(RLIMIT_DATA, dataBytesMax);
  cap(RLIMIT_FSIZE, limits::slotTmpfsBytes);
  cap(RLIMIT_NPROC, 0);
  cap(RLIMIT_NOFILE, 256);
  if (sandbox.landlock && !restrictFiles({{sandbox.slotDirectory(slot), true}})) return false;
  return filterCalls(CallSet::worker);
}

std::string Sandbox::json() const {
  const auto word = [](bool value) { return value ? "true" : "false"; };
  return std::string("{\"namespaces\":") + word(namespaces) + ",\"userNamespace\":" + word(userNamespace) +
         ",\"landlock\":" + word(landlock) + ",\"landlockAbi\":" + std::to_string(landlockAbi) +
         ",\"seccomp\":" + word(seccomp) + ",\"unprivileged\":" + word(unprivileged) + "}";
}

}  // namespace lazaret
