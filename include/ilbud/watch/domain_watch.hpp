/// The watch over the domains that mail is sent from: looks at their DNS, decides what signs, keeps the signing book (R27).
///
/// In    the snapshot in force, the keys in force, the DNS, the queue's shelf "domain"
/// Out   signing books; news for the accounts; how far each slot's key has come; mail that waited and may go
/// Threads  one: that of its context. Books go to the lanes through the holder
/// Durable  what is known of each domain, and who was told what, survives restarts; the time of a look may be lost, and is then
///          made again
/// Bounds  domains.queries_per_second, domains.looks_at_once; a book at most every half second; a commit at most every second, and news as often;
///         mails that waited are called in a twentieth of the time
/// See   watch/watched_domains.hpp for what is decided
#pragma once
#include <string>

#include "ilbud/base/task.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/watch/look_schedule.hpp"
#include "ilbud/watch/watch_agenda.hpp"
#include "ilbud/watch/watch_services.hpp"
#include "ilbud/watch/watched_domains.hpp"

namespace ilbud {

inline constexpr const char* domain_shelf = "domain";

/// What a look brought, and what should be seen there.
struct DomainSeen {
    DomainState state;
    ExpectedKeys expected;
    std::optional<VerdictState> verdict{};  ///< of SPF and DMARC, where these were looked at
};

/// How it stands with all watched domains together.
struct DomainCounts {
    std::size_t watched = 0;
    std::array<std::size_t, words<DomainSort>.size()> sorts{};  ///< watched domains of each sort
    std::uint64_t looks = 0, looks_failed = 0;                  ///< since the start
};

class DomainWatch {
 public:
    DomainWatch(WatchServices services, BookHolder& books, Queue& queue);

    /// Reads the shelf and puts the first book in force: before any mail is signed.
    Task<void> load();
    /// Watches until stopped; then what is known is stored.
    Task<void> run();
    /// One round of run(): what is due now is begun, decided things come into force and are stored.
    Task<void> round();
    /// No question is asked any more; those under way may be ended by ending the resolver.
    void stop();

    /// The snapshot in force is another one.
    void settings_changed();
    /// The keys in force are others: every domain is looked at again, as fast as the limits allow.
    void keys_changed();
    /// A look now, past any cache.  Errors  unknown_domain
    Task<Result<DomainSeen>> look_now(std::string domain);

    /// How far a slot's key has come; unknown before load().
    [[nodiscard]] KeyCoverage coverage(int slot, std::size_t names_max = 20) const;
    [[nodiscard]] DomainCounts counts() const;

 private:
    void take_over(WatchedDomains::Change change);
    void start_looks();
    Task<void> look_at(std::string domain);
    Task<DomainLook> ask(Resolver& resolver, std::string domain);
    void take_in(const std::string& domain, const DomainLook& look);
    Task<void> tell_accounts();
    void add_news(std::vector<DomainNews>& all, const std::string& domain, const WatchNews& news);
    void log_signing(const DomainState& state) const;
    void put_in_force();
    Task<void> publish();
    Task<void> save();
    Task<void> rest();
    void wake() { alarm_.wake(); }
    [[nodiscard]] LookSchedule::Limits limits() const;
    [[nodiscard]] std::size_t looks_at_once() const;
    void apply_settings(bool look_again);

    WatchServices services_;
    BookHolder& books_;
    Queue& queue_;
    WatchedDomains watched_;
    LookSchedule schedule_;
    WatchAgenda agenda_;
    TaskGroup looks_;
    Wake alarm_;
    std::exception_ptr failure_;
    bool loaded_ = false;
    bool stopping_ = false;
    std::uint64_t looks_made_ = 0, looks_failed_ = 0;
};

}  // namespace ilbud
