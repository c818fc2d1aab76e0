/// What a lane knows of a relay, and what follows: whether mails go to it, or one alone, or none, and when it is tried again.
///
/// In    what sessions met: mails taken, refusals, failures; whether another relay is up; the time
/// Out   the relay's standing; when to look at it again
/// Pure  the time is a parameter
/// See   DESIGN §7
///
/// A relay in trouble is tried by a connection that carries no mail. If that comes about it gets one mail, and the next only
/// when that is decided, until one was taken: only a 2xx behind a final dot shows that it is well.
#pragma once
#include <optional>

#include "ilbud/base/time.hpp"
#include "ilbud/reply/cause.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

class RelayHealth {
 public:
    /// paused: nobody asks. due: a connection may try. trial: it can be reached, and has one mail at a time.
    enum class Standing : std::uint8_t { up, paused, due, trial };

    [[nodiscard]] Standing standing(const DeliverySettings& settings, bool alone, SteadyTime now) const;
    /// When it is tried again. `alone`: no other relay is up, so that waiting longer would help nobody.
    [[nodiscard]] SteadyTime next_try(const DeliverySettings& settings, bool alone) const;
    /// Whether it took a mail so lately that many may go there at once.
    [[nodiscard]] bool trusted(const DeliverySettings& settings, SteadyTime now) const {
        return !trouble_ && taken_at_ && *taken_at_ + settings.relay_pause > now;
    }
    [[nodiscard]] bool decided_since(SteadyTime then) const { return decided_at_ && *decided_at_ >= then; }
    /// What keeps mails from it; nothing: it is up.
    [[nodiscard]] const std::optional<Reply>& trouble() const { return trouble_; }

    /// A mail was decided there. Whether the relay is to be left out because of it: see failed(), which is not called by this.
    [[nodiscard]] bool decided(const DeliverySettings& settings, const Reply& reply, const Cause& cause, bool alone,
                               SteadyTime now);
    /// It failed. False: that is the failure that is known already, met by one more session.
    bool failed(const DeliverySettings& settings, const Reply& reply, bool alone, SteadyTime now);
    /// A session came about.
    void reached() { reached_ = trouble_.has_value(); }
    /// It took a mail. Whether that ended its trouble.
    bool well();

 private:
    // How long it is left alone. absent: no session came about; asking costs nobody anything. silent: sessions, and no answers.
    // refusing: it answers, and takes nothing of ours; asking often makes that worse.
    enum class Sort : std::uint8_t { absent, silent, refusing };
    [[nodiscard]] static Sort sort_of(const Reply& reply);

    std::optional<Reply> trouble_;
    Sort sort_ = Sort::absent;
    SteadyTime since_{};  // the last failure
    Duration pause_{};    // behind it, where that is long
    bool reached_ = false;
    std::size_t refusals_ = 0;  // in a row
    std::optional<SteadyTime> taken_at_, decided_at_;
};

}  // namespace ilbud
