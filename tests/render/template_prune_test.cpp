// Pruned templates print what whole ones print (mstch's own reading of standalone lines included).
#include "render/template_prune.hpp"

#include <catch2/catch.hpp>

#include "ilbud/render/template.hpp"
#include "render/mstch_renderer.hpp"

using namespace ilbud;

namespace {

std::string key(Var var) {
    return std::string(variable_key(var));
}
std::string open(Var var) {
    return "{{#" + key(var) + "}}";
}
std::string unless(Var var) {
    return "{{^" + key(var) + "}}";
}
std::string close(Var var) {
    return "{{/" + key(var) + "}}";
}
std::string tag(Var var) {
    return "{{" + key(var) + "}}";
}

VarSet set_of(std::initializer_list<Var> vars) {
    VarSet set;
    for (const Var var : vars) set.set(static_cast<std::size_t>(var));
    return set;
}

Fields fields_of(const VarSet& present) {
    Fields fields;
    fields.put(brace_key, "{");
    for (std::size_t i = 0; i < variable_count; ++i)
        if (present.test(i)) fields.put(variable_key(static_cast<Var>(i)), "v" + std::to_string(i));
    Items items;
    for (const char* each : {"one", "two"}) {
        Fields item;
        item.put(variable_key(Var::line_text), each);
        items.add(std::move(item));
    }
    fields.put(variable_key(Var::lines), std::move(items));
    return fields;
}

void check_same(const std::string& source) {
    for (unsigned bits = 0; bits < 8; ++bits) {
        VarSet present;
        for (const auto& [bit, var] : {std::pair(1U, Var::gift), std::pair(2U, Var::copy), std::pair(4U, Var::product)})
            if ((bits & bit) != 0) present.set(static_cast<std::size_t>(var));
        auto fields = fields_of(present);
        const auto whole = render_mustache(source, fields, Escape::plain, SIZE_MAX);
        const auto pruned = prune(source, present);
        INFO(source << "\npruned with " << bits << ":\n" << pruned);
        CHECK(render_mustache(pruned, fields, Escape::plain, SIZE_MAX) == whole);
        CHECK(pruned.size() <= source.size() + 5 * 4);
    }
}

}  // namespace

TEST_CASE("prune: what is printed stays the same, whatever the mail has") {
    const auto gift = open(Var::gift), not_gift = unless(Var::gift), end_gift = close(Var::gift);
    const auto copy = open(Var::copy), end_copy = close(Var::copy);
    const auto lines = open(Var::lines), no_lines = unless(Var::lines), end_lines = close(Var::lines);
    check_same("");
    check_same("plain text\n");
    check_same("a " + tag(Var::product) + " b\n");
    check_same(gift + "one" + end_gift + not_gift + "two" + end_gift + "\n");
    check_same(gift + "{{_}}\ntext\n" + end_gift + "{{_}}\nafter");
    check_same("x\n" + gift + "a" + copy + "b" + end_copy + "c" + end_gift + lines + "\n- " + tag(Var::line_text) + "\n" +
               end_lines + "{{_}}\n");
    check_same(lines + gift + tag(Var::line_text) + end_gift + not_gift + "-" + end_gift + end_lines + no_lines + "none" +
               end_lines);
    check_same("a" + gift + "b" + end_gift + lines + "\nx\n" + end_lines + "{{_}}\nz");
    check_same(gift + copy + tag(Var::product) + end_copy + end_gift + " \n" + lines + end_lines + "{{_}}");
    check_same("brace " + std::string("{{_b}}") + tag(Var::product) + "{y\n");
}

TEST_CASE("prune: a dead section goes with all it holds, a live one loses its tags") {
    const auto source = open(Var::gift) + "A" + unless(Var::copy) + "B" + close(Var::copy) + close(Var::gift) +
                        unless(Var::gift) + "C" + close(Var::gift);
    CHECK(prune(source, {}) == "C");
    CHECK(prune(source, set_of({Var::gift})) == "AB");
    CHECK(prune(source, set_of({Var::gift, Var::copy})) == "A");
}

TEST_CASE("prune: the tag of a variable without a value goes, one of a list's element stays") {
    CHECK(prune(tag(Var::product) + tag(Var::line_text), {}) == tag(Var::line_text));
    CHECK(prune(tag(Var::product), set_of({Var::product})) == tag(Var::product));
}
