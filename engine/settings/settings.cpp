#include "ilbud/settings/settings.hpp"

namespace ilbud {
namespace {

template <class T>
const T* find(const std::map<std::string, T, std::less<>>& all, std::string_view id) {
    const auto found = all.find(id);
    return found == all.end() ? nullptr : &found->second;
}

}  // namespace

const Unit* Settings::unit(std::string_view id) const {
    return find(units, id);
}

const Account& Settings::account_of(const Unit& unit) const {
    return accounts.at(unit.account);
}

const CustomerService& Settings::customer_service_of(const Unit& unit) const {
    return account_of(unit).customer_services.at(unit.customer_service);
}

const Form* Settings::form_of(const Unit& unit, std::string_view id) const {
    return find(account_of(unit).forms, id);
}

}  // namespace ilbud
