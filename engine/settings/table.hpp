/// A table of a settings file while it is read, and what was found wrong on the way.
///
/// In    a Node that is a table; the names that are known in it
/// Out   its members; findings with file:line:column and the option's path ("delivery.relay.port")
/// Pure
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"

namespace ilbud::settings_file {

/// What is wrong with one file. Kept in the order of the lines.
class Findings {
 public:
    explicit Findings(std::string file) : file_(std::move(file)) {}

    void add(std::string_view code, Position at, std::string detail);
    /// "file:line:column"
    [[nodiscard]] std::string place(Position at) const;
    [[nodiscard]] std::size_t size() const { return found_.size(); }
    void move_to(std::vector<Error>& all);

 private:
    // The place twice: once to sort by, once as text.
    struct Finding {
        Position at;
        Error error;
    };
    std::string file_;
    std::vector<Finding> found_;
};

class Table {
 public:
    /// `node` is a table; it and `findings` outlive this.
    Table(const Node& node, std::string path, Findings& findings)
        : node_(&node), at_(node.at), path_(std::move(path)), findings_(&findings) {}

    [[nodiscard]] const Node::Members& members() const { return *node_->as<Node::Members>(); }
    [[nodiscard]] const Node* find(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// The sub-table `name`; nothing if it is absent or, which is a finding, no table.
    [[nodiscard]] std::optional<Table> table(std::string_view name) const;
    /// The same; where it is missing an empty table at this one's place, so that what follows need not ask.
    [[nodiscard]] Table section(std::string_view name) const;
    /// The tables [[name]]; none if they are absent or, which is a finding, something else.
    [[nodiscard]] std::vector<Table> tables(std::string_view name) const;

    /// A finding about `option`, at its value if it stands here, else at the table; `detail` says what was expected.
    void refuse(std::string_view option, std::string_view code, const std::string& detail) const;
    /// A finding: nobody knows `member` here. Suggests the nearest of `known`, or tells them all.
    void refuse_unknown(const Member& member, const std::vector<std::string_view>& known) const;

    /// "file:line:column" of the value of `option`, or of the table.
    [[nodiscard]] std::string place(std::string_view option) const { return findings_->place(position(option)); }
    [[nodiscard]] std::size_t findings() const { return findings_->size(); }
    /// `option` with the table's path before it.
    [[nodiscard]] std::string path(std::string_view option) const;

 private:
    [[nodiscard]] Position position(std::string_view option) const;

    const Node* node_;
    Position at_;
    std::string path_;
    Findings* findings_;
};

/// Where names that must be unique were first seen: "account x" → "file:line:column".
using FirstSeen = std::map<std::string, std::string, std::less<>>;

/// Whether this is the first `what` that `option` of a table calls `name`; a finding, which tells both places, if not.
bool claim(FirstSeen& seen, const Table& table, std::string_view option, std::string_view what, const std::string& name);

/// "; did you mean X?" for the known name nearest to `name`; empty if none is near.
[[nodiscard]] std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);
/// "a, b, c"
[[nodiscard]] std::string listed(const std::vector<std::string_view>& names);

}  // namespace ilbud::settings_file
