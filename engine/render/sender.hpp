// Who speaks in a mail: the settings its texts are filled in from.
#pragma once
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct Sender {
    const Account& account;
    const Unit& unit;
    const CustomerService& service;
};

inline Sender sender_of(const Settings& settings, const Unit& unit) {
    return {settings.account_of(unit), unit, settings.customer_service_of(unit)};
}

// Whether `service` has words of its own for welcome mails in this very language: in another they would make one mail of two.
inline bool has_message(const CustomerService& service, Locale locale) {
    const auto message = service.welcome_message.find(locale);
    return message != service.welcome_message.end() && !message->second.empty();
}

// The platform itself, as unit and customer service of its notices: no unit's name or address stands in them (R3). Days begin
// where they do in the account's first unit.
class NoticeSender {
 public:
    explicit NoticeSender(const Settings& settings, std::string_view account = {}) {
        const NoticeSettings& notices = settings.platform.notices;
        unit_.name = notices.from_name;
        service_.name = notices.from_name;
        service_.support_email = notices.reply_to.empty() ? notices.from : notices.reply_to;
        for (const auto& [id, each] : settings.units)
            if (each.account == account) {
                unit_.time_zone = each.time_zone;
                break;
            }
    }
    [[nodiscard]] Sender sender() const { return {account_, unit_, service_}; }

 private:
    Account account_;
    Unit unit_;
    CustomerService service_;
};

}  // namespace ilbud
