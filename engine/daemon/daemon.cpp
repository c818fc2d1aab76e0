// The wiring: who is made from what, in which order things begin and end. What they do is in their own files.
// All of it lives on the main thread, but for the lanes and the store's thread. Members refer to each other through
// functions that are called when everything is there, so the order of the members is that of their destruction: the last
// to be made goes first, the lanes before all that they use.
// A daemon that cannot go on ends at once, by _Exit, without tidying up: coroutines are under way on several threads, and no
// destructor could make what is on disk any safer.
#include "ilbud/daemon/daemon.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <limits>

#include "control.hpp"
#include "descriptor_limit.hpp"
#include "duties.hpp"
#include "event_lines.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/delivery/transport.hpp"
#include "ilbud/dns/unbound_resolver.hpp"
#include "ilbud/intake/line_socket.hpp"
#include "ilbud/keys/key_keeper.hpp"
#include "ilbud/keys/key_report.hpp"
#include "ilbud/notice/notifier.hpp"
#include "ilbud/notice/operator_teller.hpp"
#include "ilbud/watch/domain_watch.hpp"
#include "ilbud/watch/verdict_watch.hpp"
#include "lane.hpp"
#include "log_key.hpp"
#include "pruner.hpp"
#include "reload.hpp"
#include "test_modes.hpp"
#include "watchdog.hpp"

