/// The key by which addresses are masked in the log (base/address_mask.hpp).
///
/// In    the store's shelf
/// Out   one key for as long as the queue lives, so that a name in the log means the same after every start
#pragma once
#include "ilbud/base/log.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/queue/shelf.hpp"

namespace ilbud {

/// A new key, which nobody knows.
[[nodiscard]] Secret random_log_key();

/// The shelf's key, put there if it has none. Where the store does not take it now the log says so, and it is for this time.
/// Throws  if the shelf cannot be read
Task<Secret> kept_log_key(Shelf& shelf, Log& log);

}  // namespace ilbud
