/// Keeps the signing keys of the daemon: carries key changes out, says which keys may sign, answers `ilbud dkim`.
///
/// In    the settings in force, the queue's shelf "dkim", the DNS, what the domains' watch sees of the keys
/// Out   KeysInForce; a call whenever they change; stuck key changes by name
/// Threads  one: that of the context it is spawned on
/// Wiring   on_change → the watch looks at the domains again and makes a new signing book from keys(); coverage ← the watch
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "ilbud/keys/keeper_agenda.hpp"
#include "ilbud/keys/key_change.hpp"
#include "ilbud/keys/key_report.hpp"
#include "ilbud/letter/snapshot.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud {

struct KeyKeeperServices {
    Shelf& shelf;
    const Clock& clock;
    Log& log;
    Resolver& resolver;
    std::function<KeyCoverage(int slot)> coverage;  ///< may be empty: nothing is watched
    std::function<void()> on_change;                ///< may be empty
    /// A key change that gets no further; once an hour while it lasts. May be empty.
    std::function<void(const Stuck& stuck, const DkimSelector& awaited)> on_stuck;
};

/// What people ask of the keys (`ilbud dkim`).
struct KeyRequest {
    enum class What : std::uint8_t { new_key, publish, rotate, retire };
    What what{};
    bool dry_run = false;         ///< only the plan
    bool force = false;           ///< retire: although mail signed with it may still be on its way
    std::string selector;         ///< retire
    std::optional<KeyType> type;  ///< new_key; none: as the settings say
    std::optional<int> bits;      ///< new_key; none: as the settings say
};
template <>
inline constexpr std::array<std::string_view, 4> words<KeyRequest::What>{"new_key", "publish", "rotate", "retire"};

/// What came of a request.
struct KeyAnswer {
    bool done = false;  ///< false: a dry run, nothing was changed
    std::vector<KeyStep> plan;
};

/// How it stands with the keys, in three figures.
struct KeySummary {
    std::string signing;    ///< the selector that signs
    bool changing = false;  ///< a key change goes on
    std::size_t stuck = 0;  ///< slots that get no further
};

class KeyKeeper : private Resolver {
 public:
    KeyKeeper(asio::io_context& context, KeyKeeperServices services);

    /// Before anything is signed. Errors  those of KeyChange::load
    Task<Result<bool>> load(SnapshotPointer snapshot);
    /// After a reload; what cannot be read leaves the keys as they were.
    Task<void> apply(SnapshotPointer snapshot);
    /// Whether apply() would wait for a step that is under way, and for the hook or the DNS that this waits for.
    [[nodiscard]] bool step_under_way() const { return change_.under_way(); }
    /// Until stop().
    Task<void> run();
    void stop();
    /// What the keeper waits for may have come: it looks at once.
    void nudge() { wake_.wake(); }

    [[nodiscard]] KeysInForce keys() const;
    /// None before load().
    [[nodiscard]] std::optional<KeySummary> summary() const;
    /// The slots as they are now; it refers to this object. None before load().
    [[nodiscard]] std::optional<KeyView> view() const;
    /// Does at once what can be done at once, so that the answer tells how it went; the rest follows in run().
    /// Errors  not_ready; invalid_value (bits); unknown_selector (retire); those of the key changes (key_slots.hpp)
    Task<Result<KeyAnswer>> ask(KeyRequest request);

 private:
    // The resolver may be gone once this is stopped.
    Task<DnsAnswer> query(std::string name, RecordType type) override;
    void tell_stuck(Time now);
    Task<KeyChange::Answer> plan(KeyRequest request);

    KeyKeeperServices services_;
    std::atomic<bool> stopping_ = false;
    SnapshotPointer snapshot_;
    std::unique_ptr<KeyPublisher> publisher_;
    KeyChange change_;
    Wake wake_;
    StuckReminders reminders_;
};

}  // namespace ilbud
