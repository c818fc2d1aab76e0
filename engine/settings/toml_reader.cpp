// The only source that includes toml++.
// The tree is copied into our own nodes: no type of the library reaches the readers, and the copy is made at load
// only. The two macros stand before the include, which reads them: no library is linked, and the writer, which
// nothing here uses, is not compiled.
#include "document.hpp"

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace ilbud::settings_file {
namespace {

Position position(const toml::source_region& source) {
    return {source.begin.line, source.begin.column};
}

// Recursive, which is safe: parse_toml has bounded the depth before. A date or time stays the empty
// Moment, which no option takes.
Node copy(const toml::node& from) {
    Node to{position(from.source()), {}};
    if (const auto* table = from.as_table()) {
        Node::Members members;
        members.reserve(table->size());
        for (const auto& [key, value] : *table) members.push_back({std::string(key.str()), position(key.source()), copy(value)});
        to.value = std::move(members);
    } else if (const auto* list = from.as_array()) {
        Node::List items;
        items.reserve(list->size());
        for (const auto& item : *list) items.push_back(copy(item));
        to.value = std::move(items);
    } else if (const auto* text = from.as_string()) {
        to.value = text->get();
    } else if (const auto* integer = from.as_integer()) {
        to.value = integer->get();
    } else if (const auto* number = from.as_floating_point()) {
        to.value = number->get();
    } else if (const auto* flag = from.as_boolean()) {
        to.value = flag->get();
    }
    return to;
}

Error syntax_error(Position at, std::string detail) {
    return {"toml_syntax", std::to_string(at.line) + ':' + std::to_string(at.column), std::move(detail)};
}

}  // namespace

// toml::parse throws on bad text; the exception is caught here, since for us that is input and not a broken world.
Result<Node> parse_toml(std::string_view text) {
    if (const auto deep = find_too_deep(text))
        return syntax_error(*deep, "nested deeper than " + std::to_string(toml_depth_max) + " levels");
    try {
        return copy(toml::parse(text));
    } catch (const toml::parse_error& error) {
        // The description is a view into the exception, hence the copy.
        return syntax_error(position(error.source()), std::string(error.description()));
    }
}

}  // namespace ilbud::settings_file
