// Whoever reads never handles an error: a table is asked for its members and told what does not fit, and it knows file,
// line and path by itself. So reading goes on after a finding, and all are told at once.
#include "table.hpp"

#include <algorithm>

#include "ilbud/base/log.hpp"
#include "ilbud/base/nearest_name.hpp"

namespace ilbud::settings_file {

void Findings::add(std::string_view code, Position at, std::string detail) {
    found_.push_back({at, {std::string(code), place(at), std::move(detail)}});
}

// As compilers write it, so that editors jump there.
std::string Findings::place(Position at) const {
    return file_ + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

// toml++ keeps tables sorted by name, so members come in that order; people want the order of the lines. Stable: two
// findings at one place stay as they were made.
void Findings::move_to(std::vector<Error>& all) {
    std::stable_sort(found_.begin(), found_.end(), [](const Finding& one, const Finding& other) { return one.at < other.at; });
    // What each of several readers finds in the same words (defaults that all kinds share) is one finding.
    const auto last = std::unique(found_.begin(), found_.end(),
                                  [](const Finding& one, const Finding& other) { return one.error == other.error; });
    for (auto finding = found_.begin(); finding != last; ++finding) all.push_back(std::move(finding->error));
    found_.clear();
}

// A walk: tables have a few dozen members.
const Node* Table::find(std::string_view name) const {
    const auto& all = members();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Member& member) { return member.name == name; });
    return found == all.end() ? nullptr : &found->node;
}

// Something else under that name is told once, here, and then treated as absent.
std::optional<Table> Table::table(std::string_view name) const {
    const Node* node = find(name);
    if (node == nullptr) return std::nullopt;
    if (node->as<Node::Members>() != nullptr) return Table(*node, path(name), *findings_);
    refuse(name, "wrong_type", "expected a table [" + path(name) + "], found " + describe(*node));
    return std::nullopt;
}

Table Table::section(std::string_view name) const {
    // Shared by all threads and never written.
    static const Node empty{{}, Node::Members{}};
    if (auto found = table(name)) return *std::move(found);
    Table none(empty, path(name), *findings_);
    // Findings about what is missing in it point at the table around it.
    none.at_ = position(name);
    return none;
}

// One entry that is no table does not hide the others.
std::vector<Table> Table::tables(std::string_view name) const {
    std::vector<Table> all;
    const Node* node = find(name);
    if (node == nullptr) return all;
    const auto* list = node->as<Node::List>();
    if (list == nullptr) {
        refuse(name, "wrong_type", "expected tables [[" + path(name) + "]], found " + describe(*node));
        return all;
    }
    for (const Node& item : *list) {
        if (item.as<Node::Members>() != nullptr)
            all.emplace_back(item, path(name), *findings_);
        else
            findings_->add("wrong_type", item.at, path(name) + ": expected a table, found " + describe(item));
    }
    return all;
}

// `detail` begins with the option's path: a line number alone does not say which of several tables was meant.
void Table::refuse(std::string_view option, std::string_view code, const std::string& detail) const {
    findings_->add(code, position(option), path(option) + ": " + detail);
}

// Either the nearest name or all of them, never both: a list behind a good guess is noise.
void Table::refuse_unknown(const Member& member, const std::vector<std::string_view>& known) const {
    const auto near = suggestion(member.name, known);
    const bool is_table = member.node.as<Node::Members>() != nullptr;
    findings_->add("unknown_option", member.at,
                   // A name in quotes may hold anything; what is told back is one line.
                   "no " + std::string(is_table ? "table" : "option") + " is named " + path(on_one_line(member.name, 80)) +
                       (near.empty() ? "; known here: " + listed(known) : near));
}

std::string Table::path(std::string_view option) const {
    return path_.empty() ? std::string(option) : path_ + '.' + std::string(option);
}

// Of the value, not of its name: what is wrong is mostly the value.
Position Table::position(std::string_view option) const {
    const Node* node = find(option);
    return node == nullptr ? at_ : node->at;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
    const auto nearest = nearest_name(name, known);
    return nearest.empty() ? std::string() : "; did you mean " + std::string(nearest) + '?';
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string out;
    for (const auto name : names) (out += out.empty() ? "" : ", ") += name;
    return out.empty() ? "none" : out;
}

bool claim(FirstSeen& seen, const Table& table, std::string_view option, std::string_view what, const std::string& name) {
    const auto [first, fresh] = seen.emplace(std::string(what) + ' ' + name, table.place(option));
    if (!fresh) table.refuse(option, "duplicate_name", '"' + name + "\" stands at " + first->second + " already");
    return fresh;
}

}  // namespace ilbud::settings_file
