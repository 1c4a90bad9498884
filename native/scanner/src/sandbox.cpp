// SPDX-License-Identifier: GPL-2.0-only
#include "sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "landlock.h"
#include "limits.h"
#include "seccomp-filter.h"

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
  return writeFile("/proc/self/setgroups", "deny") && writeFile("/proc/self/uid_map", std::to_string(uid) + " " + std::to_string(uid) + " 1\n") &&
         writeFile("/proc/self/gid_map", std::to_string(gid) + " " + std::to_string(gid) + " 1\n");
}

static uid_t sandboxUser(gid_t& group) {
  if (const passwd* entry = getpwnam("lazaret-scanner")) {
    group = entry->pw_gid;
    return entry->pw_uid;
  }
  group = 65534;
  return 65534;
}

static uid_t targetUser = 65534;
static gid_t targetGroup = 65534;
static bool startedAsRoot = false;

static std::string mountTmpfs(const std::string& at, uint64_t bytes, unsigned mode) {
  const std::string options = "size=" + std::to_string(bytes) + ",mode=" + (mode == 0700 ? "0700" : "0755") + ",nr_inodes=200k";
  if (mount("lazaret", at.c_str(), "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, options.c_str()) != 0) return failure("tmpfs on " + at);
  if (mode == 0700 && startedAsRoot && chown(at.c_str(), targetUser, targetGroup) != 0) return failure("chown " + at);
  return {};
}

// A root that holds nothing but /patterns (read-only) and /w/<slot> (each a size-capped tmpfs).
static std::string buildRoot(int patterns, unsigned slots) {
  const std::string root = "/tmp";
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failure("private mounts");
  if (std::string error = mountTmpfs(root, 4 * limits::MiB, 0755); !error.empty()) return error;
  mkdir((root + "/patterns").c_str(), 0755);
  mkdir((root + "/w").c_str(), 0755);
  const std::string source = "/proc/self/fd/" + std::to_string(patterns), target = root + "/patterns";
  if (mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) != 0) return failure("bind of the pattern directory");
  if (mount(nullptr, target.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC | MS_NOSUID | MS_NODEV, nullptr) != 0) return failure("read-only patterns");
  for (unsigned slot = 0; slot < slots; slot++) {
    const std::string place = root + "/w/" + std::to_string(slot);
    mkdir(place.c_str(), 0755);
    if (std::string error = mountTmpfs(place, limits::slotTmpfsBytes, 0700); !error.empty()) return error;
  }
  if (mount(nullptr, root.c_str(), nullptr, MS_REMOUNT | MS_RDONLY | MS_NOEXEC | MS_NOSUID | MS_NODEV, "size=4194304,mode=0755") != 0) return failure("read-only root");
  if (chdir(root.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0) return failure("pivot_root");
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return failure("leaving the old root");
  return {};
}

static void giveAway(Sandbox& sandbox, unsigned slots) {
  bool given = chown(sandbox.temporary.c_str(), targetUser, targetGroup) == 0;
  for (unsigned slot = 0; slot < slots; slot++) given = given && chown(sandbox.slotDirectory(slot).c_str(), targetUser, targetGroup) == 0;
  if (!given) sandbox.error = failure("temporary place");
}

Sandbox enterNamespaces(const SandboxPlan& plan) {
  Sandbox sandbox;
  startedAsRoot = geteuid() == 0;
  if (startedAsRoot) targetUser = sandboxUser(targetGroup);
  const bool unshared = startedAsRoot ? unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0 : unshareAsUser();
  // Opened behind the unshare: a mount of another namespace cannot be bound here.
  const int patterns = open(plan.patterns.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (patterns < 0) {
    sandbox.error = failure("pattern directory");
    return sandbox;
  }
  if (unshared) {
    sandbox.error = buildRoot(patterns, plan.slots);
    sandbox.namespaces = true;
    sandbox.userNamespace = !startedAsRoot;
    sandbox.patterns = "/patterns";
    sandbox.temporary = "/w";
  } else {
    // None to be had (an ordinary user, or a container's root): Landlock, seccomp, another user and limits alone.
    const std::string place = outsidePlace(plan.brokerPid, getpid());
    if (mkdir(place.c_str(), 0700) != 0) sandbox.error = failure("temporary place");
    sandbox.patterns = plan.patterns;
    sandbox.temporary = place;
    for (unsigned slot = 0; slot < plan.slots; slot++) mkdir(sandbox.slotDirectory(slot).c_str(), 0700);
    if (startedAsRoot) giveAway(sandbox, plan.slots);
  }
  close(patterns);
  return sandbox;
}

static bool dropPrivileges() {
  // First, while the capability to do it is still held.
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  if (startedAsRoot) {
    if (setgroups(0, nullptr) != 0 || setresgid(targetGroup, targetGroup, targetGroup) != 0 || setresuid(targetUser, targetUser, targetUser) != 0) return false;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Inside a user namespace the capabilities over it go too.
  struct { uint32_t version; int pid; } header{0x20080522, 0};
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

void emptyDirectory(const std::string& path) {
  DIR* open = opendir(path.c_str());
  if (!open) return;
  while (const dirent* entry = readdir(open)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string child = path + "/" + name;
    if (entry->d_type == DT_DIR) {  // never a link: what it points to is not ours
      emptyDirectory(child);
      rmdir(child.c_str());
    } else {
      unlink(child.c_str());
    }
  }
  closedir(open);
}

static const std::string outsidePrefix = "lazaret-scanner-";

std::string outsidePlace(int brokerPid, int loaderPid) { return "/tmp/" + outsidePrefix + std::to_string(brokerPid) + "-" + std::to_string(loaderPid); }

void removeOutsidePlace(int brokerPid, int loaderPid) {
  const std::string place = outsidePlace(brokerPid, loaderPid);
  struct stat state;
  if (lstat(place.c_str(), &state) != 0 || !S_ISDIR(state.st_mode)) return;
  emptyDirectory(place);
  rmdir(place.c_str());
}

void removeStalePlaces() {
  DIR* open = opendir("/tmp");
  if (!open) return;
  while (const dirent* entry = readdir(open)) {
    int broker = 0, loader = 0;
    if (std::sscanf(entry->d_name, "lazaret-scanner-%d-%d", &broker, &loader) == 2 && broker > 0 && kill(broker, 0) != 0 && errno == ESRCH) removeOutsidePlace(broker, loader);
  }
  closedir(open);
}

std::string Sandbox::json() const {
  const auto word = [](bool value) { return value ? "true" : "false"; };
  return std::string("{\"namespaces\":") + word(namespaces) + ",\"userNamespace\":" + word(userNamespace) + ",\"landlock\":" + word(landlock) +
         ",\"landlockAbi\":" + std::to_string(landlockAbi) + ",\"seccomp\":" + word(seccomp) + ",\"unprivileged\":" + word(unprivileged) + "}";
}

}  // namespace lazaret
