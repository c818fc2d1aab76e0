#include "ilbud/render/template.hpp"

#include <simdjson.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <set>

#include "render/mstch_renderer.hpp"
#include "render/template_fold.hpp"
#include "support/mail_world.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;
namespace fs = std::filesystem;

namespace {

// ---- the specification's data as ours
Items items_of(simdjson::dom::array array);
Fields fields_of(simdjson::dom::object object);

template <class Put>
void put_value(simdjson::dom::element value, const Put& put) {
    switch (value.type()) {
        case simdjson::dom::element_type::STRING:
            return put(std::string(std::string_view(value)));
        case simdjson::dom::element_type::BOOL:
            return put(bool(value));
        case simdjson::dom::element_type::INT64:
        case simdjson::dom::element_type::UINT64:
            return put(static_cast<int>(std::int64_t(value)));
        case simdjson::dom::element_type::DOUBLE:
            return put(double(value));
        case simdjson::dom::element_type::ARRAY:
            return put(items_of(value.get_array()));
        case simdjson::dom::element_type::OBJECT:
            return put(fields_of(value.get_object()));
        default:
            return put(std::string());  // null: prints nothing, is false
    }
}
Items items_of(simdjson::dom::array array) {
    Items items;
    for (const auto value : array) put_value(value, [&](auto&& each) { items.add(std::move(each)); });
    return items;
}
Fields fields_of(simdjson::dom::object object) {
    Fields fields;
    for (const auto [key, value] : object) put_value(value, [&, name = key](auto&& each) { fields.put(name, std::move(each)); });
    return fields;
}

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

// A copy of the shipped templates that a test may change, and settings that use it.
struct OwnTemplates {
    OwnTemplates() {
        fs::copy(fs::path(ILBUD_SOURCE_DIR) / "templates", folder / "t", fs::copy_options::recursive);
        settings.platform.templates = folder / "t";
    }
    TemporaryFolder folder;
    Settings settings = publisher();

    [[nodiscard]] std::vector<std::string> codes() const {
        std::vector<std::string> out;
        if (const auto loaded = load_templates(settings); !loaded)
            for (const Error& error : loaded.error()) out.push_back(error.code);
        return out;
    }
};
using Strings = std::vector<std::string>;

std::string folded(const std::string& text, const Constants& constants = {}, Escape mode = Escape::markdown) {
    Findings findings;
    const auto nodes = read_template(text, "t", {}, 16, findings);
    REQUIRE(findings.empty());
    return fold(nodes, {}, constants, mode, false, findings).text;
}
std::string key(Var var) {
    return std::string(variable_key(var));
}

}  // namespace

TEST_CASE("render_mustache: passes the official core specification, 136 of 136") {
    const auto folder = testdata("mustache-spec");
    if (!folder) return;
    std::size_t passed = 0, all = 0;
    for (const char* name : {"comments", "delimiters", "interpolation", "inverted", "partials", "sections"}) {
        simdjson::dom::parser parser;
        const auto file = parser.load((*folder / (std::string(name) + ".json")).string());
        for (const auto test : file["tests"].get_array()) {
            ++all;
            INFO(name << ": " << std::string_view(test["name"]));
            const std::string source{std::string_view(test["template"])};
            const std::string expected{std::string_view(test["expected"])};
            std::map<std::string, std::string> partials;
            if (simdjson::dom::object given; test["partials"].get(given) == simdjson::SUCCESS)
                for (const auto [partial, text] : given) partials[std::string(partial)] = std::string(std::string_view(text));
            std::string actual;
            if (simdjson::dom::object data; test["data"].get(data) == simdjson::SUCCESS) {
                Fields fields = fields_of(data);
                actual = render_mustache(source, fields, Escape::html, SIZE_MAX, partials);
            } else {
                Items single;
                put_value(test["data"], [&](auto&& each) { single.add(std::move(each)); });
                actual = render_mustache(source, single, Escape::html);
            }
            CHECK(actual == expected);
            if (actual == expected) ++passed;
        }
    }
    CHECK(all == 136);
    CHECK(passed == 136);
}

TEST_CASE("render_mustache: stops when the values exceed the limit, and the fields stay as they were") {
    Fields fields;
    fields.put("a", std::string(1000, 'x'));
    CHECK_THROWS_AS(render_mustache("{{a}}{{a}}{{a}}", fields, Escape::plain, 2500), OutputTooLarge);
    CHECK(render_mustache("{{a}}", fields, Escape::plain, 2500) == std::string(1000, 'x'));
}

TEST_CASE("S20: data is never parsed as a template") {
    Fields fields;
    fields.put("a", std::string("{{b}} {{{b}}} {{#b}}x{{/b}} {{>b}} {{=<% %>=}}"));
    fields.put("b", std::string("SECRET"));
    CHECK(render_mustache("{{a}}", fields, Escape::plain, 1000) == "{{b}} {{{b}}} {{#b}}x{{/b}} {{>b}} {{=<% %>=}}");
}

