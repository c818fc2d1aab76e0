// Puts together what one unit's mails of a kind and language are made of. Runs
// after the lint, so files and names are there (the dereferences of resolve() rest
// on it); what can still be wrong is what this unit's settings make of the files.
#include "template_prepare.hpp"

#include "full_stop.hpp"

namespace ilbud {
namespace {

// By what was folded, because a section that this unit's
// settings drop may have held the number or the address.
void check_note(const Folded& note, const Constants& constants, const std::string& place, Findings& findings) {
    const auto has = [&](Var var) { return note.outside.test(static_cast<std::size_t>(var)); };
    if (!has(Var::subscriber_id))
        findings.add("note_incomplete", place, {},
                     "the note must say {{subscriber.id}}, outside all sections that depend on the mail (R11)");
    // One way in is enough: a service without self-service is reached by mail.
    const bool self_service = !constants[static_cast<std::size_t>(Var::service_self_service_url)].empty();
    if (!has(self_service ? Var::service_self_service_url : Var::service_support_email))
        findings.add("note_incomplete", place, {},
                     "the note must say {{service.self_service_url}}, or {{service.support_email}} where there is none (R11)");
}

}  // namespace

std::string message_place(const CustomerService& service, Locale locale) {
    return "customer_service." + service.id + ".welcome_message." + std::string(to_word(locale));
}

// Null only if there is no layout, which the lint has told.
std::shared_ptr<const Layout> prepare_layout(TemplateSources& sources, const Sender& sender, Locale locale, Kind kind,
                                             VarSet& used, Findings& findings) {
    const Unit& unit = sender.unit;
    const auto name = sources.resolve(unit.id, "layout.html");
    if (!name) return nullptr;
    const Constants constants = constants_of(sender, locale, kind);
    Folded folded = fold(sources.tree(*name, findings), {sources.place(*name), &sources, unit.id, locale, ".html"}, constants,
                         Escape::html, false, findings);
    drop_double_stops(folded.text, Escape::html);
    auto layout = std::make_shared<Layout>(layout_of(folded));
    layout->style = html_style(unit.branding.colour, unit.branding.colour_text);
    used = folded.used;
    return layout;
}

Template prepare_template(TemplateSources& sources, const Sender& sender, Locale locale, Kind kind,
                          std::shared_ptr<const Layout> layout, Findings& findings) {
    const Unit& unit = sender.unit;
    const Constants constants = constants_of(sender, locale, kind);
    Template out;
    out.locale = locale;
    out.layout = std::move(layout);
    // What any part uses the view has to make, and what its lists repeat counts for the limit.
    const auto take = [&](const Folded& folded) -> const std::string& {
        out.used |= folded.used;
        out.item_bytes += folded.item_bytes;
        return folded.text;
    };

    const std::string main = *sources.resolve(unit.id, template_name(locale, kind, ".md"));
    const FoldScope scope{sources.place(main), &sources, unit.id, locale, ".md"};
    const MailSource& source = sources.mail(main, findings);
    out.mail = take(fold(source.subject, scope, constants, Escape::markdown, true, findings));
    out.mail += part_separator;
    out.mail += take(fold(source.preheader, scope, constants, Escape::markdown, true, findings));
    out.mail += part_separator;
    // Read without partials and without a file: FoldScope has no sources, so that none is looked for.
    // A section of its own, as not every welcome mail has it (R10).
    if (kind == Kind::welcome && has_message(sender.service, locale)) {
        TemplateNode message;
        message.type = TemplateNode::Type::section;
        message.text = variable(Var::welcome_message).name;
        message.children = read_template(sender.service.welcome_message.at(locale), message_place(sender.service, locale), {},
                                         sources.limits().depth_max, findings);
        out.mail += take(fold({message}, {{}, nullptr, unit.id, locale, ".md"}, constants, Escape::markdown, false, findings));
    }
    out.mail += part_separator;
    out.mail += take(fold(source.body, scope, constants, Escape::markdown, false, findings));
    out.mail += part_separator;
    if (kind != Kind::notice) {  // R11 is for subscribers
        const std::string name = *sources.resolve(unit.id, partial_name(locale, "note", ".md"));
        const Folded note = fold(sources.tree(name, findings), scope, constants, Escape::markdown, false, findings);
        check_note(note, constants, sources.place(name), findings);
        out.mail += take(note);
    }
    // Beside the Markdown, not instead of it: subject,
    // preheader and the other part still come from there.
    if (const auto html = sources.resolve(unit.id, template_name(locale, kind, ".html")))
        out.html = take(fold(sources.tree(*html, findings), {sources.place(*html), &sources, unit.id, locale, ".html"}, constants,
                             Escape::html, false, findings));
    if (const auto text = sources.resolve(unit.id, template_name(locale, kind, ".txt")))
        out.text = take(fold(sources.tree(*text, findings), {sources.place(*text), &sources, unit.id, locale, ".txt"}, constants,
                             Escape::plain, false, findings));
    // Most templates have no constant with a brace: then the view need not bring one along.
    const std::string brace = "{{" + std::string(brace_key) + "}}";
    for (const std::string_view each : {std::string_view(out.mail), std::string_view(out.html), std::string_view(out.text),
                                        std::string_view(out.layout->mustache)})
        out.braces |= each.find(brace) != std::string_view::npos;
    return out;
}

}  // namespace ilbud
