// Told means: an event of the engine's own, decided by policy and kept by the store like any other. So a notice has a
// decision that can be explained, retries, suppression and test mode, without a second way to send mail.
// Whoever tells waits for its turn, as between a look at the book and its row on the shelf there is the store, and
// another notice of the same thing would find the book as it was before.
#include "ilbud/notice/notifier.hpp"

#include <algorithm>
#include <iterator>

#include "ilbud/policy/decide.hpp"

namespace ilbud {
namespace {

constexpr std::string_view shelf_name = "notice";
// More would delay notices that were held until once_per had passed; less only asks the store more often.
constexpr Duration step_interval = 30s;  // how late what waits may be told
// Rows and events of one commit. The store is everybody's.
constexpr std::size_t rows_at_once = 200;
constexpr Duration hour = std::chrono::hours(1);

}  // namespace

Notifier::Notifier(asio::io_context& context, const SnapshotHolder& snapshots, Store& store, const Clock& clock, Log& log,
                   Counters& counters)
    : snapshots_(snapshots), store_(store), clock_(clock), log_(log), counters_(counters), pause_(context) {}

// All of them are in the book before the first is told, so that what does not hold any more at the end of them is not told.
Task<void> Notifier::tell(std::vector<Notice> notices) {
    const auto turn = co_await turns_.next();
    co_await load();
    // What a crash left between event and shelf must not be taken for untold. What is held is for step().
    co_await tell_due(book_.due());
    for (auto& notice : notices) take(std::move(notice));
    co_await tell_due(book_.due());
}

void Notifier::take(Notice notice) {
    if (!from_word<NoticeCause>(notice.cause)) {
        // A word that has no row in the table of causes has no texts either: a mistake of ours, not of an account.
        log_.error("notice.unknown_cause", {{"account", notice.account}, {"cause", notice.cause}});
        return;
    }
    const auto once_per = snapshots_.current()->settings.platform.notices.once_per;
    const std::string account = notice.account, cause = notice.cause, subject = notice.subject;
    const auto taken = book_.take(std::move(notice), clock_.now(), once_per);
    if (taken == NoticeBook::Taken::due) return;
    const char* event = taken == NoticeBook::Taken::held ? "notice.held" : "notice.left_out";
    const char* why =
        taken == NoticeBook::Taken::never_told ? "the account was not told that it was broken" : "told a short while ago";
    const auto level = taken == NoticeBook::Taken::held ? LogLevel::info : LogLevel::debug;
    log_.write(level, event, {{"account", account}, {"cause", cause}, {"subject", subject}, {"detail", why}});
}

// Rows that are being put there when the store breaks are lost from the book's list of changes; the process ends then
// anyway.
Task<void> Notifier::save() {
    auto rows = book_.changes();
    for (std::size_t at = 0; at < rows.size(); at += rows_at_once) {
        const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(rows_at_once, rows.size() - at));
        std::vector<ShelfRow> some(std::make_move_iterator(begin), std::make_move_iterator(end));
        co_await put_rows(store_.shelf(), std::string(shelf_name), std::move(some));
    }
}

Task<void> Notifier::load() {
    if (loaded_) co_return;
    std::string shelf(shelf_name);
    const auto rows = co_await store_.shelf().rows(std::move(shelf));
    book_.load(rows);
    loaded_ = true;
}

// The order makes a crash harmless anywhere. Before the first save nothing was promised; between the saves the row says
// which event it was, and the store answers `duplicate` if it has it.
Task<void> Notifier::tell_due(std::vector<std::string> names) {
    co_await save();
    bool goes_on = true;
    for (std::size_t at = 0; at < names.size() && goes_on;) {
        std::vector<std::string> asked, events;
        std::vector<Entry> entries;
        for (; at < names.size() && entries.size() < rows_at_once; ++at) {
            auto entry = entry_of(names[at]);
            // It can never be told, and its row says so already.
            if (!entry) continue;
            asked.push_back(names[at]);
            events.push_back(entry->event->id);
            entries.push_back(std::move(*entry));
        }
        if (entries.empty()) break;
        const auto answers = co_await store_.queue().accept(std::move(entries));
        // All of them: behind one that the store did not take there may be one that it took.
        for (std::size_t i = 0; i < answers.size(); ++i)
            if (!conclude(asked[i], events[i], answers[i], goes_on)) goes_on = false;
        co_await save();
    }
    co_await save();
}

