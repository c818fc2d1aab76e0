/// A QueueWorld of one account with one unit.
#pragma once
#include "support/queue_world.hpp"

namespace ilbud::test {

inline Settings daily_settings() {
    Settings settings;
    Account& account = settings.accounts["press"];
    account.id = "press";
    CustomerService& service = account.customer_services["desk"];
    service.id = "desk";
    service.support_email = "desk@daily.example";
    Unit& unit = settings.units["daily"];
    unit.id = "daily";
    unit.account = "press";
    unit.customer_service = "desk";
    unit.invoice_email = "invoice@daily.example";
    return settings;
}

class DaemonWorld : public QueueWorld {
 public:
    DaemonWorld() : QueueWorld(daily_settings()) {}
};

}  // namespace ilbud::test
