/// The control socket's commands: one JSON line in, one JSON line out.
///
/// {"command":"status"} · {"command":"reload"} · {"command":"suppress","account":…,"address":…,"reason":…} ·
/// {"command":"unsuppress","account":…,"address":…} · {"command":"unsuppress","relay":…,"since":…,"account":… or none} ·
/// {"command":"release","account":…,"unit":… or none} · {"command":"look","domain":…} · {"command":"dkim_status"} and
/// dkim_new_key, dkim_publish, dkim_rotate, dkim_retire with the members of KeyRequest
/// Errors  {"error":{"code","detail"}}: invalid_json, unknown_command, missing_field, invalid_value, not_ready, unknown_account,
///         unknown_unit and unknown_relay (of what would change nothing only), those of what is asked (unknown_domain,
///         parse_address, parse_dns_domain, KeyKeeper::ask), and a reload's findings as {"errors":[{code,place,detail}]}
/// Threads one: that of the control socket; commands of one connection are done one after the other
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "holds.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/keys/key_keeper.hpp"
#include "ilbud/queue/store.hpp"
#include "ilbud/watch/domain_watch.hpp"
#include "status.hpp"

namespace ilbud {

/// What the commands act on; each is called on the control socket's thread.
struct ControlActions {
    std::function<Task<Status>()> status;
    /// Reads the settings again; the findings where it failed, else notes (options that wait for a restart).
    std::function<Task<Result<std::vector<std::string>, std::vector<Error>>>()> reload;
    std::function<std::shared_ptr<const Settings>()> settings;  ///< those in force
    /// Looks at a watched domain now.  Errors  unknown_domain
    std::function<Task<Result<DomainSeen>>(std::string domain)> look;
    std::function<std::optional<KeyView>()> key_view;
    std::function<Task<Result<KeyAnswer>>(KeyRequest)> ask_keys;
    std::function<Task<Released>(MailScope)> release;
};

class Control {
 public:
    Control(ControlActions actions, Suppressions& suppressions, const Clock& clock)
        : actions_(std::move(actions)), suppressions_(suppressions), clock_(clock) {}
    Task<std::string> handle(std::vector<std::string_view> lines);

 private:
    Task<std::string> run(std::string_view line);
    Task<std::string> reload();
    Task<std::string> look(std::string domain);
    Task<std::string> keys(KeyRequest request);
    [[nodiscard]] std::string key_status() const;
    Task<std::string> release(std::string account, std::string unit);
    Task<std::string> unsuppress(std::string relay, std::string since, std::string account);
    Task<std::string> suppress(std::string account, std::string address, std::string reason, bool add);

    ControlActions actions_;
    Suppressions& suppressions_;
    const Clock& clock_;
};

}  // namespace ilbud
