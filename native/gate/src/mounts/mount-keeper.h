// SPDX-License-Identifier: Apache-2.0
// Which file systems are watched (RT-8): every local one that any process can reach and that can hold something in
// scope. Owns the marks of the permission and notification groups. Looks at once when our own mount table changes, and
// four times a second at every namespace's table: a mount in a private one shows nowhere else. Where the kernel numbers
// its mounts, only at a new number, and every 4.8 s. Must not keep anything open on a mount (nobody could unmount it),
// nor on a foreign namespace.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "shared/descriptor.h"
#include "mounts/mount-births.h"
#include "mounts/namespaces.h"
#include "marks/pre-access.h"
#include "rules/configuration.h"

namespace lazaret::gate {

/** What a path of an event needs: which mounts are our own, by which of them the same files can be reached, where
 * overlays show their layers. */
struct MountView {
  struct Place {
    std::string device;
    std::string root;  // of the file system, what is mounted
    std::string mountPoint;
  };
  struct Alias {
    std::string backing;
    std::string merged;
    bool foreign;  // `merged` reads in another namespace
  };
  std::unordered_map<uint64_t, Place> own;  // by the mount's id
  std::unordered_map<std::string, std::vector<Place>> ownByDevice;
  std::unordered_set<uint64_t> foreignIds;
  std::vector<Alias> aliases;
};

class MountKeeper {
 public:
  struct Parts {
    int permissionGroup;  // -1: none
    int notifyGroup;      // -1: none
    const PreAccess& preAccess;
    const ConfigurationKeeper& rules;
    std::function<bool(int pid)> isOwn;
    std::function<void()> changed;
  };
  explicit MountKeeper(Parts parts);
  /** Brings marks to what the rules want, now. `changed`: mounts of our own tree have. */
  void apply(bool changed = false);
  /** The thread's life. */
  void run();
  std::shared_ptr<const MountView> view() const;
  /** {"watching":[…],"moreWatching":n,"notCovered":[…],"moreNotCovered":n}: as much as a packet holds. */
  nlohmann::json coverage() const;
  /** Opens any mount of a watched device (as stat shows it), for handles. To be closed soon: it keeps the mount from
   * going. */
  Descriptor openDevice(uint64_t device) const;
  /** The same by the id that notifications bear. */
  Descriptor openFileSystem(uint64_t fsid) const;

 private:
  struct Wanted {
    Mount mount;
    Namespace place;
    std::string why;  // not covered, because; of what is watched: what is not met there
  };
  struct Marked {
    Wanted wanted;
    uint64_t stDevice = 0;
    uint64_t fsid = 0;
  };
  /** What a look sees before it understands any of it: the same again means that nothing was mounted. */
  struct Seen {
    std::shared_ptr<const GateConfiguration> rules;
    std::vector<std::pair<Namespace, std::string>> tables;
    std::string standing;  // which entries of the scope exist, a letter each
    bool operator==(const Seen&) const = default;
  };
  Seen see(std::shared_ptr<const GateConfiguration> rules) const;
  bool isSettled() const;
  bool isQuiet(const GateConfiguration& rules);
  bool refresh() const;
  Descriptor openFirst(const std::function<bool(const Marked&)>& is) const;
  void look();
  void consider(const Namespace& place, const Mount& mount, const GateConfiguration& rules,
                std::map<std::string, std::vector<Wanted>>& byDevice, std::vector<Wanted>& left) const;
  struct Tree {
    const Namespace& place;
    const std::vector<Mount>& mounts;
  };
  /** False: not all of its layers can be reached. */
  bool considerOverlay(const Namespace& place, const Mount& mount, const std::vector<Tree>& trees,
                       const GateConfiguration& rules, MountView& view,
                       std::map<std::string, std::vector<Wanted>>& byDevice) const;
  bool mark(const Wanted& wanted, Marked& marked, std::string& why) const;
  bool refusesTruncate(const Wanted& wanted) const;
  void unmark(const Marked& marked) const;
  void publish(std::map<std::string, Marked> marked, std::map<std::string, Wanted> overlays, std::vector<Wanted> left,
               MountView view);

  Parts parts_;
  mutable std::mutex mutex_;  // marked_, overlays_, left_, view_
  std::mutex looking_;        // seen_, births_, quietLooks_
  Seen seen_;
  MountBirths births_;
  unsigned quietLooks_ = 0;
  std::map<std::string, Marked> marked_;
  std::map<std::string, Wanted> overlays_;  // watched through their layers
  std::vector<Wanted> left_;
  std::shared_ptr<const MountView> view_ = std::make_shared<MountView>();
  std::string shown_;
};

}  // namespace lazaret::gate
