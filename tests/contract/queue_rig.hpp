/// What the tests of a queue work with: one queue of the adapter under test on a clock ticked by hand, plain calls, sample mails.
///
/// The includer defines ilbud::test::QueueAdapter first:
///   struct QueueAdapter {                       // one store of its own, gone with it
///       Result<std::unique_ptr<Store>> open(const QueueSettings&, const Clock&, Log&, Counters&);
///       Result<std::unique_ptr<PlainReader>> reader();
///   };
#pragma once
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "ilbud/base/address.hpp"
#include "ilbud/base/id.hpp"
#include "ilbud/queue/store.hpp"
#include "support/manual_clock.hpp"
#include "support/plain_reader.hpp"
#include "support/run_task.hpp"
#include "support/sample_events.hpp"

namespace ilbud::test {

struct MailSample {
    std::string id = "evt-1";
    Kind kind = Kind::welcome;
    std::string unit = "daily";
    std::string to = "anna@example.com";
    std::string account = "press";
    std::string source = "/shop";
    std::string name = "Anna Jensen";
    std::string once_key{};
    bool repeat = false;
    std::string unless_mailed{};
    std::vector<std::string> unless_marked{};
    std::vector<std::string> marks{};
    std::vector<std::string> topics{};
    std::string replaces{};
    std::vector<std::string> supersedes{};
    std::string time{};   ///< the event's; empty: none
    std::string group{};  ///< empty: its kind's
};

/// A confirmation request for an order, if one is named, and its subscriptions, as policy plans it.
inline MailSample request(const std::string& id, const std::string& time = {}, const std::string& order = "o-1",
                          std::vector<std::string> topics = {"request:s-1"}) {
    return {.id = id,
            .kind = Kind::confirmation,
            .topics = std::move(topics),
            .replaces = order.empty() ? "" : "confirmation:" + order,
            .time = time};
}
/// A confirmation of what `topics` name, which brings the welcome mail.
inline MailSample confirm(const std::string& id, std::vector<std::string> topics, const std::string& time = {}) {
    return {.id = id, .kind = Kind::welcome, .supersedes = std::move(topics), .time = time};
}
inline MailSample welcome(const std::string& id, std::vector<std::string> topics = {"welcome:s-1"},
                          const std::string& time = {}) {
    return {.id = id, .kind = Kind::welcome, .topics = std::move(topics), .time = time};
}
/// A stop, which mails, too.
inline MailSample stop(const std::string& id, const std::string& topic = "welcome:s-1", const std::string& time = {}) {
    return {.id = id, .kind = Kind::stopped, .supersedes = {topic}, .time = time};
}

/// The type that makes `kind`; for those that no sender makes any will do.
inline EventType type_of(Kind kind) {
    const auto type = from_word<EventType>(traits_of(kind).event);
    return type && !is_own(*type) ? *type : EventType::invoice_issued;
}

inline Entry entry_of(const MailSample& sample, Time now = {}) {
    auto event = parse_event(
        sample_event(type_of(sample.kind),
                     {.id = sample.id, .source = sample.source, .unit = sample.unit, .name = sample.name, .time = sample.time}));
    if (!event) throw std::logic_error(to_text(event.error()));  // also called where Catch cannot be: other threads and processes
    PlannedMail mail;
    mail.id = stable_id({sample.source, sample.id, to_word(sample.kind), sample.to});
    mail.kind = sample.kind;
    mail.urgency = traits_of(sample.kind).urgency;
    mail.group = sample.group;
    mail.account = sample.account;
    mail.unit = sample.unit;
    mail.to = sample.to;
    mail.site = domain_of(mail.to);
    mail.to_name = sample.name;
    mail.from = "kundeservice@example.org";
    mail.from_name = "Dagbladet";
    mail.reply_to = "svar@example.org";
    mail.locale = Locale::da;
    mail.planned_at = now;
    mail.once_key = sample.once_key;
    mail.repeat = sample.repeat;
    mail.unless_mailed = sample.unless_mailed;
    mail.unless_marked = sample.unless_marked;
    mail.topics = sample.topics;
    mail.replaces = sample.replaces;
    Decision decision;
    decision.chain = {{"R9", "the form uses no confirmation, so the welcome mail belongs to created"}};
    decision.mails.push_back(std::move(mail));
    decision.marks = sample.marks;
    decision.supersedes = sample.supersedes;
    return {std::make_shared<const Event>(std::move(*event)), std::move(decision)};
}

class QueueRig {
 public:
    explicit QueueRig(QueueSettings wanted = {}) : settings(std::move(wanted)) {
        if (settings.disk_free_min == QueueSettings{}.disk_free_min) settings.disk_free_min = 0;
        reopen();
    }

