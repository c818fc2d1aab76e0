/// Which secrets each command needs, in one table: whoever may not read keys and passwords can run all the others.
///
/// Pure
#pragma once
#include <array>
#include <string_view>

#include "ilbud/settings/load.hpp"

namespace ilbud {

/// What a command does with the signing keys, apart from what reading the settings does with their files.
enum class KeyUse : std::uint8_t {
    none,
    tried,   ///< shown or compared where they can be read, else it says that they were not
    needed,  ///< without them there is no answer
};

struct SecretNeed {
    std::string_view command;  ///< as it is typed
    Secrets files{};           ///< the key and password files, while the settings are read
    KeyUse keys{};
};

/// Commands that read no settings as a whole go by the platform file and look at no secret.
inline constexpr std::array secret_needs{
    SecretNeed{"serve", Secrets::needed, KeyUse::needed},
    SecretNeed{"check", Secrets::looked_at, KeyUse::tried},
    SecretNeed{"preview", Secrets::unread, KeyUse::tried},         // pages are unsigned without them
    SecretNeed{"preview --eml", Secrets::unread, KeyUse::needed},  // an unsigned message would pass for what is sent
    SecretNeed{"replay", Secrets::unread, KeyUse::none},
    SecretNeed{"domain check", Secrets::unread, KeyUse::tried},  // published keys are compared with ours
    SecretNeed{"domain spf", Secrets::unread, KeyUse::none},
    SecretNeed{"domain list", Secrets::unread, KeyUse::none},
    SecretNeed{"domain watch", Secrets::unread, KeyUse::none},
    SecretNeed{"dkim status", Secrets::unread, KeyUse::none},  // the queue tells of keys without holding any
    SecretNeed{"dkim new-key", Secrets::unread, KeyUse::none},
    SecretNeed{"dkim publish", Secrets::unread, KeyUse::none},  // the daemon's keys, by its own hand
    SecretNeed{"dkim rotate", Secrets::unread, KeyUse::none},
    SecretNeed{"dkim retire", Secrets::unread, KeyUse::none},
    SecretNeed{"send", Secrets::unread, KeyUse::none},
    SecretNeed{"mails", Secrets::unread, KeyUse::none},
    SecretNeed{"explain", Secrets::unread, KeyUse::none},
    SecretNeed{"status", Secrets::unread, KeyUse::none},
    SecretNeed{"reload", Secrets::unread, KeyUse::none},
    SecretNeed{"suppressions", Secrets::unread, KeyUse::none},
    SecretNeed{"release", Secrets::unread, KeyUse::none},
};

/// The row of a command; asking for one that is not there does not compile.
consteval SecretNeed secret_need(std::string_view command) {
    for (const auto& need : secret_needs)
        if (need.command == command) return need;
    throw "no such command";
}

}  // namespace ilbud