namespace ilbud {
namespace {

// On top of stop_deadline. Shorter, and a slow disk makes the last results be sent again; longer only delays the end.
constexpr Duration stop_grace = 5s;      // beyond the deadline, for the last results
constexpr Duration stuck_max = 2s;       // the store's one round; behind it nobody waits for its answers
constexpr int exit_storage_broken = 74;  // EX_IOERR of sysexits.h

// The system may not know its cores, and then says 0.
std::size_t lane_count(const DaemonSettings& settings) {
    return settings.lanes > 0 ? static_cast<std::size_t>(settings.lanes)
                              : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, lanes_max);
}

LineSocketOptions socket_options(const IntakeSettings& intake, const std::filesystem::path& path) {
    LineSocketOptions options;
    options.path = path;
    options.line_bytes_max = intake.event_bytes_max;
    options.batch_max = intake.batch_max;
    options.connections_max = intake.connections_max;
    options.line_deadline = intake.line_deadline;
    options.write_deadline = intake.write_deadline;
    options.leaving_deadline = intake.leaving_deadline;
    return options;
}

// Places of its own, so that `ilbud status` is answered while senders take all of theirs.
LineSocketOptions control_socket_options(const IntakeSettings& intake) {
    auto options = socket_options(intake, intake.control);
    options.connections_max = intake.control_connections_max;
    options.leaving_max = std::min(intake.leaving_max, intake.control_connections_max);
    return options;
}

// The control socket has no such lists: apart from root and the daemon's own user nobody may command it.
LineSocketOptions event_socket_options(const IntakeSettings& intake, std::size_t leaving_max) {
    auto options = socket_options(intake, intake.socket);
    options.leaving_max = leaving_max;
    options.allow_users = intake.allow_users;
    options.allow_groups = intake.allow_groups;
    return options;
}

Notice notice_of(const DomainNews& news) {
    Notice notice{news.account,
                  news.broken ? "domain_broken" : "domain_fixed",
                  news.domain,
                  {{"since", to_text(news.since)}},
                  news.records};
    if (!news.signed_by.empty()) notice.facts.emplace_back("signed_by", news.signed_by);
    if (news.waiting) notice.facts.emplace_back("waiting", "true");
    if (news.aspect) notice.facts.emplace_back("aspect", to_word(*news.aspect));
    if (news.aspect && !news.found.empty()) notice.facts.emplace_back(upper_case(to_word(*news.aspect)), news.found);
    return notice;
}

std::vector<Notice> notices_of(const std::vector<DomainNews>& news) {
    std::vector<Notice> notices;
    notices.reserve(news.size());
    std::transform(news.begin(), news.end(), std::back_inserter(notices), notice_of);
    return notices;
}

// What is opened next takes the lowest number that is free: with standard error closed, the log would go into that.
void open_standard_descriptors() {
    int opened = 0;
    while (opened >= 0 && opened <= STDERR_FILENO) opened = ::open("/dev/null", O_RDWR);  // without O_CLOEXEC, as the others
    if (opened >= 0) ::close(opened);
}

class Daemon {
 public:
    Daemon(const std::filesystem::path& settings_file, SnapshotPointer first, Log& log, Counters& counters,
           std::unique_ptr<Store> store, std::size_t leaving_max)
        : settings_file_(std::filesystem::absolute(settings_file)),  // whoever asks has another working folder
          started_with_(first),
          leaving_max_(leaving_max),
          snapshots_(std::move(first)),
          books_(std::make_shared<const SigningBook>(snapshots_.current()->keys)),
          log_(log),
          counters_(counters),
          store_(std::move(store)),
          // One thread runs it; others may post to it all the same.
          context_(1),
          // Caught from here on. One that comes before watch_signals() waits is kept, and ends the daemon as soon as it
          // is up.
          signals_(context_, SIGTERM, SIGINT, SIGHUP),
          tasks_(context_, [this](std::exception_ptr failure) { fail(failure); }),
          acceptor_(snapshots_, store_->queue(), clock_, log_, counters_),
          event_lines_(snapshots_, platform().intake.event_bytes_max, acceptor_),
          resolver_(open_resolver()),
          keys_(context_, {store_->shelf(), clock_, log_, *resolver_, [this](int slot) { return domains_.coverage(slot); },
                           [this] { domains_.keys_changed(); },
                           [this](const Stuck& stuck, const DkimSelector& awaited) { tell_stuck(stuck, awaited); }}),
          domains_(watch_services(), books_, store_->queue()),
          verdicts_(watch_services()),
          reload_(started_with_, {log_, counters_, [this] { return load_snapshot(settings_file_); },
                                  [this](SnapshotPointer next) { return put_in_force(std::move(next)); }}),
          control_({[this] { return status(); }, [this] { return reload(); }, [this] { return settings_in_force(); },
                    [this](std::string domain) { return look_now(std::move(domain)); }, [this] { return keys_.view(); },
                    [this](KeyRequest request) { return keys_.ask(std::move(request)); },
                    [this](MailScope scope) { return release(std::move(scope)); }},
                   store_->suppressions(), clock_),
          events_(context_, event_socket_options(platform().intake, leaving_max), log_,
                  [this](std::vector<std::string_view> lines) { return take_events(std::move(lines)); }),
          commands_(context_, control_socket_options(platform().intake), log_,
                    [this](std::vector<std::string_view> lines) { return control_.handle(std::move(lines)); }) {}

    // Returns when nothing is left to wait for: stop() has ended every coroutine. The lanes, which have threads of their own,
    // come after.
    int run() {
        // What a coroutine throws ends in tasks_; here is what its handlers throw, such as a thread that cannot be made. No
        // destructors: lanes may be at work.
        try {
            tasks_.spawn(start());
            context_.run();
        } catch (...) {
            fail(std::current_exception());
        }
        end_lanes();
        log_.info("daemon.stopped", {{"delivered", counters_.delivered.load()}, {"accepted", counters_.events_accepted.load()}});
        return 0;
    }

 private:
    // What signs must be known before anything is taken.
    Task<void> start() {
        if (platform().daemon.log_addresses == LogAddresses::hash) {
            auto key = co_await kept_log_key(store_->shelf(), log_);
            log_.mask_addresses(AddressMask(std::move(key)));
        }
        const auto loaded = co_await keys_.load(snapshots_.current());
        if (!loaded) {
            log_.error("daemon.cannot_start",
                       {{"code", loaded.error().code}, {"place", loaded.error().place}, {"detail", loaded.error().detail}});
            // No destructors: the store's thread and the resolver's are running. Of this start nothing was taken that
            // could be lost.
            end_at_once(1);
        }
        co_await domains_.load();
        co_await troubles_.load();
        co_await brake_.load(*store_, started_with_->settings);
        tasks_.spawn(events_.run());
        tasks_.spawn(commands_.run());
        // Behind both sockets: a start that fails there must not have mails on the wire.
        asio::post(context_, [this] { take_up_work(); });
    }

