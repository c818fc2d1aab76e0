// Invoicing methods: the shipped rows, changed and followed by those of the settings.
#include <algorithm>

#include "files.hpp"
#include "options.hpp"

namespace ilbud::settings_file {
namespace {

// Each invoice looks through them.
constexpr std::size_t methods_max = 100;

}  // namespace

template <>
const Options<InvoicingMethod>& options() {
    using M = InvoicingMethod;
    static const Options<M> all{
        required(option("name", &M::name, a_word, "The method's name, as units and events say it.")),
        option("mails", &M::mails, Word<MailedBy>{},
               "Whether its invoices are mailed: `without_agreement` means unless the event tells of an automatic agreement. "
               "What is not mailed is recorded as skipped, method_<name>."),
        option("label", &M::label, a_line.or_empty(),
               "What mails call it, the same in every language: \"Betalingsservice\". Empty: they do not name it."),
    };
    return all;
}

// A row of a shipped name changes what it says; one of a new name must say whether it mails, as nobody else has.
std::vector<InvoicingMethod> read_methods(const Table& file) {
    auto methods = shipped_methods();
    const auto tables = file.tables("method");
    if (tables.size() > methods_max)
        file.refuse("method", "out_of_range", "expected at most " + std::to_string(methods_max) + " methods");
    FirstSeen names;
    for (const Table& table : tables) {
        InvoicingMethod own;
        read_options(table, own);
        require_options<InvoicingMethod>(table);
        if (own.name.empty() || !claim(names, table, "name", "method", own.name)) continue;
        const auto before = std::find_if(methods.begin(), methods.end(), [&](const auto& each) { return each.name == own.name; });
        if (before != methods.end()) {
            if (table.has("mails")) before->mails = own.mails;
            if (table.has("label")) before->label = own.label;
            continue;
        }
        if (!table.has("mails")) table.refuse("mails", "missing_option", "is missing; expected " + Word<MailedBy>{}.allowed());
        methods.push_back(std::move(own));
    }
    return methods;
}

}  // namespace ilbud::settings_file
