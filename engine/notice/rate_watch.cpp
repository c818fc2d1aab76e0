// Rates are of an account, because it is the account's contact who can do something, and its reputation that suffers; the
// units are listed to show where. Bounces are counted where mails end, by unit; complaints only by account.
// Below a least number of mails a share says nothing: one bounce of three would be a third.
#include "ilbud/notice/rate_watch.hpp"

#include <algorithm>
#include <charconv>

#include "ilbud/render/format.hpp"

namespace ilbud {
namespace {

// Facts altogether, those of the rate among them, and well below what an event may hold. The worst come first.
constexpr std::size_t units_shown = 20;

struct AccountCounts {
    EndedMails all;
    std::vector<std::pair<const Unit*, EndedMails>> units;
};

double share(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

// The shortest text that reads back as the same number, with a point whatever the process's locale: the texts put it into
// the account's own form.
std::string number_text(double number) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

Notice rate_notice(const NoticeSettings& settings, const std::string& account, NoticeCause cause, std::uint64_t failed,
                   std::uint64_t mails) {
    const double limit = cause == NoticeCause::bounce_rate ? settings.bounce_rate : settings.complaint_rate;
    // The window is set in whole hours.
    const auto hours = std::chrono::round<std::chrono::hours>(settings.rate_window).count();
    return {account,
            std::string(to_word(cause)),
            {},
            {{"rate", number_text(share(failed, mails))},
             {"limit", number_text(limit)},
             {"mails", std::to_string(mails)},
             {"failed", std::to_string(failed)},
             {"hours", std::to_string(hours)}},
            {}};
}

// Which of several units it is, worst first: "Dagbladet: 42 / 640 (6,6 %)".
void add_units(Notice& notice, AccountCounts& counts, Locale locale) {
    // With one unit the account's figures are the unit's.
    if (counts.units.size() < 2) return;
    std::stable_sort(counts.units.begin(), counts.units.end(),
                     [](const auto& left, const auto& right) { return left.second.bounced > right.second.bounced; });
    for (const auto& [unit, ended] : counts.units) {
        if (ended.bounced == 0 || notice.facts.size() >= units_shown) break;
        notice.facts.emplace_back(unit->name, format_quantity(static_cast<double>(ended.bounced), locale) + " / " +
                                                  format_quantity(static_cast<double>(ended.finished), locale) + " (" +
                                                  format_share(share(ended.bounced, ended.finished), locale) + ')');
    }
}

std::map<std::string_view, AccountCounts> by_account(const Settings& settings, const RateCounts& counts) {
    std::map<std::string_view, AccountCounts> accounts;
    for (const auto& [id, ended] : counts.units) {
        const Unit* unit = settings.unit(id);
        // Of a unit that left the settings nobody knows the account any more. And no share is taken of nothing.
        if (unit == nullptr || ended.finished == 0) continue;
        auto& account = accounts[unit->account];
        account.all.finished += ended.finished;
        account.all.bounced += ended.bounced;
        account.units.emplace_back(unit, ended);
    }
    return accounts;
}

}  // namespace

std::vector<Notice> high_rates(const Settings& settings, const RateCounts& counts) {
    const NoticeSettings& notices = settings.platform.notices;
    std::vector<Notice> all;
    for (auto& [id, account] : by_account(settings, counts)) {
        const auto mails = account.all.finished;
        const auto name = std::string(id);
        if (mails >= notices.bounce_mails_min && share(account.all.bounced, mails) >= notices.bounce_rate) {
            all.push_back(rate_notice(notices, name, NoticeCause::bounce_rate, account.all.bounced, mails));
            add_units(all.back(), account, settings.accounts.at(name).language);
        }
        // Against the mails that ended in the window, although a complaint is of one that ended before: for a rate of a
        // few in a thousand that is near enough.
        const auto complained = counts.complaints.find(id);
        const auto complaints = complained == counts.complaints.end() ? 0 : complained->second;
        if (complaints > 0 && mails >= notices.complaint_mails_min && share(complaints, mails) >= notices.complaint_rate)
            all.push_back(rate_notice(notices, name, NoticeCause::complaint_rate, complaints, mails));
    }
    return all;
}

}  // namespace ilbud
