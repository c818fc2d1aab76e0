// Look-ups in a snapshot that is whole: references were checked at load, so at() below throws only for settings made by
// hand that are not. Nothing here changes anything; a reload makes a new value.
#include "ilbud/settings/settings.hpp"

#include <algorithm>

#include "ilbud/base/address.hpp"
#include "ilbud/base/secret.hpp"

namespace ilbud {
namespace {

// By string_view, which std::less<> allows: no key is copied for a look-up, and every event makes several.
template <class T>
const T* find(const std::map<std::string, T, std::less<>>& all, std::string_view id) {
    const auto found = all.find(id);
    return found == all.end() ? nullptr : &found->second;
}

// A bare name is no file's: those are absolute.
std::string why_unseen(const std::filesystem::path& path) {
    if (!is_credential_name(path)) return path.string() + " may not be read by this user";
    const auto name = path.string();
    return "there is no file " + name +
           " beside the settings, so it is a systemd credential, which only the service is given; `systemd-run "
           "--pipe -p User=… -p LoadCredential=" +
           name + ":… ilbud check` looks at it as the service does";
}

std::string joined(const std::vector<std::string>& names) {
    constexpr std::size_t named_most = 5;
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), named_most); ++i) out += (out.empty() ? "" : ", ") + names[i];
    return names.size() > named_most ? out + " and " + std::to_string(names.size() - named_most) + " more" : out;
}

// R38. Whose law counts only the settings can say, and nobody sees from a mail that is not there that it should be.
void note_law(std::vector<std::string>& all, const Settings& settings) {
    std::vector<std::string> nowhere;
    for (const auto& [id, unit] : settings.units) {
        if (unit.country.empty()) nowhere.push_back(id);
        for (const auto& row : settings.platform.kinds)
            if (is_required(row, unit.country) && !unit.kinds[static_cast<std::size_t>(row.kind)].value_or(true))
                all.push_back("unit " + id + " mails no " + std::string(to_word(row.kind)) + " (kinds), which the law of " +
                              unit.country + " asks for");
    }
    if (!nowhere.empty())
        all.push_back("country is not set for unit " + joined(nowhere) + ": no mail of it is taken to be required by law");
}

}  // namespace

const Unit* Settings::unit(std::string_view id) const {
    return find(units, id);
}

const Account& Settings::account_of(const Unit& unit) const {
    return accounts.at(unit.account);
}

// By way of the account: two accounts may each have a customer service of the same id.
const CustomerService& Settings::customer_service_of(const Unit& unit) const {
    return account_of(unit).customer_services.at(unit.customer_service);
}

const Account* Settings::account(std::string_view id) const {
    return find(accounts, id);
}

bool Settings::mails(const Unit& unit, Kind kind) const {
    const auto& row = platform.kind(kind);
    return unit.kinds[static_cast<std::size_t>(kind)].value_or(row.on || is_required(row, unit.country));
}

const Form* Settings::form_of(const Unit& unit, std::string_view id) const {
    return find(account_of(unit).forms, id);
}

// What is allowed but surprises: told at every start and reload. An error would refuse a sound
// set-up, silence would be found out by lost mail.
std::vector<std::string> Settings::notes() const {
    std::vector<std::string> all;
    for (const auto& [option, path] : platform.unseen) all.push_back(option + " is not looked at: " + why_unseen(path));
    if (!platform.domains.watch)
        all.emplace_back(
            "domains.watch is false: every domain is signed with the active selector, also where its DNS does not show it");
    // Only under watch: otherwise every mail is signed by its own domain and nothing waits.
    else if (platform.domains.unsigned_mail == UnsignedMail::platform && platform.dkim.platform_domain.empty())
        all.emplace_back(
            "dkim.platform_domain is not set: mail of a domain that shows none of our keys waits, as with domains.unsigned = "
            "\"stop\"");
    const NoticeSettings& notices = platform.notices;
    if (!notices.enabled) {
        all.emplace_back("notices.enabled is false: accounts are not told by mail that their DNS is broken; the log tells");
    } else if (notices.from.empty()) {
        all.emplace_back("notices.from is not set: accounts are not told by mail that their DNS is broken; the log tells");
    } else {
        // Below our own domain the target is the record itself; below any other the two CNAMEs must be there, as a customer's.
        const std::string domain(domain_of(notices.from));
        for (const DkimSelector& selector : platform.dkim.selectors) {
            const auto name = selector.name + "._domainkey." + domain;
            if (selector.target != name)
                all.push_back("notices.from is signed as " + domain + ": " + name + " must be a CNAME to " + selector.target);
        }
    }
    note_law(all, *this);
    if (!notices.operator_email.empty() && (!notices.enabled || notices.from.empty()))
        all.emplace_back("notices.operator is told nothing by mail without notices.enabled and notices.from");
    return all;
}

}  // namespace ilbud
