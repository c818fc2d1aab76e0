// Kinds of mail: the shipped rows and what those of the settings change in them.
#include "files.hpp"
#include "options.hpp"

namespace ilbud::settings_file {
namespace {

constexpr Word<Kind> a_kind{{Kind::notice}};
constexpr Text a_place{"a country's code of ISO 3166-1, such as DK, or EU for all of its states", check_country_or_eu};

}  // namespace

template <>
const Options<KindRow>& options() {
    using K = KindRow;
    static const Options<K> all{
        identity(option("name", &K::kind, a_kind, "The kind.")),
        option("on", &K::on, Flag{}, "Whether units mail it whose [unit.kinds] does not say."),
        option("from", &K::from, Word<MailFrom>{},
               "Which address it comes from: the customer service's `support_email` or the unit's `invoice_email`."),
        option("origins", &K::origins, Words<Origin>{true},
               "Origins that send it, where the customer service's mail_origins does not say."),
        option("class", &K::urgency, Count{0, 2, "class"},
               "How soon its mails leave where others wait: 0 first; queue.class_weights has the shares. Those that wait stay "
               "where they are."),
        option("group", &K::group, a_word, "A complaint about one of its mails stops those of the same group."),
        option("one_click", &K::one_click, Flag{},
               "Its mails carry List-Unsubscribe with one click (RFC 8058) where the customer service has an unsubscribe_url."),
        option("required_by_law", &K::required_by_law, List<Text>{a_place, 0, 300},
               "Countries whose law asks for it, EU for all of its states. A unit of such a country mails it without being told "
               "to, for every "
               "origin but `import`, and one that cannot be mailed is told as undeliverable."),
    };
    return all;
}

// Which row it is about is looked at first: an option that is not said stays as that row has it.
std::vector<KindRow> read_kinds(const Table& file) {
    auto kinds = shipped_kinds();
    FirstSeen names;
    for (const Table& table : file.tables("kind")) {
        Kind kind{};
        const auto* name = table.find("name");
        const bool known = name != nullptr && a_kind.read(*name, kind);
        KindRow row = known ? kinds[static_cast<std::size_t>(kind)] : KindRow{};
        read_options(table, row);
        require_options<KindRow>(table);
        if (known && claim(names, table, "name", "kind", std::string(to_word(kind)))) kinds[static_cast<std::size_t>(kind)] = row;
    }
    return kinds;
}

}  // namespace ilbud::settings_file
