// Twice the same word is needed to stop anything: a number that no honest list of addresses reaches unnoticed, and a share that
// says it is not the list's size. What is known of mailboxes is worth keeping, and what a broken relay says of them is not, but
// only people can tell one from the other; so mail waits, and they are asked.
#include "suppression_brake.hpp"

#include <algorithm>
#include <numeric>

namespace ilbud {
namespace {

constexpr int steps_of_window = 12;

}  // namespace

std::string to_text(const Braked& braked) {
    std::string text = std::to_string(braked.suppressed) + " of " + std::to_string(braked.ended) + " mails that ended within " +
                       to_text(braked.within) + " suppressed their address; relay " + braked.reply.relay + " said " +
                       std::to_string(braked.reply.code);
    if (!braked.reply.enhanced.empty()) text += ' ' + braked.reply.enhanced;
    return text + ' ' + without_addresses(braked.reply.text);
}

OperatorNotice to_notice(const Braked& braked) {
    const auto& account = braked.account;
    return {"account " + account,
            "Mail of account " + account + " is held: relay " + braked.reply.relay + " refuses too many addresses",
            {"The account " + account + " is held since " + to_text(braked.since) + ": " + to_text(braked) + '.',
             "Such replies are not believed any more: nobody else is suppressed, and the account's mails wait.", "",
             "If the relay is wrong:", "1. put it right, or take it out of the settings (`ilbud reload`);",
             "2. undo what it made:  ilbud suppressions remove --relay " + braked.reply.relay + " --since " +
                 to_text(braked.since - braked.within) + "  (first with --dry-run);",
             "3. let the mails go:  ilbud release --account " + account, "",
             "If it is right, ask the account where these addresses come from, then release it: the count begins anew.",
             "The limits are delivery.brake in the settings."}};
}

SuppressionBrake::Account& SuppressionBrake::account_at(const std::string& account, Duration within, SteadyTime now) {
    Account& counted = accounts_[account];
    auto& steps = counted.steps;
    while (!steps.empty() && now - steps.front().begin >= within) steps.pop_front();
    if (steps.empty() || now - steps.back().begin >= within / steps_of_window) steps.push_back({now});
    return counted;
}

bool SuppressionBrake::stops(const std::string& account, const Outcome& outcome, const BrakeSettings& limits, SteadyTime now) {
    if (outcome.verdict == Verdict::retry) return false;
    if (account.empty()) return outcome.suppress;
    const std::scoped_lock lock(mutex_);
    Account& counted = account_at(account, limits.within, now);
    Step& step = counted.steps.back();
    if (!outcome.suppress) {
        ++step.ended;
        return false;
    }
    if (counted.braked) return true;
    const auto sum = [&counted](auto member) {
        return std::accumulate(counted.steps.begin(), counted.steps.end(), std::size_t{0},
                               [member](std::size_t before, const Step& one) { return before + one.*member; });
    };
    const auto suppressed = sum(&Step::suppressed), ended = sum(&Step::ended);
    const bool too_many = suppressed + 1 > limits.suppressed_max &&
                          static_cast<double>(suppressed + 1) > limits.share_max * static_cast<double>(ended + 1);
    if (too_many) {
        counted.braked = Braked{account, suppressed, ended, limits.within, {}, clock_.now()};
        return true;
    }
    ++step.ended;
    ++step.suppressed;
    return false;
}

// None: somebody has released the account meanwhile, and what is counted begins anew.
std::optional<Braked> SuppressionBrake::braked(const std::string& account, const Reply& reply) {
    const std::scoped_lock lock(mutex_);
    const auto found = accounts_.find(account);
    if (found == accounts_.end() || !found->second.braked) return std::nullopt;
    auto& braked = *found->second.braked;
    if (braked.reply.code == 0) braked.reply = reply;
    return braked;
}

bool SuppressionBrake::is_first(const std::string& account) {
    const std::scoped_lock lock(mutex_);
    const auto found = accounts_.find(account);
    return found != accounts_.end() && !std::exchange(found->second.told, true);
}

// First the hold and then the mail: settled before, it would be lent at once and sent to the same relay. Each such reply stores
// the hold again, so that one which somebody ended meanwhile by another way cannot let mails go round without end.
Task<Outcome> SuppressionBrake::hold(const std::string& account, const Reply& reply, Outcome later) {
    if (later.verdict == Verdict::retry) later.reason = brake_reason;
    const auto news = braked(account, reply);
    if (!news) co_return later;
    std::string failure;
    try {
        Hold hold{MailScope{.account = account}, "brake: " + to_text(*news), news->since};
        co_await queue_.hold(std::move(hold));
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!failure.empty()) {
        log_.error("account.not_held", {{"account", account}, {"detail", failure}});
        co_return later;
    }
    if (later.verdict == Verdict::retry) later.due = clock_.now();
    if (!is_first(account)) co_return later;
    log_.warning("account.braked", {{"account", account},
                                    {"suppressed", news->suppressed},
                                    {"ended", news->ended},
                                    {"relay", news->reply.relay},
                                    {"code", news->reply.code},
                                    {"enhanced", news->reply.enhanced},
                                    {"reply", news->reply.text},
                                    {"detail",
                                     "its mails wait; see to the relay, undo with `ilbud suppressions remove --since --relay`, "
                                     "then `ilbud release --account`"}});
    if (tell_) tell_(*news);
    co_return later;
}

void SuppressionBrake::begin_anew(const std::string& account) {
    const std::scoped_lock lock(mutex_);
    accounts_.erase(account);
}

// Up to an hour more of what ended is taken in, as the store counts by whole hours; suppressions have their time.
Task<void> SuppressionBrake::load(Store& store, const Settings& settings, SteadyTime now) {
    const auto within = settings.platform.delivery.brake.within;
    const Time from = clock_.now() - within;
    std::unordered_map<std::string, Step> counts;
    SuppressionScope scope{.relay = {}, .since = from};
    const auto suppressed = co_await store.suppressions().list(std::move(scope));
    for (const auto& one : suppressed) ++counts[one.account].suppressed;
    for (Time hour = std::chrono::floor<std::chrono::hours>(from); hour <= clock_.now(); hour += 1h) {
        const auto units = co_await store.log().ended_in_hour(hour);
        for (const auto& [id, ended] : units)
            if (const Unit* unit = settings.unit(id)) counts[unit->account].ended += ended.finished;
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& [account, count] : counts) {
        Step& step = account_at(account, within, now).steps.back();
        step.suppressed += count.suppressed;
        step.ended += std::max(count.ended, count.suppressed);
    }
}

}  // namespace ilbud
