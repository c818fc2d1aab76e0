/// Rates: which accounts have too many bounces or complaints.
///
/// In    the settings, what ended within the window by unit, complaints within it by account
/// Out   notices, in the order of the accounts
/// Pure
#pragma once
#include <vector>

#include "ilbud/notice/notice.hpp"
#include "ilbud/queue/mail_log.hpp"

namespace ilbud {

struct RateCounts {
    std::map<std::string, EndedMails, std::less<>> units;
    std::map<std::string, std::uint64_t, std::less<>> complaints;  ///< by account
};

/// Accounts at or above a rate of notices.… with at least so many finished mails. Units that are no longer in the settings count
/// for nobody.
[[nodiscard]] std::vector<Notice> high_rates(const Settings& settings, const RateCounts& counts);

}  // namespace ilbud
