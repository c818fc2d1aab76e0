// Carries steps out, all in one form: copy the slots, do what the world is to see, store the copy, and only then take it
// for the truth. What must be known before the world changes (a file's name, that a key is out of force) is stored first,
// as a commit of its own; so a step that was cut off is simply done again, and each of them may be. A step waits for
// programs, the DNS and the store, a minute at a time. Slots and settings cannot change under it: whoever wants to change
// them waits for its turn. The time and the coverage can, and are asked for anew after each wait.
#include "ilbud/keys/key_change.hpp"

#include <algorithm>

#include "ilbud/base/aside.hpp"
#include "ilbud/base/secret.hpp"
#include "key_shelf.hpp"

namespace ilbud {
namespace {

KeySlot& at(KeySlots& slots, int slot) {
    return slots.slots.at(static_cast<std::size_t>(slot));
}

SelectorNames names_of(const Platform& platform) {
    return {platform.dkim.selectors[0].name, platform.dkim.selectors[1].name};
}

const DkimSelector& selector_of(const Platform& platform, int slot) {
    return platform.dkim.selectors.at(static_cast<std::size_t>(slot));
}

// What receivers can tell apart: which keys are in force, and which one signs.
// A key that becomes seen, or a look that is counted, changes no book. The lanes' signatures need not be thought of for
// it.
bool differs(const KeySlots& before, const KeySlots& after) {
    if (before.signing() != after.signing()) return true;
    for (std::size_t i = 0; i < before.slots.size(); ++i)
        if (in_force(before.slots[i]) != in_force(after.slots[i]) || before.slots[i].record != after.slots[i].record) return true;
    return false;
}

// Nothing has happened that the settings' keys do not tell as well: they still count, whatever looks have seen.
bool only_of_settings(const KeySlots& slots) {
    return !slots.rotating_since && std::all_of(slots.slots.begin(), slots.slots.end(), [](const KeySlot& slot) {
        return slot.stage == KeyStage::idle ||
               (!slot.ours && !slot.publish_wanted && slot.stage != KeyStage::retiring && slot.stage != KeyStage::withdrawing);
    });
}

// A key of the settings that is named as before: what looks have told of it still counts.
// Without this each reload would put the second key of the settings out of force until the next look at it.
void keep_looks(KeySlots& slots, const KeySlots& before) {
    for (int slot = 0; slot < 2; ++slot) {
        auto& now = at(slots, slot);
        const auto& then = before.slots.at(static_cast<std::size_t>(slot));
        const bool signs = now.stage == KeyStage::signing, signed_then = then.stage == KeyStage::signing;
        if (now.file == then.file && now.record == then.record && signs == signed_then) now = then;
    }
}

}  // namespace

KeyChange::KeyChange(KeyChangeServices services, std::function<KeyPublisher&()> publisher)
    : services_(std::move(services)), publisher_(std::move(publisher)) {}

KeyChange::~KeyChange() = default;

Task<Result<bool>> KeyChange::load(std::shared_ptr<const Platform> platform) {
    const auto turn = co_await turns_.next();
    const auto rows = co_await services_.shelf.get();
    auto slots = read_key_slots(rows, *platform);
    if (!slots) co_return slots.error();
    shelved_ = !rows.empty();
    if (!shelved_) keep_looks(*slots, slots_);
    // Taken over first and given back if the keys cannot be read, since read_keys() works on the members. Nothing is
    // awaited in between, so nobody sees the half of it. The keys are read anew: one carries its selector's name, which
    // may be another one now.
    const auto platform_before = std::exchange(platform_, std::move(platform));
    const auto slots_before = std::exchange(slots_, *std::move(slots));
    const auto keys_before = std::exchange(keys_, {});
    const auto loaded = read_keys();
    if (loaded) co_return differs(slots_before, slots_);
    // Without a platform of before this is the start, and the caller ends the process.
    if (platform_before) {  // what was in force stays so
        platform_ = platform_before;
        slots_ = slots_before;
        keys_ = keys_before;
    }
    co_return loaded.error();
}

// Keys in force are in memory. Only the signing one must be: mail of the others is then signed by it.
// It reads on the loop: at most two small files, and those only that are not in memory yet.
Result<void> KeyChange::read_keys() {
    for (int slot = 0; slot < 2; ++slot) {
        auto& one = at(slots_, slot);
        auto& key = keys_.at(static_cast<std::size_t>(slot));
        if (!in_force(one)) {
            key.reset();
            continue;
        }
        // The same key as before: a change of stage needs no file, so that one which has vanished meanwhile stops
        // nothing.
        if (key && key->dns_record() == one.record) continue;
        key.reset();
        const auto pem = read_secret(one.file);
        auto read = pem ? SigningKey::from_pem(*pem, selector_of(*platform_, slot).name) : Result<SigningKey>(pem.error());
        if (read) {
            key = *std::move(read);
            continue;
        }
        services_.log.error("dkim.key_unreadable", {{"selector", selector_of(*platform_, slot).name},
                                                    {"file", one.file},
                                                    {"code", read.error().code},
                                                    {"detail", read.error().detail}});
        if (one.stage == KeyStage::signing) return Error{"no_signing_key", one.file, read.error().detail};
    }
    if (slots_.signing() < 0) return no_signing_key();
    return {};
}

// The only way by which a step changes the slots. First on disk, then in memory, then told: the watch and the lanes rely
// on what they are told, and a crash must not take it back. Throws if the store is broken; then the slots are as they
// were.
Task<void> KeyChange::store(KeySlots next) {
    if (next == slots_) co_return;
    // Looks alone put nothing there: a row counts more than the settings, so that the first one takes their word away for
    // good.
    if (shelved_ || !only_of_settings(next)) {
        auto rows = to_rows(next, names_of(*platform_));
        co_await services_.shelf.put(std::move(rows));
        shelved_ = true;
    }
    const bool changed = differs(slots_, next);
    for (int slot = 0; slot < 2; ++slot) {
        const auto& before = at(slots_, slot);
        const auto& after = at(next, slot);
        if (before.stage != after.stage)
            services_.log.info("dkim.stage", {{"selector", selector_of(*platform_, slot).name},
                                              {"from", to_word(before.stage)},
                                              {"to", to_word(after.stage)}});
        // Once for each text: an attempt that fails the same way every five minutes says so once.
        if (!after.trouble.empty() && before.trouble != after.trouble)
            services_.log.warning(
                "dkim.trouble",
                {{"selector", selector_of(*platform_, slot).name}, {"stage", to_word(after.stage)}, {"detail", after.trouble}});
    }
    slots_ = std::move(next);
    if (!changed) co_return;
    const auto read = read_keys();  // what cannot be read is logged, and the slot is out of force meanwhile
    if (services_.on_change) services_.on_change();
}

KeyCoverages KeyChange::coverage() const {
    if (!services_.coverage) return {};
    return {services_.coverage(0), services_.coverage(1)};
}

std::array<std::optional<SigningKey>, 2> KeyChange::keys() const {
    return keys_;
}

// next_steps() sorts by time: the first that waits for nothing else is the one to wake for.
std::optional<Time> KeyChange::next_due() const {
    for (const auto& step : next_steps(slots_, coverage(), policy(), services_.clock.now()))
        if (!step.waits) return step.earliest;
    return std::nullopt;
}

// One step a call. After it everything is worked out anew, as it may have changed what comes next; and a request by a
// person gets its turn in between. The steps are asked for behind the turn: what was due before may be done by now.
Task<std::optional<KeyStep>> KeyChange::advance() {
    const auto turn = co_await turns_.next();
    const auto now = services_.clock.now();
    for (auto& step : next_steps(slots_, coverage(), policy(), now)) {
        if (step.waits || step.earliest > now) continue;
        const auto done = step;
        co_await carry_out(std::move(step));
        co_return done;
    }
    co_return std::nullopt;
}

Task<void> KeyChange::carry_out(KeyStep step) {
    auto next = slots_;
    const auto now = services_.clock.now();
    switch (step.action) {
        case KeyAction::start:
            next.rotating_since = now;
            co_await store(std::move(next));
            break;
        case KeyAction::make:
            co_await make(step.slot);
            break;
        case KeyAction::publish:
            co_await publish_record(step.slot);
            break;
        case KeyAction::look:
            co_await look(step.slot);
            break;
        case KeyAction::sign:
            if (keys_.at(static_cast<std::size_t>(step.slot)))
                begin_signing(next, step.slot, now);
            else  // never a switch to a key that is not there
                record_attempt(next, step.slot, "its private key cannot be read: " + at(next, step.slot).file, now);
            co_await store(std::move(next));
            break;
        case KeyAction::close:
            close_key(next, step.slot, now);
            co_await store(std::move(next));
            break;
        case KeyAction::withdraw:
        case KeyAction::remove:
            co_await withdraw(step.slot);
            break;
    }
}

// Like ilbud1-20261128T175300Z.pem: an old key's file is never taken for a new one's, nor what a crash left behind. Two
// in one second are told apart by a number.
std::string KeyChange::new_file(int slot) const {
    auto stamp = to_text(services_.clock.now()).substr(0, 19);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    const auto stem = (platform_->dkim.key_folder / (selector_of(*platform_, slot).name + '-' + stamp + 'Z')).string();
    auto file = stem + ".pem";
    std::error_code unreachable;
    for (int number = 2; std::filesystem::exists(file, unreachable); ++number)
        file = stem + '-' + std::to_string(number) + ".pem";
    return file;
}

// The name is stored before the file is written: whatever a crash leaves in the folder is known.
// Making an RSA key and syncing a file take their time, so both happen aside. The function refers to this frame, which
// waits for it.
Task<void> KeyChange::make(int slot) {
    auto next = slots_;
    const auto& rotation = platform_->dkim.rotation;
    if (at(next, slot).stage == KeyStage::idle) {
        begin_making(next, slot, new_file(slot), rotation.algorithm, rotation.bits, services_.clock.now());
        co_await store(next);
    }
    const auto& wanted = at(next, slot);
    const std::filesystem::path file = wanted.file;
    const std::string selector = selector_of(*platform_, slot).name;
    std::function<Result<SigningKey>()> work = [&]() -> Result<SigningKey> {
        if (const auto folder = own_secret_folder(file.parent_path()); !folder) return folder.error();
        // A file of this name is that of a process that died behind the write. Its key is taken; a second one would be
        // refused anyway.
        if (!std::filesystem::exists(file)) {
            const auto pem = wanted.type == KeyType::rsa ? new_rsa_key(wanted.bits) : new_ed25519_key();
            if (!pem) return pem.error();
            if (const auto written = write_secret(file, *pem); !written) return written.error();
        }
        // Read back as at any start: a key that could not be read then must not be published now.
        const auto pem = read_secret(file);
        if (!pem) return pem.error();
        return SigningKey::from_pem(*pem, selector);
    };
    const auto key = co_await run_aside(std::move(work));
    if (key)
        finish_making(next, slot, key->dns_record(), services_.clock.now());
    else
        record_attempt(next, slot, "the key cannot be made: " + to_text(key.error()), services_.clock.now());
    co_await store(std::move(next));
}

// Through the resolver's cache, as receivers look through theirs. A "no" that is cached may hide a record just published
// for as long as the negative TTL: then this look says absent, and one of the next finds it.
Task<std::pair<Look, Duration>> KeyChange::look_at(int slot) {
    const auto wanted = public_part(at(slots_, slot).record);
    std::string target = selector_of(*platform_, slot).target;
    const auto answer = co_await services_.resolver.query(std::move(target), RecordType::txt);
    auto look = Look::absent;
    if (answer.status == DnsStatus::failed) look = Look::unknown;
    // Two records at one name are one too many: receivers may take either (RFC 6376 §3.6.2.2).
    // Only p= is compared. The order of tags and white space may differ from what was asked for; that is still our key.
    if (answer.status == DnsStatus::found && answer.records.size() == 1 && public_part(answer.records.front()) == wanted &&
        !wanted.empty())
        look = Look::here;
    co_return std::pair(look, answer.ttl);
}

// Sending may be repeated: the record replaces itself. One that was sent and is not found is no failure of the publisher,
// yet the step stays due: secondaries and caches take their time, and by hand so does a person. Publishing has an effect
// on the slot only by the look behind it.
Task<void> KeyChange::publish_record(int slot) {
    const auto& selector = selector_of(*platform_, slot);
    Publication publication{selector.name, selector.target, at(slots_, slot).record, false};
    const auto sent = co_await publisher_().publish(std::move(publication));
    std::pair<Look, Duration> seen{Look::unknown, {}};
    if (sent) seen = co_await look_at(slot);
    auto next = slots_;
    const auto now = services_.clock.now();
    std::string trouble;
    if (!sent)
        trouble = "publishing failed: " + to_text(sent.error());
    else if (seen.first == Look::unknown)
        trouble = "the DNS did not answer whether the record is at " + selector.target;
    else if (seen.first == Look::absent)
        trouble = "the record is not found at " + selector.target + " yet";
    record_attempt(next, slot, std::move(trouble), now);
    if (sent) record_look(next, slot, seen.first, seen.second, coverage().at(static_cast<std::size_t>(slot)), policy(), now);
    co_await store(std::move(next));
}

Task<void> KeyChange::look(int slot) {
    const auto seen = co_await look_at(slot);
    auto next = slots_;
    record_look(next, slot, seen.first, seen.second, coverage().at(static_cast<std::size_t>(slot)), policy(),
                services_.clock.now());
    co_await store(std::move(next));
}

// Out of force on disk before the world is asked to forget the key. The other way round a crash could bring back a key
// that signs and has no record. The file goes last: when a look has shown that receivers can no longer check anything by
// it.
Task<void> KeyChange::withdraw(int slot) {
    auto next = slots_;
    if (at(next, slot).stage != KeyStage::withdrawing) {
        begin_withdrawing(next, slot, services_.clock.now());
        co_await store(next);
    }
    std::string trouble;
    const auto key = at(next, slot);
    // Revoked rather than removed: an empty p= says so to receivers (RFC 6376 §3.6.1), and the customers' CNAMEs go on
    // leading somewhere.
    if (!key.record.empty()) {
        const auto& selector = selector_of(*platform_, slot);
        Publication publication{selector.name, selector.target, revoked_record(key.record), true};
        const auto sent = co_await publisher_().publish(std::move(publication));
        if (!sent) {
            trouble = "publishing failed: " + to_text(sent.error());
        } else {
            const auto seen = co_await look_at(slot);
            if (seen.first == Look::unknown)
                trouble = "the DNS did not answer whether the record is gone from " + selector.target;
            if (seen.first == Look::here) trouble = "the key is still found at " + selector.target;
        }
    }
    // Of files that the settings name the owner is the person who wrote them there.
    if (trouble.empty() && key.ours && !key.file.empty()) {
        const auto removed = remove_secret(key.file);
        if (!removed) trouble = "the private key cannot be removed: " + to_text(removed.error());
    }
    if (trouble.empty() && !key.ours)
        services_.log.info(
            "dkim.key_file_left",
            {{"file", key.file}, {"detail", "the settings name this file; nothing uses it any more: remove both"}});
    if (trouble.empty())
        finish_removing(next, slot, services_.clock.now());
    else
        record_attempt(next, slot, std::move(trouble), services_.clock.now());
    co_await store(std::move(next));
}

// Every request is worked out on a copy, so that one that is refused half-way has changed nothing and a dry one differs
// only by not being stored. The plan is that of the slots as they would be then.
Task<KeyChange::Answer> KeyChange::ask(bool dry, std::function<Result<void>(KeySlots&)> change) {
    const auto turn = co_await turns_.next();
    auto next = slots_;
    if (const auto fits = change(next); !fits) co_return fits.error();
    auto plan = key_plan(next, coverage(), policy(), services_.clock.now());
    if (!dry) co_await store(std::move(next));
    co_return plan;
}

// The file's name follows from the slot's selector, so it is known only when the slot is. Here and below function and
// answer have names: in a co_await's expression g++ 12 is not to be trusted with temporaries.
Task<KeyChange::Answer> KeyChange::new_key(bool dry, std::optional<KeyType> type, std::optional<int> bits) {
    std::function<Result<void>(KeySlots&)> change = [this, type, bits](KeySlots& slots) -> Result<void> {
        const auto& rotation = platform_->dkim.rotation;
        const auto slot =
            ask_new_key(slots, {}, type.value_or(rotation.algorithm), bits.value_or(rotation.bits), services_.clock.now());
        if (!slot) return slot.error();
        at(slots, *slot).file = new_file(*slot);
        return {};
    };
    auto answer = co_await ask(dry, std::move(change));
    co_return answer;
}

Task<KeyChange::Answer> KeyChange::publish(bool dry) {
    std::function<Result<void>(KeySlots&)> change = [](KeySlots& slots) -> Result<void> {
        const auto slot = ask_publish(slots);
        return slot ? Result<void>{} : Result<void>(slot.error());
    };
    auto answer = co_await ask(dry, std::move(change));
    co_return answer;
}

Task<KeyChange::Answer> KeyChange::rotate(bool dry) {
    std::function<Result<void>(KeySlots&)> change = [this](KeySlots& slots) { return ask_rotate(slots, services_.clock.now()); };
    auto answer = co_await ask(dry, std::move(change));
    co_return answer;
}

Task<KeyChange::Answer> KeyChange::retire(bool dry, std::string selector, bool force) {
    std::function<Result<void>(KeySlots&)> change = [this, selector, force](KeySlots& slots) -> Result<void> {
        for (int slot = 0; slot < 2; ++slot)
            if (selector_of(*platform_, slot).name == selector)
                return ask_retire(slots, slot, force, coverage(), policy(), services_.clock.now());
        return Error{"unknown_selector", "selector",
                     "the selectors are " + selector_of(*platform_, 0).name + " and " + selector_of(*platform_, 1).name};
    };
    auto answer = co_await ask(dry, std::move(change));
    co_return answer;
}

Error no_signing_key() {
    return {
        "no_signing_key", "dkim.selector.key_file",
        "no key signs: expected a private key of the active selector; `ilbud dkim new-key --selector NAME --out FILE` makes one"};
}

}  // namespace ilbud
