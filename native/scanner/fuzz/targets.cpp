// SPDX-License-Identifier: GPL-2.0-only
#include "../../fuzz/target.h"

#include "parsers.h"
#include "rooms.h"

namespace lazaret::fuzz {

static void parse(std::string_view name, const uint8_t* data, size_t size) {
  Work work(size);
  findParser(name).run({data, size}, work);
}

static constexpr Target list[] = {
    {"scanner-iso", [](const uint8_t* data, size_t size) { parse("iso", data, size); }},
    {"scanner-zip", [](const uint8_t* data, size_t size) { parse("zip", data, size); }},
    {"scanner-rar5", [](const uint8_t* data, size_t size) { parse("rar5", data, size); }},
    {"scanner-rar4", [](const uint8_t* data, size_t size) { parse("rar4", data, size); }},
    {"scanner-promises", [](const uint8_t* data, size_t size) { parse("promises", data, size); }},
    {"scanner-mail", [](const uint8_t* data, size_t size) { parse("mail", data, size); }},
    {"scanner-facts", [](const uint8_t* data, size_t size) { parse("facts", data, size); }},
    {"scanner-password", [](const uint8_t* data, size_t size) { parse("password", data, size); }},
    {"scanner-identify", [](const uint8_t* data, size_t size) { parse("identify", data, size); }},
    {"scanner-ledger", [](const uint8_t* data, size_t size) { parse("ledger", data, size); }},
    {"scanner-broker", runBroker},
    {"scanner-file", runFileScan},
};

std::span<const Target> targets() { return list; }

}  // namespace lazaret::fuzz
