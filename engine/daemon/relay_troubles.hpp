/// Relays that take no mail because of our account there: its password, its quota, its suspension. Waiting does not mend that, so
/// whoever runs the platform is told.
///
/// In    what each reply meant, from all lanes
/// Out   `relay.trouble` and `relay.well` in the log, mails to notices.operator, and what the status shows
/// Rules A trouble is told at the first reply, then at most once within notices.operator_once_per for the same relay, and once
///       when it is over: when the relay has taken a mail and has not said such a thing for five minutes. One that comes back
///       sooner than it may be told again is in the log and in the status alone. A relay that left the settings is in no trouble
/// Threads  refused(), took_mail() and current() any; the others that of the context
/// Durable  shelf "trouble" knows what was told and is not over
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/notice/operator_teller.hpp"
#include "ilbud/reply/reply.hpp"

namespace ilbud {

struct RelayTrouble {
    std::string relay, cause;  ///< cause: the word of Cause::reason
    int code = 0;
    std::string enhanced, reply;
    Time since{}, last{};
    std::uint64_t replies = 0;
};

void write_json(JsonWriter& json, const RelayTrouble& trouble);

class RelayTroubles {
 public:
    RelayTroubles(asio::io_context& context, const SnapshotHolder& snapshots, Shelf& shelf, OperatorTeller& teller,
                  const Clock& clock, Log& log);

    /// To be called with what a relay refused: what concerns no account (Concern::account) is ignored.
    void refused(const Reply& reply);
    /// To be called with every relay that took a mail.
    void took_mail(std::string_view relay);
    [[nodiscard]] std::vector<RelayTrouble> current() const;

    /// Before the lanes run.
    Task<void> load();
    /// Tells what is over, until stopped.
    Task<void> run();
    void stop();
    /// One look of run().
    void step();

 private:
    struct Known {
        RelayTrouble trouble;
        bool open = false, told = false;  // told: and not yet that it is over
        std::optional<Time> told_at, well_at;
    };
    void log(const RelayTrouble& trouble);
    void tell(const std::string& relay, Known& known, Time now);
    void end(const std::string& relay, Known& known, Time now);
    [[nodiscard]] Duration once_per() const;

    const SnapshotHolder& snapshots_;
    Shelf& shelf_;
    OperatorTeller& teller_;
    const Clock& clock_;
    Log& log_;
    Wake pause_;
    mutable std::mutex mutex_;
    std::map<std::string, Known, std::less<>> known_;
    std::atomic<std::size_t> open_ = 0;  // so that a delivery costs nothing while all is well
    bool stopping_ = false;
};

}  // namespace ilbud
