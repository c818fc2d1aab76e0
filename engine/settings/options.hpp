/// The option table: each option once, as a row of name, value type (with unit and range), member and sentence of help. From the
/// rows come the reader, the error texts and the commented default files (STYLE §7).
///
/// Pure
#pragma once
#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/settings/settings.hpp"
#include "page.hpp"
#include "table.hpp"
#include "values.hpp"

namespace ilbud::settings_file {

template <class S>
struct Option {
    std::string_view name;
    std::string_view help;
    std::string allowed;
    // Both are made by row() as a rule: the value's type is known there and nowhere else.
    std::function<Result<void>(const Node&, S&)> read;
    std::function<std::string(const S&)> show;
    bool required = false;
    bool inheritable = true;  // may also stand in a table of defaults
};

/// A vector made at first use and never changed. There is one a type, so the order in which sources
/// are initialised does not matter.
template <class S>
using Options = std::vector<Option<S>>;

/// A row whose member is found by `get(S&)`.
template <class S, class Get, class Value>
Option<S> row(std::string_view name, Get get, Value value, std::string_view help) {
    return {name, help, value.allowed(),
            [get, value](const Node& node, S& into) { return value.read(node, std::invoke(get, into)); },
            [get, value](const S& from) { return value.show(std::invoke(get, from)); }};
}

template <class S, class T, class Value>
Option<S> option(std::string_view name, T S::*member, Value value, std::string_view help) {
    return row<S>(name, member, value, help);
}

/// Asked for by require_options(), after inheritance; reading alone does not miss it.
template <class S>
Option<S> required(Option<S> row) {
    row.required = true;
    return row;
}

/// What makes the thing itself and cannot be inherited.
/// An id in a table of defaults would give all units one name.
template <class S>
Option<S> identity(Option<S> row) {
    row.required = true;
    row.inheritable = false;
    return row;
}

/// Every option of S (platform_options.cpp, account_options.cpp).
template <class S>
const Options<S>& options();

/// Whether a table is the thing itself or a table of defaults, in which an identity is unknown.
enum class Scope { itself, defaults };

template <class S>
bool belongs(const Option<S>& option, Scope scope) {
    return scope == Scope::itself || option.inheritable;
}

/// Reads every option of S that stands in `table`; what is neither an option nor one of `tables` is a finding.
template <class S>
void read_options(const Table& table, S& into, std::initializer_list<std::string_view> tables = {}, Scope scope = Scope::itself) {
    // By what stands in the file and not by the rows, so that a name nobody knows cannot be passed over.
    for (const Member& member : table.members()) {
        const auto& all = options<S>();
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Option<S>& o) { return o.name == member.name && belongs(o, scope); });
        if (found != all.end()) {
            if (const auto fits = found->read(member.node, into); !fits)
                table.refuse(member.name, fits.error().code, fits.error().detail);
            continue;
        }
        std::vector<std::string_view> known(tables);
        if (std::find(known.begin(), known.end(), member.name) != known.end()) continue;
        for (const auto& o : all)
            if (belongs(o, scope)) known.push_back(o.name);
        table.refuse_unknown(member, known);
    }
}

/// As read_options where a table has sub-tables only.
/// A plain option here is as unknown as a table of a wrong name.
inline void read_tables_only(const Table& table, const std::vector<std::string_view>& tables) {
    for (const Member& member : table.members())
        if (std::find(tables.begin(), tables.end(), member.name) == tables.end()) table.refuse_unknown(member, tables);
}

/// A finding for each required option that stands neither in `table` nor in `defaults`.
template <class S>
void require_options(const Table& table, const Table* defaults = nullptr) {
    for (const auto& o : options<S>())
        if (o.required && !table.has(o.name) && !(defaults != nullptr && defaults->has(o.name)))
            table.refuse(o.name, "missing_option", "is missing; expected " + o.allowed);
}

/// Writes every option: as a comment where `shown` has the default, else in force. Prose that repeats itself stands once.
template <class S>
void print_options(Page& page, const S& shown, const S& defaults = S{}) {
    std::string before;
    for (const auto& o : options<S>()) {
        const auto value = o.show(shown);
        const auto usual = o.show(defaults);
        const bool in_force = o.required || value != usual;
        // A default is told only where another value stands in force; where the line is commented
        // out, it shows the default itself.
        auto prose = std::string(o.help) + (o.required ? " Required: " : " Allowed: ") + o.allowed + '.';
        if (in_force && !o.required && usual != toml_text("")) prose += " Default: " + usual + '.';
        if (prose != before) page.comment(prose);
        page.option(o.name, value, in_force);
        before = std::move(prose);
    }
}

/// Writes the options in which `shown` differs from `defaults`, without a word.
/// Required options always stand: without them the table would not load.
template <class S>
void print_changed(Page& page, const S& shown, const S& defaults = S{}) {
    for (const auto& o : options<S>())
        if (const auto value = o.show(shown); o.required || value != o.show(defaults)) page.option(o.name, value, true);
}

template <>
const Options<IntakeSettings>& options();
template <>
const Options<QueueSettings>& options();
template <>
const Options<DeliverySettings>& options();
template <>
const Options<DeliveryDeadlines>& options();
template <>
const Options<BrakeSettings>& options();
template <>
const Options<RetryPolicy>& options();
template <>
const Options<Relay>& options();
template <>
const Options<DkimSettings>& options();
template <>
const Options<DkimSelector>& options();
template <>
const Options<DnsSettings>& options();
template <>
const Options<KeyRotationSettings>& options();
template <>
const Options<NsupdateSettings>& options();
template <>
const Options<PublishHookSettings>& options();
template <>
const Options<NoticeSettings>& options();
template <>
const Options<DomainSettings>& options();
template <>
const Options<DaemonSettings>& options();
template <>
const Options<InvoicingMethod>& options();
template <>
const Options<Platform>& options();
template <>
const Options<Account>& options();
template <>
const Options<CustomerService>& options();
template <>
const Options<Form>& options();
template <>
const Options<Unit>& options();
template <>
const Options<Branding>& options();
template <>
const Options<Texts>& options();
template <>
const Options<OriginsByKind>& options();
template <>
const Options<KindRow>& options();
template <>
const Options<SwitchByKind>& options();

}  // namespace ilbud::settings_file