    Task<void> tell_counted() {
        const auto period = platform().daemon.log_repeat_period;
        while (!stopping_ && period > Duration{}) {
            co_await counts_due_.wait_for(period);
            log_.tell_counted();
        }
    }

    void take_up_work() {
        start_lanes();
        tasks_.spawn(watch_signals());
        tasks_.spawn(duties_.run());
        tasks_.spawn(duties_.perform("pruning", [this] { return pruner_.run(); }));
        tasks_.spawn(duties_.perform("notices", [this] { return notifier_.run(); }));
        tasks_.spawn(duties_.perform("keys", [this] { return keys_.run(); }));
        tasks_.spawn(duties_.perform("domains", [this] { return domains_.run(); }));
        tasks_.spawn(duties_.perform("verdicts", [this] { return verdicts_.run(); }));
        tasks_.spawn(teller_.run());
        tasks_.spawn(troubles_.run());
        tasks_.spawn(test_modes_.run());
        tasks_.spawn(watchdog_.run());
        tasks_.spawn(tell_counted());
        ready_ = true;
        ::sd_notify(0, "READY=1\nSTATUS=taking events");
        log_.info("daemon.ready", {{"version", ILBUD_VERSION},
                                   {"lanes", lanes_.size()},
                                   {"socket", platform().intake.socket.string()},
                                   {"relays", platform().delivery.relays.size()}});
        log_.drain();
    }

    // The settings of the start: `dns` is not read again.
    std::unique_ptr<Resolver> open_resolver() {
        auto opened = open_unbound_resolver(context_, platform().dns);
        if (!opened) throw std::runtime_error(to_text(opened.error()));
        return std::move(*opened);
    }

    // For a look that somebody asked for, which wants an empty cache; a full one is better than no look.
    std::unique_ptr<Resolver> open_fresh_resolver() {
        auto opened = open_unbound_resolver(context_, platform().dns);
        if (opened) return std::move(*opened);
        log_.warning("domain.cache_used", {{"code", opened.error().code}, {"detail", opened.error().detail}});
        return nullptr;
    }

    // Whoever begins something from now on works by the new set; what is under way ends by the old one, which lives as long.
    Task<std::vector<std::string>> put_in_force(SnapshotPointer next) {
        const bool same_keys = snapshots_.current()->settings.platform.dkim == next->settings.platform.dkim;
        snapshots_.swap(next);
        store_->queue().apply(next->settings.platform.queue);
        for (auto& lane : lanes_) lane->apply(next);
        test_modes_.settings_changed();
        std::vector<std::string> notes;
        if (const auto allowed = allow_descriptors(next->settings.platform, lanes_.size(), leaving_max_); !allowed)
            notes.push_back(allowed.error().detail);
        if (!keys_.step_under_way()) {
            co_await put_keys_in_force(std::move(next));
            co_return notes;
        }
        // A step may wait a minute for a hook, and nothing else has to. Several that wait come in their order.
        tasks_.spawn(put_keys_in_force(std::move(next)));
        if (same_keys)
            watches_follow();
        else  // the watch must not be told to look for keys that are not there yet
            notes.emplace_back("dkim takes effect when the step of the key change that is under way has ended");
        co_return notes;
    }

    WatchServices watch_services() {
        return {context_,
                snapshots_,
                store_->shelf(),
                clock_,
                log_,
                *resolver_,
                [this] { return open_fresh_resolver(); },
                [this] { return keys_.keys(); },
                [this](const std::vector<DomainNews>& news) { return notifier_.tell(notices_of(news)); }};
    }

    void watches_follow() {
        domains_.settings_changed();
        verdicts_.settings_changed();
    }