    void close() { store.reset(); }
    void reopen() {
        close();
        auto opened = adapter.open(settings, clock, log, counters);
        if (!opened) FAIL(to_text(opened.error()));
        store = std::move(*opened);
        queue = &store->queue();
    }

    std::vector<Accepted> accept_all(std::vector<Entry> entries) { return run_task(context, queue->accept(std::move(entries))); }
    Accepted accept(const MailSample& sample) {
        std::vector<Entry> entries;
        entries.push_back(entry_of(sample, clock.now()));
        return accept_all(std::move(entries)).at(0);
    }
    std::vector<Lease> lease(std::size_t most = 100, Duration wait = {}) { return run_task(context, queue->lease(most, wait)); }
    std::vector<std::optional<SteadyTime>> renew(std::vector<LeaseName> leases) {
        return run_task(context, queue->renew(std::move(leases)));
    }
    void settle(std::vector<Settlement> settlements) { run_task(context, queue->settle(std::move(settlements))); }
    void settle(Settlement settlement) { settle(std::vector{std::move(settlement)}); }
    QueueCounts counts() { return run_task(context, queue->counts()); }
    std::uint64_t count(MailState state) { return counts().mails[static_cast<std::size_t>(state)]; }
    bool suppress(const std::string& account, const std::string& address) {
        return suppress(Suppression{account, address, "by_hand", clock.now()});
    }
    bool suppress(const Suppression& suppression) { return run_task(context, store->suppressions().add(suppression)); }
    bool unsuppress(const std::string& account, const std::string& address) {
        return run_task(context, store->suppressions().remove(account, address));
    }
    std::size_t prune(Time before, std::size_t most = 100) { return sweep(before, most).removed; }
    Pruned sweep(Time before, std::size_t most) { return run_task(context, queue->prune(before, most)); }

    std::size_t hasten(const std::string& reason, const std::string& domain) { return hasten(reason, std::vector{domain}); }
    std::size_t hasten(const std::string& reason, const std::vector<std::string>& domains) {
        return run_task(context, queue->hasten(reason, domains));
    }

    using Shelf = std::vector<ShelfRow>;
    Shelf shelf(const std::string& name) { return run_task(context, store->shelf().rows(name)); }
    void put_on_shelf(const std::string& name, Shelf rows) { put(writes_to(name, std::move(rows))); }
    bool put(std::vector<ShelfWrite> writes) { return run_task(context, store->shelf().put(std::move(writes))); }

    [[nodiscard]] Settlement ended(const Lease& lease, MailState state = MailState::delivered,
                                   const std::string& reason = "delivered") const {
        Settlement settlement;
        settlement.row = lease.row;
        settlement.token = lease.token;
        settlement.state = state;
        settlement.at = clock.now();
        settlement.reason = reason;
        return settlement;
    }
    [[nodiscard]] Settlement again(const Lease& lease, Duration later) const {
        auto settlement = ended(lease, MailState::queued, "greylisted");
        settlement.due = clock.now() + later;
        settlement.reply_code = 451;
        settlement.enhanced = "4.7.1";
        settlement.reply_text = "451 4.7.1 come back later";
        settlement.relay = "smart";
        return settlement;
    }

    std::vector<MailRow> rows(const MailQuery& query) {
        auto reader = adapter.reader();
        REQUIRE(reader);
        return (*reader)->mails(query);
    }
    MailRow row(const std::string& id) {
        MailQuery query;
        query.event = id;
        query.source = "/shop";
        const auto found = rows(query);
        REQUIRE(found.size() == 1);
        return found.front();
    }

    QueueAdapter adapter;
    QueueSettings settings;
    ManualClock clock{*parse_time("2025-06-24T10:00:00Z")};
    std::mutex lines_mutex;
    std::string lines;  // of the log
    Log log{LogLevel::warning, LogFormat::text, [this](std::string_view line) {
                const std::scoped_lock lock(lines_mutex);
                lines += line;
            }};
    bool logged(std::string_view word) {
        const std::scoped_lock lock(lines_mutex);
        return lines.find(word) != std::string::npos;
    }
    Counters counters;
    asio::io_context context{1};
    std::unique_ptr<Store> store;
    Queue* queue = nullptr;  // the store's
};

inline std::vector<std::string> events_of(const std::vector<Lease>& leases) {
    std::vector<std::string> ids;
    for (const auto& lease : leases) ids.push_back(lease.event->id);
    return ids;
}

using Ids = std::vector<std::string>;

}  // namespace ilbud::test