TEST_CASE("fold: what it writes renders as the specification says, standalone lines included") {
    // Variables that a render decides, named in our way; the tree has stripped the lines already and mstch must not do it again.
    const std::string gift = key(Var::gift), name = key(Var::subscriber_name);
    const auto rendered = [&](const std::string& text, bool flag) {
        Fields fields;
        if (flag) fields.put(gift, true);
        fields.put(name, std::string("N"));
        fields.put(brace_key, std::string("{"));
        return render_mustache(folded(text, {}, Escape::plain), fields, Escape::plain, 1000);
    };
    CHECK(rendered("a\n{{#gift}}\nb\n{{/gift}}\nc\n", true) == "a\nb\nc\n");
    CHECK(rendered("a\n{{#gift}}\nb\n{{/gift}}\nc\n", false) == "a\nc\n");
    CHECK(rendered("a\n{{#gift}}\n\nb\n\n{{/gift}}\nc\n", true) == "a\n\nb\n\nc\n");
    CHECK(rendered("  {{#gift}}  \n  b\n  {{/gift}}", true) == "  b\n");
    CHECK(rendered("{{#gift}}\n\n{{/gift}}\nx", true) == "\nx");
    CHECK(rendered("{{#gift}}{{/gift}}\n", true) == "\n");
    CHECK(rendered(" {{#gift}} {{/gift}} \n", true) == "   \n");
    CHECK(rendered("a {{! c }} b\n{{! alone }}\n  {{! two\n lines }}\nc", true) == "a  b\nc");
    CHECK(rendered("{{^gift}}x{{/gift}}{{subscriber.name}}\n", true) == "N\n");
}

TEST_CASE("fold: the unit's constants are filled in, escaped for where they stand, and never become tags") {
    Constants constants;
    constants[static_cast<std::size_t>(Var::unit_name)] = "A & *B* {{subscriber.name}} {";
    constants[static_cast<std::size_t>(Var::term_member)] = "true";
    const auto rendered = [&](Escape mode) {
        Fields fields;
        fields.put(brace_key, std::string("{"));
        fields.put(key(Var::subscriber_name), std::string("SECRET"));
        return render_mustache(folded("{{unit.name}}{{#gift}}x{{/gift}}", constants, mode), fields, mode, 1000);
    };
    CHECK(rendered(Escape::plain) == "A & *B* {{subscriber.name}} {");
    CHECK(rendered(Escape::html) == "A &amp; *B* {{subscriber.name}} {");
    CHECK(without_backslashes(rendered(Escape::markdown)) == "A & *B* {{subscriber.name}} {");
    CHECK(folded("{{#term.member}}m{{/term.member}}{{^term.member}}n{{/term.member}}{{#term.customer}}k{{/term.customer}}",
                 constants) == "m");
    CHECK(folded("{{#gift}}{{#term.customer}}k{{/term.customer}}{{/gift}}", constants).empty());
}

TEST_CASE("variables: every name is unique, lists have items, and the reference names them all") {
    std::set<std::string_view> names;
    const std::string reference = variable_reference();
    for (const Variable& each : variables()) {
        CHECK(names.insert(each.name).second);
        CHECK_FALSE(each.meaning.empty());
        CHECK_FALSE(each.kinds.empty());
        CHECK(reference.find("`" + std::string(each.name) + "`") != std::string::npos);
        CHECK((each.source == VariableSource::item) == !each.list.empty());
    }
    CHECK(find_variable("line.amount") == Var::line_amount);
    CHECK(find_variable("card.last4") == Var::card_last4);
    CHECK(find_variable("ends_in_days") == Var::ends_in_days);
    CHECK_FALSE(find_variable("nothing"));
}

// ILBUD_UPDATE_GOLDEN=1 writes the references into the guide.
TEST_CASE("variables: the guide for writers has both references, as they are") {
    const std::string path = ILBUD_SOURCE_DIR "/templates/README.md";
    std::string guide = read_file(path);
    const std::string html_mark = "<!-- ilbud check --print html -->\n",
                      variables_mark = "<!-- ilbud check --print variables -->\n";
    const auto begin = guide.find(html_mark) + html_mark.size(), end = guide.find("\n## Variables");
    REQUIRE(end != std::string::npos);
    if (std::getenv("ILBUD_UPDATE_GOLDEN") != nullptr) {
        guide = guide.substr(0, begin) + html_reference() +
                guide.substr(end, guide.find(variables_mark) + variables_mark.size() - end) + variable_reference();
        std::ofstream(path, std::ios::binary) << guide;
    }
    CHECK(guide.substr(begin, guide.find("\n## Variables") - begin) == html_reference());
    CHECK(guide.substr(guide.find(variables_mark) + variables_mark.size()) == variable_reference());
}

TEST_CASE("load_templates: the shipped templates load") {
    const auto loaded = load_templates(publisher());
    REQUIRE(loaded);
    CHECK(loaded->find("avis", Locale::en, Kind::invoice)->locale == Locale::en);
    CHECK(loaded->find("nobody", Locale::en, Kind::invoice) == nullptr);
}