    Task<Result<DomainSeen>> look_now(std::string domain) {
        auto seen = co_await domains_.look_now(domain);
        if (seen) seen->verdict = co_await verdicts_.look_now(domain);
        co_return seen;
    }

    // Keys first: the watch makes the book of them.
    Task<void> put_keys_in_force(SnapshotPointer next) {
        co_await keys_.apply(std::move(next));
        watches_follow();
    }

    // The socket would log an exception and end the connection alone, but half of a set may be in force.
    Task<Reload::Answer> reload() {
        std::exception_ptr failure;
        try {
            auto answer = co_await reload_.run();
            co_return answer;
        } catch (...) {
            failure = std::current_exception();
        }
        fail(failure);
    }

    Task<void> reload_by_signal() {
        const auto answer = co_await reload();  // it is in the log
    }

    // The accounts of the domains that a key change waits for learn which record is missing.
    // Called from the keeper, which must not wait for the store: the notices are told by a coroutine of their own.
    void tell_stuck(const Stuck& stuck, const DkimSelector& awaited) {
        if (stuck.domains.empty()) return;
        const auto snapshot = snapshots_.current();
        const auto coverage = domains_.coverage(stuck.slot, std::numeric_limits<std::size_t>::max());
        auto all = stuck;  // which names only some of them
        all.domains = stuck.slot == stuck.awaited ? coverage.missing : coverage.signers;
        tasks_.spawn(notifier_.tell(stuck_key_notices(all, awaited, snapshot->settings)));
    }

    [[nodiscard]] const Platform& platform() const { return started_with_->settings.platform; }

    // All are made before the first one starts: whoever goes through lanes_ from then on finds it complete.
    void start_lanes() {
        const int count = static_cast<int>(lane_count(platform().daemon));
        const LaneServices services{snapshots_,
                                    books_,
                                    store_->queue(),
                                    clock_,
                                    log_,
                                    [this, count](int lane, asio::io_context& context, const DeliverySettings& settings) {
                                        return open_curl_transport(context, settings, {lane, count}, log_, counters_);
                                    },
                                    [](const AttachmentFile& file) { return read_attachment(file); },
                                    &troubles_,
                                    &test_modes_,
                                    &brake_,
                                    &relay_board_,
                                    &letter_failed_at_};
        for (int i = 0; i < count; ++i)
            lanes_.push_back(std::make_unique<Lane>(i, count, services, [this] { storage_broken(); }));
        for (auto& lane : lanes_) lane->start();
        for (auto& lane : lanes_) lane->begin();
    }

    // A store that fails for good is no matter of this one connection.
    Task<std::string> take_events(std::vector<std::string_view> lines) {
        // The socket would log an exception and end the connection alone. To answer on others as if nothing were the
        // matter would be wrong: whatever they send cannot be kept.
        std::exception_ptr failure;
        try {
            co_return co_await event_lines_.handle(std::move(lines));
        } catch (...) {
            failure = std::current_exception();
        }
        fail(failure);
    }

    // Nothing is lost by ending at once: what was acknowledged is on disk, and what was not is not.
    // Called on any thread. The service manager starts the daemon again.
    [[noreturn]] void storage_broken() {
        log_.error("daemon.ended", {{"reason", "the store or the machine failed; what was acknowledged is on disk"}});
        end_at_once(exit_storage_broken);
    }

    // Called on any thread. Nobody shall wait at a socket behind which nothing is.
    [[noreturn]] void end_at_once(int status) {
        events_.remove_file();
        commands_.remove_file();
        log_.drain();
        std::_Exit(status);
    }

    [[noreturn]] void fail(std::exception_ptr failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log_.error(ready_ ? "daemon.failed" : "daemon.cannot_start", {{"detail", error.what()}});
        } catch (...) {
            log_.error(ready_ ? "daemon.failed" : "daemon.cannot_start", {{"detail", "unknown failure"}});
        }
        if (ready_) storage_broken();
        end_at_once(1);
    }

