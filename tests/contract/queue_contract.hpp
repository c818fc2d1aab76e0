/// What every adapter of the queue must do. Included by one test source per adapter, after QueueAdapter (queue_rig.hpp).
#pragma once
#include "contract/queue_contract_accept.hpp"
#include "contract/queue_contract_ended.hpp"
#include "contract/queue_contract_events.hpp"
#include "contract/queue_contract_hasten.hpp"
#include "contract/queue_contract_hold.hpp"
#include "contract/queue_contract_lend.hpp"
#include "contract/queue_contract_outcomes.hpp"
#include "contract/queue_contract_reader.hpp"
#include "contract/queue_contract_settle.hpp"
#include "contract/queue_contract_shelf.hpp"
#include "contract/queue_contract_supersede.hpp"
