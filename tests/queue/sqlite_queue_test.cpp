#include "sqlite_adapter.hpp"
// The adapter comes first: the suite runs on it.
#include "contract/queue_contract.hpp"
