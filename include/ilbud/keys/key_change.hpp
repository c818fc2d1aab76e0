/// Carries out what the key slots say: makes keys, publishes and looks at records, switches, withdraws, destroys. One step at a
/// time, each stored before anything relies on it, so that a process that dies anywhere goes on where it was.
///
/// In    the settings, the shelf "dkim" of the queue, the DNS, a publisher, how far the customers show each key
/// Out   the keys that may sign; the slots as they are; what people asked for, done or refused
/// Threads  one: the executor that awaits; steps and requests wait for each other
/// Order of a step
///       make      shelf: making FILE → write FILE (never over another) → shelf: made
///       publish   publish → look → shelf: published (only then is the key in force)
///       sign      shelf: both slots at once → the new key signs
///       withdraw  shelf: withdrawing (out of force) → publish an empty p= → look → remove FILE → shelf: idle
/// Bootstrap  a selector that the shelf does not know has the key of `dkim.selector.key_file`; the active one's signs. Looks alone put
///       nothing on the shelf: until somebody changes a key, the settings count
/// See   DOMAIN R30; SECURITY S14, S15, S43
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ilbud/base/log.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/base/turn.hpp"
#include "ilbud/dns/resolver.hpp"
#include "ilbud/keys/key_publisher.hpp"
#include "ilbud/keys/key_slots.hpp"
#include "ilbud/queue/shelf.hpp"
#include "ilbud/sign/sign.hpp"

namespace ilbud {

/// Where the slots are kept. put() is durable when it returns, all rows or none.
struct KeyShelf {
    std::function<Task<std::vector<ShelfRow>>()> get;
    std::function<Task<void>(std::vector<ShelfRow>)> put;
};
inline constexpr const char* key_shelf_name = "dkim";

struct KeyChangeServices {
    KeyShelf shelf;
    const Clock& clock;
    Log& log;
    Resolver& resolver;                             ///< for looks at the targets
    std::function<KeyCoverage(int slot)> coverage;  ///< none: nothing is watched, the looks at the targets decide
    std::function<void()> on_change;                ///< the keys in force, or which one signs, have changed
};

class KeyChange {
 public:
    /// The publisher is asked for each time, so that a reload brings a new one.
    KeyChange(KeyChangeServices services, std::function<KeyPublisher&()> publisher);
    ~KeyChange();
    KeyChange(const KeyChange&) = delete;
    KeyChange& operator=(const KeyChange&) = delete;

    /// Reads the shelf and the keys: before anything else, and with new settings. Keys that the shelf does not know are those of the
    /// settings. Says whether other keys are in force than before.
    /// Errors  key_state_unreadable; no_signing_key  no key signs, or its file cannot be read: mail could not be signed. Then what was
    ///         in force stays so
    Task<Result<bool>> load(std::shared_ptr<const Platform> platform);

    /// Carries out one step that is due; nothing if there was none.
    Task<std::optional<KeyStep>> advance();
    /// A step or a request is under way, and whatever comes now waits for it: a minute, if it runs a hook.
    [[nodiscard]] bool under_way() const { return turns_.taken(); }
    /// When the next step is due; nothing: none is in sight, or it waits for other things than time.
    [[nodiscard]] std::optional<Time> next_due() const;

    // --- what may sign
    /// By slot; empty: out of force.
    [[nodiscard]] std::array<std::optional<SigningKey>, 2> keys() const;
    /// The slot that signs.
    [[nodiscard]] int signing() const { return slots_.signing(); }

    // --- what people ask for (key_slots.hpp); `dry` changes nothing and answers the plan as it would be
    using Answer = Result<std::vector<KeyStep>>;
    Task<Answer> new_key(bool dry, std::optional<KeyType> type, std::optional<int> bits);
    Task<Answer> publish(bool dry);
    Task<Answer> rotate(bool dry);
    Task<Answer> retire(bool dry, std::string selector, bool force);

    [[nodiscard]] const KeySlots& slots() const { return slots_; }
    [[nodiscard]] KeyCoverages coverage() const;
    [[nodiscard]] KeyPolicy policy() const { return key_policy(*platform_); }
    [[nodiscard]] const Platform& platform() const { return *platform_; }

 private:
    Task<void> store(KeySlots next);
    Task<void> carry_out(KeyStep step);
    Task<void> make(int slot);
    Task<void> publish_record(int slot);
    Task<void> look(int slot);
    Task<void> withdraw(int slot);
    Task<std::pair<Look, Duration>> look_at(int slot);
    Result<void> read_keys();
    [[nodiscard]] std::string new_file(int slot) const;
    Task<Answer> ask(bool dry, std::function<Result<void>(KeySlots&)> change);

    KeyChangeServices services_;
    std::function<KeyPublisher&()> publisher_;
    std::shared_ptr<const Platform> platform_;
    KeySlots slots_;
    std::array<std::optional<SigningKey>, 2> keys_;  // of slots in force
    bool shelved_ = false;                           // the shelf knows the keys; until then the settings do
    Turns turns_;                                    // one change of the slots at a time, across its waits
};

/// no_signing_key
[[nodiscard]] Error no_signing_key();

/// The slots as the shelf and the settings say, for people who ask while no daemon runs.
/// Errors  key_state_unreadable
Result<KeySlots> read_key_slots(const std::vector<ShelfRow>& rows, const Platform& platform);

}  // namespace ilbud
