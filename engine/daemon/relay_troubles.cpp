// Rows are read with simdjson's exceptions, caught in one place: one that is unreadable is left out, and the trouble told anew.
#include "relay_troubles.hpp"

#include <simdjson.h>

#include <algorithm>

#include "ilbud/reply/cause.hpp"

namespace ilbud {
namespace {

constexpr std::string_view shelf_name = "trouble";
constexpr Duration look_interval = 30s;
// Some refuse only part of the mails: without it, trouble and its end would take turns with every other reply.
constexpr Duration quiet = 5min;

// Both ways: a clock that was set back tells nothing twice (S47).
bool is_within(Time one, Time other, Duration span) {
    return one < other + span && other < one + span;
}

std::string said(const RelayTrouble& trouble) {
    std::string text = trouble.code != 0 ? std::to_string(trouble.code) + ' ' : std::string();
    if (!trouble.enhanced.empty()) text += trouble.enhanced + ' ';
    return text + (trouble.reply.empty() ? "nothing" : without_addresses(trouble.reply));
}

std::string_view what_to_do(std::string_view cause) {
    if (cause == "auth_failed")
        return "Check user and password_file of this relay in the settings and the account at its provider; then `ilbud reload`.";
    if (cause == "relay_denied")
        return "Ask the relay's provider which senders and addresses it lets us use, and put that right there.";
    return "Look at the account at the relay's provider: its limits, its bills, whether it is paused or suspended.";
}

OperatorNotice begin_notice(const RelayTrouble& trouble) {
    return {"relay " + trouble.relay,
            "Relay " + trouble.relay + " refuses our account (" + trouble.cause + ')',
            {"The relay " + trouble.relay + " takes no mail because of our account there.", "", "cause: account",
             "reason: " + trouble.cause, "it said: " + said(trouble), "since: " + to_text(trouble.since), "",
             std::string(what_to_do(trouble.cause)), "",
             "Mail goes by the other relays where there are any, and waits otherwise. `ilbud status` shows how it stands.",
             "You are told again while it lasts, and when it is over."}};
}

OperatorNotice end_notice(const RelayTrouble& trouble, Time now) {
    return {"relay " + trouble.relay,
            "Relay " + trouble.relay + " takes our mail again",
            {"The relay " + trouble.relay + " has taken a mail again, and has refused our account no more.", "",
             "reason: " + trouble.cause, "since: " + to_text(trouble.since), "last refused: " + to_text(trouble.last),
             "seen well: " + to_text(now), "", "There is nothing to do."}};
}

std::string to_row(const RelayTrouble& trouble, bool told, Time told_at) {
    std::string out;
    JsonWriter(out)
        .begin_object()
        .field("cause", trouble.cause)
        .field("code", trouble.code)
        .field("enhanced", trouble.enhanced)
        .field("reply", trouble.reply)
        .field("since", to_text(trouble.since))
        .field("last", to_text(trouble.last))
        .field("told", told)
        .field("told_at", to_text(told_at))
        .end_object();
    return out;
}

}  // namespace

void write_json(JsonWriter& json, const RelayTrouble& trouble) {
    json.begin_object().field("relay", trouble.relay).field("cause", "account").field("reason", trouble.cause);
    json.field("code", trouble.code).field("enhanced", trouble.enhanced).field("reply", trouble.reply);
    json.field("since", to_text(trouble.since)).field("last", to_text(trouble.last)).field("replies", trouble.replies);
    json.end_object();
}

RelayTroubles::RelayTroubles(asio::io_context& context, const SnapshotHolder& snapshots, Shelf& shelf, OperatorTeller& teller,
                             const Clock& clock, Log& log)
    : snapshots_(snapshots), shelf_(shelf), teller_(teller), clock_(clock), log_(log), pause_(context) {}

Duration RelayTroubles::once_per() const {
    return snapshots_.current()->settings.platform.notices.operator_once_per;
}

void RelayTroubles::took_mail(std::string_view relay) {
    if (open_ == 0) return;
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(relay);
    if (found != known_.end() && found->second.open) found->second.well_at = clock_.now();
}

void RelayTroubles::refused(const Reply& reply) {
    const Cause cause = find_cause(reply);
    if (cause.concern != Concern::account || reply.relay.empty()) return;
    const auto now = clock_.now();
    const std::scoped_lock lock(mutex_);
    const auto found = known_.try_emplace(reply.relay).first;
    Known& known = found->second;
    const bool fresh = !known.open;
    if (fresh) {
        known.open = true;
        ++open_;
        known.trouble = {};
        known.trouble.since = now;
    }
    known.trouble.relay = reply.relay;
    known.trouble.cause = cause.reason;
    known.trouble.code = reply.code;
    known.trouble.enhanced = reply.enhanced;
    known.trouble.reply = reply.text;
    known.trouble.last = now;
    ++known.trouble.replies;
    known.well_at.reset();
    const bool due = !known.told_at || !is_within(*known.told_at, now, once_per());
    if (fresh || due) log(known.trouble);
    if (due) tell(found->first, known, now);
}

void RelayTroubles::log(const RelayTrouble& trouble) {
    log_.warning("relay.trouble", {{"relay", trouble.relay},
                                   {"cause", "account"},
                                   {"reason", trouble.cause},
                                   {"code", trouble.code},
                                   {"enhanced", trouble.enhanced},
                                   {"reply", trouble.reply},
                                   {"detail", what_to_do(trouble.cause)}});
}

void RelayTroubles::tell(const std::string& relay, Known& known, Time now) {
    known.told = true;
    known.told_at = now;
    teller_.tell(begin_notice(known.trouble), {{std::string(shelf_name), relay, to_row(known.trouble, true, now)}});
}

void RelayTroubles::end(const std::string& relay, Known& known, Time now) {
    known.open = false;
    --open_;
    log_.info("relay.well", {{"relay", relay}, {"cause", "account"}, {"since", to_text(known.trouble.since)}});
    // When it was told stays there: the same trouble is not to be told anew too soon.
    if (std::exchange(known.told, false))
        teller_.tell(end_notice(known.trouble, now),
                     {{std::string(shelf_name), relay, to_row(known.trouble, false, *known.told_at)}});
}

void RelayTroubles::step() {
    const auto now = clock_.now();
    const auto snapshot = snapshots_.current();
    const std::scoped_lock lock(mutex_);
    for (auto& [relay, known] : known_) {
        if (!known.open) continue;
        const auto& relays = snapshot->settings.platform.delivery.relays;
        if (std::ranges::find(relays, relay, &Relay::name) == relays.end()) {
            known.open = known.told = false;
            --open_;
        } else if (known.well_at && !is_within(known.trouble.last, now, quiet)) {
            end(relay, known, now);
        }
    }
}

std::vector<RelayTrouble> RelayTroubles::current() const {
    std::vector<RelayTrouble> all;
    const std::scoped_lock lock(mutex_);
    for (const auto& [relay, known] : known_)
        if (known.open) all.push_back(known.trouble);
    return all;
}

// What was told and is not over is open until the relay takes a mail; of what is over only the time counts.
Task<void> RelayTroubles::load() {
    const auto rows = co_await shelf_.rows(std::string(shelf_name));
    const std::scoped_lock lock(mutex_);
    for (const auto& row : rows) try {
            simdjson::dom::parser parser;
            const simdjson::dom::element read = parser.parse(row.value);
            const auto text = [&read](const char* name) { return std::string(std::string_view(read[name])); };
            const auto since = parse_time(text("since")), last = parse_time(text("last")), told_at = parse_time(text("told_at"));
            if (!since || !last || !told_at) continue;
            Known known;
            known.trouble = {
                row.name, text("cause"), static_cast<int>(std::int64_t(read["code"])), text("enhanced"), text("reply"),
                *since,   *last};
            known.open = known.told = bool(read["told"]);
            known.told_at = told_at;
            if (known.open) ++open_;
            known_.insert_or_assign(row.name, std::move(known));
        } catch (const simdjson::simdjson_error&) {
            continue;
        }
}

Task<void> RelayTroubles::run() {
    while (!stopping_) {
        step();
        co_await pause_.wait_for(look_interval);
    }
}

void RelayTroubles::stop() {
    stopping_ = true;
    pause_.wake();
}

}  // namespace ilbud
