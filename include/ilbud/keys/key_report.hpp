/// The two key slots for people: one JSON object, from the daemon or from the shelf of one that does not run.
///
/// Pure
#pragma once
#include <string>

#include "ilbud/base/json.hpp"
#include "ilbud/keys/key_slots.hpp"
#include "ilbud/notice/notice.hpp"

namespace ilbud {

struct KeyView {
    const KeySlots& slots;
    KeyCoverages coverage;
    const Platform& platform;
    Time now{};
    bool running = true;  ///< a daemon carries the steps out
};

/// {"running","publish","automatic","rotating_since"?,"selectors":[…],"next":[…],"stuck":[…]}
void write_key_status(JsonWriter& json, const KeyView& view);
/// [{"action","selector","at","reason","waits"}]
void write_key_plan(JsonWriter& json, const std::vector<KeyStep>& plan, const Platform& platform);
/// One notice for each account that mails from one of `stuck`'s domains, and each of its domains: the record that is missing.
[[nodiscard]] std::vector<Notice> stuck_key_notices(const Stuck& stuck, const DkimSelector& awaited, const Settings& settings);
/// What tells keys apart at a glance: the beginning of the SHA-256 of the public key in p=. Empty without a key.
[[nodiscard]] std::string key_fingerprint(std::string_view record);

}  // namespace ilbud