    Task<void> watch_signals() {
        while (true) {
            const int signal = co_await signals_.async_wait(asio::use_awaitable);
            if (signal != SIGHUP) {
                log_.info("daemon.stopping", {{"signal", signal}});
                break;
            }
            tasks_.spawn(reload_by_signal());
        }
        stop();
    }

    // No new events, no new leases; then the lanes finish what is in flight.
    // Doors first, so that nothing new begins. The resolver goes behind those that ask it: they have been told to stop,
    // and take no answer of its ending for one of the DNS.
    void stop() {
        ::sd_notify(0, "STOPPING=1\nSTATUS=finishing what is in flight");
        stopping_ = true;
        reload_.stop();
        events_.stop();
        commands_.stop();
        duties_.stop();
        pruner_.stop();
        watchdog_.stop();
        counts_due_.wake();
        notifier_.stop();
        teller_.stop();
        troubles_.stop();
        test_modes_.stop();
        keys_.stop();
        domains_.stop();
        verdicts_.stop();
        resolver_.reset();  // ends the questions under way
        // Before the lanes are told: a lane that waits for a lease gets an empty answer, instead of mail that it would
        // have to give back.
        store_->queue().stop_lending();
        stop_by_ = std::chrono::steady_clock::now() + snapshots_.current()->settings.platform.daemon.stop_deadline + stop_grace;
        for (auto& lane : lanes_) lane->stop(snapshots_.current()->settings.platform.daemon.stop_deadline);
    }

    // A disk that is full to the end keeps results from being settled: then those mails go out again, which is all that is lost.
    void end_lanes() {
        // Looked at every few milliseconds, on a thread that has nothing else to do any more: a join would wait without a
        // deadline.
        const auto done = [this] {
            return std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->done(); });
        };
        while (!done() && std::chrono::steady_clock::now() < stop_by_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (!done()) {
            log_.error("daemon.stop_overdue", {{"detail", "results could not be stored in time; their mails are due again"}});
            end_at_once(exit_storage_broken);
        }
        for (auto& lane : lanes_) lane->join();
        lanes_.clear();
    }

    // Of the lane that is furthest behind. Without lanes nothing can be stuck.
    [[nodiscard]] SteadyTime last_beat() const {
        auto earliest = SteadyTime::max();
        for (const auto& lane : lanes_) earliest = std::min(earliest, lane->last_beat());
        earliest = std::min(earliest, store_->queue().busy_since());  // the store's thread hangs as well as a lane can
        return earliest;
    }

    [[nodiscard]] std::shared_ptr<const Settings> settings_in_force() const {
        const auto snapshot = snapshots_.current();
        return {snapshot, &snapshot->settings};
    }

    // First the count: what is refused between the two must not add to what held it.
    Task<Released> release(MailScope scope) {
        const auto snapshot = snapshots_.current();
        if (scope.unit.empty()) brake_.begin_anew(scope.account);
        auto released = co_await ilbud::release(*store_, snapshot->settings, scope);
        if (released.was_held) log_.info("account.released", {{"account", scope.account}, {"unit", scope.unit}});
        co_return released;
    }

    // Of the moment, each figure for itself: lanes go on while the store counts.
    Task<Status> status() {
        counters_.log_lines_dropped = log_.dropped();
        Status status{::getpid(), started_at_, settings_file_,  lanes_.size(),     stopping_,
                      0,          {},          keys_.summary(), domains_.counts(), &counters_};
        for (const auto& lane : lanes_) status.in_hand += lane->in_hand();
        status.counts = co_await store_->queue().counts();
        const auto snapshot = snapshots_.current();
        status.troubles = troubles_.current();
        status.relays = relay_board_.views(snapshot->settings.platform.delivery.relays, lanes_.size());
        status.test_modes = test_modes_.current();
        if (const auto at = letter_failed_at_.load(); at != Time{}) status.letter_failed_at = at;
        if (const auto busy = store_->queue().busy_since(); busy != SteadyTime::max())
            status.store_busy = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - busy);
        // A disk that does not answer must not keep the status from being told: what only the store knows is left out.
        if (status.store_busy > stuck_max) co_return status;
        const auto waiting = status.counts.mails[static_cast<std::size_t>(MailState::queued)] + status.in_hand;
        if (waiting > 0) {
            const auto logged = co_await store_->log().counts();
            status.counts.oldest_planned = logged.oldest_planned;
        }
        status.holds = co_await held_mails(*store_, snapshot->settings);
        co_return status;
    }

    std::filesystem::path settings_file_;
    SnapshotPointer started_with_;
    std::size_t leaving_max_;  // of the event socket, as the descriptors allow
    SnapshotHolder snapshots_;
    BookHolder books_;
    const Clock& clock_ = system_clock();
    Log& log_;
    Counters& counters_;
    std::unique_ptr<Store> store_;
    const Time started_at_ = system_clock().now();
    asio::io_context context_;
    asio::signal_set signals_;
    TaskGroup tasks_;
    Duties duties_{context_, store_->shelf(), log_, std::to_string(::getpid()) + " " + to_text(started_at_)};
    OperatorTeller teller_{context_, snapshots_, *store_, clock_, log_, counters_};
    RelayTroubles troubles_{context_, snapshots_, store_->shelf(), teller_, clock_, log_};
    SuppressionBrake brake_{store_->queue(), clock_, log_, [this](const Braked& braked) { teller_.tell(to_notice(braked)); }};
    TestModes test_modes_{context_, snapshots_, *store_, log_};
    RelayBoard relay_board_{clock_};
    std::atomic<Time> letter_failed_at_{};
    Notifier notifier_{context_, snapshots_, *store_, clock_, log_, counters_};
    Acceptor acceptor_;
    EventLines event_lines_;
    std::unique_ptr<Resolver> resolver_;
    KeyKeeper keys_;
    DomainWatch domains_;
    VerdictWatch verdicts_;
    Reload reload_;
    Control control_;
    LineSocket events_;
    LineSocket commands_;
    Pruner pruner_{context_, snapshots_, store_->queue(), clock_, log_};
    Watchdog watchdog_{context_, log_, [this] { return last_beat(); }};
    Wake counts_due_{context_};
    std::vector<std::unique_ptr<Lane>> lanes_;
    SteadyTime stop_by_{};
    bool ready_ = false;
    bool stopping_ = false;
};

}  // namespace