TEST_CASE("load_templates: a language that the unit does not offer falls back to the unit's own") {
    Settings settings = publisher();
    CHECK(load_templates(settings)->effective_locale("avis", Locale::sv, Kind::welcome) == Locale::sv);
    unit_of(settings).locales.clear();
    CHECK(load_templates(settings)->effective_locale("avis", Locale::sv, Kind::welcome) == Locale::da);
    unit_of(settings).language = Locale::de;
    CHECK(load_templates(settings)->effective_locale("avis", Locale::sv, Kind::welcome) == Locale::de);
}

TEST_CASE("load_templates: a unit's own files win, one by one") {
    OwnTemplates own;
    write(own.folder / "t/units/avis/da/partials/signature.md", "De bedste hilsner fra redaktionen\n");
    const Content welcome = must_render(sample_case(Kind::welcome), own.settings);
    CHECK(welcome.text.find("De bedste hilsner fra redaktionen") != std::string::npos);
    CHECK(welcome.subject == "Velkommen som abonnent på Morgenposten");
    CHECK(must_render(sample_case(Kind::welcome, Locale::en), own.settings).text.find("Kind regards") != std::string::npos);
}

TEST_CASE("load_templates: findings of all files are told together") {
    OwnTemplates own;
    write(own.folder / "t/da/welcome.md", "Subject: {{x}}\n");
    write(own.folder / "t/en/welcom.md", "Subject: x\n");
    write(own.folder / "t/units/avis/da/invoice.md", "no subject\n{{#lines}}\n");
    fs::remove(own.folder / "t/en/receipt.md");
    service_of(own.settings).welcome_message[Locale::da] = "{{nope}}";
    const auto found = own.codes();
    const std::multiset<std::string> codes(found.begin(), found.end());
    CHECK(codes == std::multiset<std::string>{"unknown_file", "unknown_variable", "template_missing", "no_subject",
                                              "unclosed_section", "unknown_variable"});
}

TEST_CASE("load_templates: a note that leaves something out is refused (R11)") {
    OwnTemplates own;
    write(own.folder / "t/units/avis/da/partials/note.md",
          "Hej {{#copy}}{{subscriber.id}}{{/copy}} {{service.self_service_url}}\n");
    CHECK(own.codes() == Strings{"note_incomplete"});
    write(own.folder / "t/units/avis/da/partials/note.md", "{{subscriber.id}}\n");
    CHECK(own.codes() == Strings{"note_incomplete"});
}

TEST_CASE("load_templates: what takes too long or grows too large is refused") {
    OwnTemplates own;
    own.settings.platform.template_load_max = Duration(0);
    const auto slow = own.codes();
    REQUIRE_FALSE(slow.empty());
    CHECK(std::all_of(slow.begin(), slow.end(), [](const std::string& code) { return code == "too_slow"; }));
    own.settings.platform.template_load_max = 1s;
    std::string many;
    for (int i = 0; i < 2001; ++i) many += "{{subscriber.id}}\n";
    write(own.folder / "t/en/partials/signature.md", many);
    const auto large = own.codes();
    REQUIRE_FALSE(large.empty());
    CHECK(std::all_of(large.begin(), large.end(), [](const std::string& code) { return code == "too_large"; }));
}

TEST_CASE("load_templates: a folder that is not there is said") {
    Settings settings = publisher();
    settings.platform.templates = "/nonexistent/templates";
    const auto loaded = load_templates(settings);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error()[0].code == "unreadable");
}

TEST_CASE("load_templates: a folder of a unit that does not exist is told, and what there is goes on") {
    OwnTemplates own;
    write(own.folder / "t/units/avisen/da/partials/signature.md", "Hilsen\n");
    fs::create_directories(own.folder / "t/units/empty");
    // One that exists is not.
    write(own.folder / "t/units/avis/da/partials/signature.md", "Hilsen\n");
    const auto loaded = load_templates(own.settings);
    REQUIRE(loaded);
    const auto& idle = loaded->idle_folders();
    REQUIRE(idle.size() == 2);
    CHECK(idle[0].code == "unknown_unit");
    CHECK(idle[0].place == (own.folder / "t/units/avisen").string());
    CHECK(idle[0].detail == "no business unit is called avisen; nobody uses what lies there");
    CHECK(idle[1].place == (own.folder / "t/units/empty").string());
}

TEST_CASE("load_templates: what cannot be read is told as that alone, and not as templates that are missing") {
    OwnTemplates own;
    fs::remove(own.folder / "t/en/welcome.md");
    fs::create_symlink("gone.md", own.folder / "t/en/welcome.md");
    const auto loaded = load_templates(own.settings);
    REQUIRE_FALSE(loaded);
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error()[0].code == "unreadable");
    CHECK(loaded.error()[0].detail == "the file cannot be read: No such file or directory");
}
