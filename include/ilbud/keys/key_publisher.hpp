/// Puts the record of a DKIM key into the DNS.
///
/// In    the selector's target and the TXT record that is to stand there alone
/// Out   done, or why not. Whether receivers find it is asked afterwards: see key_slots.hpp
/// Threads  the awaiter's; programs run beside it
/// See   DOMAIN R30; RFC 2136 (updates), RFC 8945 (TSIG), RFC 6376 §3.6.1 (an empty p= is a revoked key)
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "ilbud/base/result.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct Publication {
    std::string selector;    ///< its name, for people and hooks
    std::string target;      ///< where the record stands
    std::string record;      ///< the whole TXT; replaces whatever stood there
    bool withdraws = false;  ///< the record says that the key is revoked
};

/// Publishing the same twice is the same as once.
class KeyPublisher {
 public:
    virtual ~KeyPublisher() = default;
    /// Errors  program_failed
    virtual Task<Result<void>> publish(Publication publication) = 0;
};

/// The one that `dkim.publish` names. `stop` set: programs that run are ended soon; it outlives the publisher.
std::unique_ptr<KeyPublisher> make_publisher(const DkimSettings& dkim, const std::atomic<bool>& stop);

/// The record that revokes the key of `record`: the same with an empty p=.
[[nodiscard]] std::string revoked_record(std::string_view record);
/// The p= of a key record without white space; empty if there is none.
[[nodiscard]] std::string public_part(std::string_view record);
/// What nsupdate reads: replaces the TXT records at the target (RFC 2136).
[[nodiscard]] std::string nsupdate_script(const NsupdateSettings& settings, const Publication& publication);

}  // namespace ilbud