// No core file, no other process of the same user that attaches; files and sockets closed to others; and a peer that is
// gone is an error of the write to it instead of the end of the process.
void harden_process() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
    ::umask(027);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is then a full disk
    open_standard_descriptors();
}

// Log and counters outlive everything that refers to them. What is thrown here (a store or a resolver that cannot be opened, a
// thread that is not to be had) is an end before anything was taken.
int serve(const std::filesystem::path& settings_file, SnapshotPointer first) {
    const auto& platform = first->settings.platform;
    Log log(platform.daemon.log_level, platform.daemon.log_format,
            {STDERR_FILENO, platform.daemon.log_bytes_max, platform.daemon.log_deadline});
    log.set_repeat_period(platform.daemon.log_repeat_period);
    // By the queue's own key once that is read; until then nobody's address stands in a line, either.
    if (platform.daemon.log_addresses == LogAddresses::hash) log.mask_addresses(AddressMask(random_log_key()));
    const auto cannot_start = [&log](const Error& error) {
        log.error("daemon.cannot_start", {{"code", error.code}, {"place", error.place}, {"detail", error.detail}});
        return 1;
    };
    try {
        const auto leaving_max = allow_descriptors(platform, lane_count(platform.daemon));
        if (!leaving_max) return cannot_start(leaving_max.error());
        Counters counters;
        auto store = open_sqlite_store(platform.queue, system_clock(), log, counters);
        if (!store) return cannot_start(store.error());
        return Daemon(settings_file, std::move(first), log, counters, std::move(*store), *leaving_max).run();
    } catch (const std::exception& error) {
        return cannot_start({{}, {}, error.what()});
    }
}

}  // namespace ilbud
