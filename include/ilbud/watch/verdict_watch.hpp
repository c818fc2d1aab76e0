/// The watch over SPF and DMARC of the domains that mail is sent from: tells their accounts when one falls, and when it rises (R28).
///
/// In    the snapshot in force, the keys in force, the DNS, the shelf "verdict"
/// Out   news for the accounts, with what is wrong in their language and the record to publish
/// Threads  one: that of its context
/// Durable  what is known of each domain, and who was told, survives restarts
/// Bounds  domains.check_every; a quarter of domains.looks_at_once at once, and as many questions a second as the resolver lets
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ilbud/base/turn.hpp"
#include "ilbud/watch/look_schedule.hpp"
#include "ilbud/watch/verdict_state.hpp"
#include "ilbud/watch/watch_services.hpp"

namespace ilbud {

inline constexpr const char* verdict_shelf = "verdict";

class VerdictWatch {
 public:
    explicit VerdictWatch(WatchServices services);

    /// Reads the shelf.
    Task<void> load();
    /// load(), then watches until stopped. Throws if the store is broken.
    Task<void> run();
    /// Begins what is due, tells and stores what looks have brought.
    Task<void> round();
    void stop();
    /// The snapshot in force is another one.
    void settings_changed();
    /// A look now, past any cache; told and stored when it returns. Nothing if the domain is not watched.
    Task<std::optional<VerdictState>> look_now(std::string domain);

    [[nodiscard]] const std::map<std::string, VerdictState>& states() const { return states_; }

 private:
    void apply_settings();
    void start_looks();
    Task<void> look_at(std::string domain);
    Task<DomainReport> check(Resolver& resolver, std::string domain);
    [[nodiscard]] bool is_known(const DomainNews& news) const;
    void take_in(const std::string& domain, const DomainReport& report);
    Task<void> tell_and_save();

    WatchServices services_;
    std::map<std::string, VerdictState> states_;
    std::map<std::string, std::set<std::string>> owners_;
    LookSchedule schedule_;
    TaskGroup looks_;
    Wake alarm_;
    std::vector<DomainNews> news_;
    Turns turns_;
    std::set<std::string> unsaved_;
    std::exception_ptr failure_;
    bool loaded_ = false;
    bool stopping_ = false;
};

}  // namespace ilbud
