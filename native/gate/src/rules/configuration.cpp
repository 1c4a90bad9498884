// SPDX-License-Identifier: Apache-2.0
#include "rules/configuration.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <array>

namespace lazaret::gate {

using nlohmann::json;

static constexpr uint32_t deadlineMsMin = 50, deadlineMsMax = 600'000;
static constexpr size_t profileBytes = 96;

static std::string fromBase64(const std::string& text) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t bits = 0;
  int have = 0;
  for (const char each : text) {
    const size_t value = alphabet.find(each);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if ((have += 6) < 8) continue;
    have -= 8;
    bytes += static_cast<char>(bits >> have & 0xff);
  }
  return bytes;
}

static bool hasShape(const json& value) {
  return value.is_object() && value.contains("generation") && value["generation"].is_number_unsigned() &&
         value.contains("active") && value["active"].is_boolean() && value.contains("rules") &&
         value.contains("deadlineMs") && value["deadlineMs"].is_number_unsigned() && value.contains("onDeadline") &&
         value["onDeadline"].is_string() && value.contains("profile") && value["profile"].is_string() &&
         value.contains("verdicts") && value["verdicts"].is_string();
}

std::shared_ptr<const GateConfiguration> parseConfiguration(const std::string& text, std::string& fault) {
  const json value = json::parse(text, nullptr, false);
  if (!hasShape(value)) {
    fault = "the configuration does not have the expected form";
    return nullptr;
  }
  auto rules = std::make_shared<GateConfiguration>();
  rules->generation = value["generation"];
  rules->active = value["active"];
  rules->deadlineMs = std::clamp<uint32_t>(value["deadlineMs"], deadlineMsMin, deadlineMsMax);
  rules->failClosed = value["onDeadline"] == "deny";
  // A configuration of before has none: the default.
  rules->overloadDenies = value.value("onOverload", "deny") != std::string("allow");
  rules->profile = fromBase64(value["profile"]);
  rules->verdicts = value["verdicts"];
  rules->answersDetections = value.value("answersDetections", json(false)) == json(true);
  if (rules->profile.size() != profileBytes) {
    fault = "the profile of the scanner has a wrong length";
    return nullptr;
  }
  rules->scope = Scope::parse(value["rules"], fault);
  return rules->scope ? rules : nullptr;
}

std::shared_ptr<const GateConfiguration> ConfigurationKeeper::current() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void ConfigurationKeeper::set(std::shared_ptr<const GateConfiguration> rules) {
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
  version_.fetch_add(1, std::memory_order_release);
}

}  // namespace lazaret::gate
