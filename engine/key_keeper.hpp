/// Keeps the signing keys of the daemon: carries key changes out, says which keys may sign, answers `ilbud dkim`.
///
/// In    the settings in force, the queue's shelf "dkim", the DNS, what the domains' watch sees of the keys
/// Out   KeysInForce; a call whenever they change; stuck key changes by name
/// Threads  one: that of the context it is spawned on
/// Wiring   on_change → the watch looks at the domains again and makes a new signing book from keys(); sightings ← the watch
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "control.hpp"
#include "ilbud/domain/key_change.hpp"
#include "ilbud/sign/signing_book.hpp"
#include "ilbud/letter/snapshot.hpp"

namespace ilbud {

struct KeyKeeperServices {
    Queue& queue;
    const Clock& clock;
    Log& log;
    Resolver& resolver;
    std::function<Sightings(int slot)> sightings;  ///< may be empty: nothing is watched
    std::function<void()> on_change;               ///< may be empty
    /// A key change that gets no further; once an hour while it lasts. May be empty.
    std::function<void(const Stuck& stuck, const DkimSelector& awaited)> on_stuck;
};

class KeyKeeper : private Resolver {
 public:
    KeyKeeper(asio::io_context& context, KeyKeeperServices services);

    /// Before anything is signed. Errors  those of KeyChange::load
    Task<Result<bool>> load(SnapshotPointer snapshot);
    /// After a reload; what cannot be read leaves the keys as they were.
    Task<void> apply(SnapshotPointer snapshot);
    /// Until stop().
    Task<void> run();
    void stop();
    /// What the keeper waits for may have come: it looks at once.
    void nudge() { wake_.cancel(); }

    [[nodiscard]] KeysInForce keys() const;
    /// A JSON object: who signs, whether a key change goes on, how many are stuck.
    void write_summary(JsonWriter& json) const;
    /// The answer's JSON object.
    Task<std::string> answer(KeyRequest request);

 private:
    // The resolver may be gone once this is stopped.
    Task<DnsAnswer> query(std::string name, RecordType type) override;
    Task<void> wait();
    void tell_stuck();
    Task<KeyChange::Answer> ask(KeyRequest request);
    void write_status(JsonWriter& json) const;

    KeyKeeperServices services_;
    std::atomic<bool> stopping_ = false;
    SnapshotPointer snapshot_;
    std::unique_ptr<KeyPublisher> publisher_;
    KeyChange change_;
    asio::steady_timer wake_;
    std::map<std::pair<int, bool>, std::optional<Time>> told_stuck_;  // by slot, and whether it waits for us or for domains
};

}  // namespace ilbud
