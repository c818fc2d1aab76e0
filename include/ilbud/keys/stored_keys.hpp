/// The keys in force as the queue's shelf and the settings say, for commands that run beside the daemon or without one.
///
/// In    the settings; the queue's shelf "dkim", if there is a queue
/// Out   what the daemon would sign with
#pragma once
#include "ilbud/keys/key_slots.hpp"
#include "ilbud/sign/signing_book.hpp"

namespace ilbud {

/// Errors  those of open_sqlite_reader (queue_older, …) apart from queue_missing, key_state_unreadable
Result<KeySlots> stored_key_slots(const Platform& platform);

/// Whoever owns a key's file. Keys that settings.platform.unseen tells are left out.
/// Errors  those of stored_key_slots and load_keys; no_signing_key  no key signs, or its file cannot be read;
///         secret_unreadable  the key that signs is not this user's to read
Result<KeysInForce> stored_keys(const Settings& settings);

}  // namespace ilbud
