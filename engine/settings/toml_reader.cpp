// The only source that includes toml++.
// The tree is copied into our own nodes: no type of the library reaches the readers, and the copy is made at load
// only. The macros stand before the include, which reads them: no library is linked, and the writer, which nothing here
// uses, is not compiled. What the library asserts depends on the text, so it is bad input and not a bug of ours: a failed
// assertion throws. find_refused keeps from it what is known to get there and needs a better word for people, or must not
// get there, as an exception would end the process too (noexcept).
#include "document.hpp"

#include "ilbud/base/log.hpp"

namespace {
struct TomlAssertion {
    const char* expected;
};

[[noreturn]] void assertion_failed(const char* expected) {
    throw TomlAssertion{expected};
}
}  // namespace

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ASSERT(condition) (static_cast<bool>(condition) ? void() : assertion_failed(#condition))
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

// A failed assertion knows no place. It is where the shortest beginning of the text that fails too comes to its end.
Position find_assertion(std::string_view text) {
    std::size_t passes = 0, fails = text.size();
    while (fails - passes > 1) {
        const auto middle = passes + (fails - passes) / 2;
        try {
            static_cast<void>(toml::parse(text.substr(0, middle)));
            passes = middle;
        } catch (const toml::parse_error&) {
            passes = middle;
        } catch (const TomlAssertion&) {
            fails = middle;
        }
    }
    return end_of(text.substr(0, passes));
}

}  // namespace

// toml::parse throws on bad text; the exception is caught here, since for us that is input and not a broken world.
Result<Node> parse_toml(std::string_view text) {
    if (auto refused = find_refused(text)) return syntax_error(refused->at, std::move(refused->detail));
    try {
        return copy(toml::parse(text));
    } catch (const toml::parse_error& error) {
        // It repeats what it found, which may be any byte and any name.
        return syntax_error(position(error.source()), on_one_line(error.description()));
    } catch (const TomlAssertion& assertion) {
        return syntax_error(find_assertion(text),
                            std::string("expected something else here; toml++ asks for ") + assertion.expected);
    }
}

}  // namespace ilbud::settings_file