// The event of a due row with its decision; none, and the row is dropped, if there can be none: its account is gone.
std::optional<Entry> Notifier::entry_of(const std::string& name) {
    const auto snapshot = snapshots_.current();
    const Notice& notice = *book_.row(name).next;
    const Time at = *book_.row(name).next_at;
    // Through the parser, although it is our own: what it is made of is stored and must be readable for as long as the
    // event is.
    auto event = parse_event(notice_event(notice, at), {.own = true});
    auto decision = event ? decide(snapshot->settings, *event, at) : Result<Decision>(event.error());
    if (decision) return Entry{std::make_shared<const Event>(std::move(*event)), std::move(*decision)};
    log_.warning("notice.not_mailed", {{"account", notice.account},
                                       {"cause", notice.cause},
                                       {"subject", notice.subject},
                                       {"reason", decision.error().code},
                                       {"detail", decision.error().detail}});
    book_.drop(name);
    return std::nullopt;
}

// False if the store takes nothing now: the row waits. `says_so`: the first of those is logged, and not each of a thousand.
bool Notifier::conclude(const std::string& name, const std::string& event, const Accepted& accepted, bool says_so) {
    const Notice notice = *book_.row(name).next;
    if (accepted.status == Accepted::Status::busy) {
        if (!says_so) return false;
        log_.warning("notice.waits", {{"account", notice.account},
                                      {"cause", notice.cause},
                                      {"subject", notice.subject},
                                      {"reason", accepted.busy_reason}});
        return false;
    }
    // A duplicate is told as well: the mail is planned, by the run that a crash cut off.
    note(notice, event, accepted);
    book_.told(name, !accepted.mails.empty());
    return true;
}

void Notifier::note(const Notice& notice, const std::string& event, const Accepted& accepted) {
    // Counted once, as at every other door.
    if (accepted.status == Accepted::Status::accepted) {
        ++counters_.events_accepted;
        counters_.mails_planned += accepted.mails.size();
        counters_.mails_skipped += accepted.skipped.size();
    }
    for (const auto& mail : accepted.mails)
        log_.info("notice.told", {{"account", notice.account},
                                  {"cause", notice.cause},
                                  {"subject", notice.subject},
                                  {"event", event},
                                  {"mail", mail.id},
                                  {"to", mail.to}});
    for (const auto& skip : accepted.skipped)
        log_.warning("notice.not_mailed", {{"account", notice.account},
                                           {"cause", notice.cause},
                                           {"subject", notice.subject},
                                           {"event", event},
                                           {"reason", skip.reason},
                                           {"detail", explain_skip(skip.reason)}});
}

Task<void> Notifier::look_at_rates() {
    const auto snapshot = snapshots_.current();
    const NoticeSettings& notices = snapshot->settings.platform.notices;
    const Time now = clock_.now();
    const bool waits = rates_looked_at_ && now >= *rates_looked_at_ && now < *rates_looked_at_ + notices.rate_interval;
    if (waits) co_return;
    // Before counting, and in memory only: after a restart the rates are looked at again, and the book keeps that from
    // being a second mail.
    rates_looked_at_ = now;
    const auto counts = co_await count_window(now - notices.rate_window, now);
    if (stopping_) co_return;  // a part of the hours gives no rate
    for (auto& notice : high_rates(snapshot->settings, counts)) take(std::move(notice));
    co_await tell_due(book_.due());
}

// Hour by hour: no question holds the store up for long.
// The store counts by whole hours, so that up to one more than the window is taken in; complaints have their time to the
// second.
Task<RateCounts> Notifier::count_window(Time from, Time to) {
    RateCounts counts;
    for (Time at = std::chrono::floor<std::chrono::hours>(from); at <= to && !stopping_; at += hour) {
        const auto units = co_await store_.log().ended_in_hour(at);
        for (const auto& [unit, ended] : units) {
            auto& sum = counts.units[unit];
            sum.finished += ended.finished;
            sum.bounced += ended.bounced;
        }
    }
    const auto complaints = co_await store_.log().complaints_since(from);
    counts.complaints.insert(complaints.begin(), complaints.end());
    co_return counts;
}

Task<void> Notifier::step() {
    const auto turn = co_await turns_.next();
    co_await load();
    co_await tell_due(book_.due(clock_.now(), snapshots_.current()->settings.platform.notices.once_per));
    co_await look_at_rates();
    // Behind everything else of this round: what was just told matters for once_per from now on.
    book_.tidy(clock_.now(), snapshots_.current()->settings.platform.notices.once_per);
    co_await save();
}

// The settings' notes are told here, since it is the first thing that runs behind the start and has the log at hand.
Task<void> Notifier::run() {
    for (const auto& note : snapshots_.current()->notes()) log_.warning("settings.note", {{"detail", note}});
    while (!stopping_) {
        co_await step();
        if (!stopping_) co_await pause_.wait_for(step_interval);
    }
}

// The round that has begun is ended. What is held is on the shelf, and told after the next start.
void Notifier::stop() {
    stopping_ = true;
    pause_.wake();
}

}  // namespace ilbud
