// Two forms of one finding, kept in one file so that neither forgets a member of the other. "-"
// and "+" stand for then and now throughout, as in a diff. All that comes from events, mails
// and settings is escaped for the terminal (S26).
#include "cli/replay_report.hpp"

#include "cli/output.hpp"
#include "ilbud/base/log.hpp"

namespace ilbud {
namespace {

// Counted by part, not by mail: a mail whose subject and text changed counts in both rows.
std::uint64_t& at(ReplayCounts& counts, MailPart part) {
    return counts.changed[static_cast<std::size_t>(part)];
}

// The HTML part mostly changes with the text; alone it is worth a word, since
// otherwise nothing would seem to have changed.
bool only_html(const MailDifference& mail) {
    return mail.changed.contains(MailPart::html) && !mail.changed.contains(MailPart::text);
}

std::string sender_of(const PlannedMail& mail) {
    std::string text = mail.from_name + " <" + mail.from + ">";
    if (!mail.reply_to.empty()) text += ", replies to " + mail.reply_to;
    return on_one_line(text);
}

// The stable word and its sentence, so that a reader can look either up.
std::string reason_line(std::string_view when, const std::string& reason) {
    if (reason.empty()) return {};
    const auto sentence = explain_skip(reason);
    return "    " + std::string(when) + reason + (sentence.empty() ? "" : ": " + std::string(sentence)) + "\n";
}

// Both values of something that changed, the old one first.
// Ten columns hold the longest name below and a space.
std::string pair_of_lines(const std::string& what, const std::string& then, const std::string& now) {
    const std::string name = "    " + what + std::string(what.size() < 10 ? 10 - what.size() : 1, ' ');
    return name + "- " + on_one_line(then) + "\n" + std::string(name.size(), ' ') + "+ " + on_one_line(now) + "\n";
}

// The lines of a text for a terminal: whatever it holds, none can leave its place (S26).
// 2,000 bytes a line are far above what a text part's lines have.
std::string indented_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out += "    " + on_one_line(text.substr(0, end), 2000) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

// The recipient of then names the mail, since that is how it is found in the log.
std::string changed_mail(const MailDifference& mail) {
    const auto& then = mail.then->mail;
    const auto& now = *mail.now;
    std::string out = "  changed: " + std::string(to_word(now.kind)) + " to " + on_one_line(then.to) + " (" +
                      std::string(to_word(mail.then->state)) + ")\n";
    if (mail.changed.contains(MailPart::recipient)) out += pair_of_lines("recipient", then.to, now.to);
    if (mail.changed.contains(MailPart::sender)) out += pair_of_lines("sender", sender_of(then), sender_of(now));
    // The language is not a part that counts as changed; it is shown because
    // it explains why everything else did.
    if (then.locale != now.locale)
        out += pair_of_lines("language", std::string(to_word(then.locale)), std::string(to_word(now.locale)));
    if (mail.changed.contains(MailPart::subject)) out += pair_of_lines("subject", mail.subject_then, mail.subject_now);
    // With no text of now there is nothing to compare, and the error says it all.
    if (mail.unwritten) return out + "    cannot be written: " + on_one_line(to_text(*mail.unwritten)) + "\n";
    if (mail.changed.contains(MailPart::text)) out += "    text\n" + indented_lines(mail.text_difference);
    if (only_html(mail)) out += "    text      the same; the HTML part differs\n";
    return out;
}

// `from` as well where one side is missing: which sender falls silent, or begins to speak, is the news.
std::string mail_for_people(const MailDifference& mail) {
    if (mail.then && mail.now) return changed_mail(mail);
    const auto& one = mail.then ? mail.then->mail : *mail.now;
    std::string out = "  " + std::string(mail.then ? "no longer mailed: " : "newly mailed: ") + std::string(to_word(one.kind)) +
                      " to " + on_one_line(one.to) + " from " + on_one_line(one.from);
    if (mail.then) out += " (" + std::string(to_word(mail.then->state)) + ")";
    return out + "\n" + reason_line(mail.then ? "" : "then ", mail.reason);
}

std::string heading(const StoredEvent& stored) {
    return "\nevent " + on_one_line(stored.id) + " from " + on_one_line(stored.source) + ", accepted " +
           short_time(stored.accepted_at);
}

// Leaves the object open: the side's state and subject follow.
void write_mail(JsonWriter& json, const PlannedMail& mail) {
    json.begin_object().field("id", mail.id).field("to", mail.to).field("from", mail.from).field("from_name", mail.from_name);
    json.field("reply_to", mail.reply_to).field("locale", to_word(mail.locale));
}

void write_side(JsonWriter& json, const MailDifference& mail) {
    if (mail.then) {
        json.key("then");
        write_mail(json, mail.then->mail);
        json.field("state", to_word(mail.then->state));
        // Subjects are there only where they differ.
        if (!mail.subject_then.empty()) json.field("subject", mail.subject_then);
        json.end_object();
    }
    if (mail.now) {
        json.key("now");
        write_mail(json, *mail.now);
        if (!mail.subject_now.empty()) json.field("subject", mail.subject_now);
        json.end_object();
    }
}

// As errors are told everywhere else: code, field, detail.
void write_error(JsonWriter& json, std::string_view name, const Error& error) {
    json.key(name)
        .begin_object()
        .field("code", error.code)
        .field("field", error.place)
        .field("detail", error.detail)
        .end_object();
}

void write_mail_difference(JsonWriter& json, const MailDifference& mail) {
    const auto& one = mail.then ? mail.then->mail : *mail.now;
    json.begin_object()
        .field("kind", to_word(one.kind))
        .field("change", !mail.now    ? "no_longer_mailed"
                         : !mail.then ? "newly_mailed"
                                      : "changed");
    // "because" is a sentence for people; programs go by "reason".
    if (!mail.reason.empty()) json.field("reason", mail.reason).field("because", explain_skip(mail.reason));
    if (mail.then && mail.now) {
        json.key("changed").begin_array();
        for (std::size_t i = 0; i < words<MailPart>.size(); ++i)
            if (mail.changed.contains(static_cast<MailPart>(i))) json.value(words<MailPart>[i]);
        json.end_array();
    }
    write_side(json, mail);
    if (!mail.text_difference.empty()) json.field("text_difference", mail.text_difference);
    if (mail.unwritten) write_error(json, "error", *mail.unwritten);
    json.end_object();
}

void write_rules(JsonWriter& json, std::string_view name, const std::vector<RuleStep>& rules) {
    json.key(name).begin_array();
    for (const auto& step : rules) json.begin_object().field("rule", step.rule).field("finding", step.finding).end_object();
    json.end_array();
}

void write_event(JsonWriter& json, const StoredEvent& stored) {
    json.begin_object().field("source", stored.source).field("id", stored.id).field("accepted_at", to_text(stored.accepted_at));
}

}  // namespace

// One event is the same or different as a whole; its mails are counted each. Times are those of acceptance, and
// events come in that order, so the first and the last seen are the bounds.
void ReplayCounts::add(const StoredEvent& stored, const EventDifference& difference) {
    ++events;
    if (!first) first = stored.accepted_at;
    last = stored.accepted_at;
    ++(difference.none() ? same : different);
    if (difference.refused) ++refused;
    mails_same += difference.mails_same;
    texts_unknown += difference.texts_unknown;
    for (const auto& mail : difference.mails) {
        if (!mail.now) ++no_longer_mailed;
        if (!mail.then) ++newly_mailed;
        // html is left out of the loop: it is counted only where the text is
        // the same, which is what its row says.
        for (const auto part : {MailPart::recipient, MailPart::sender, MailPart::subject, MailPart::text})
            if (mail.changed.contains(part)) ++at(*this, part);
        if (only_html(mail)) ++at(*this, MailPart::html);
    }
}

// A difference outweighs what could not be looked at: it is certain, whatever the rest would have shown. "No difference"
// would be no answer where there was nothing to compare: a typing error in a time must not read as a success.
int ReplayCounts::exit_status() const {
    if (events == 0) return 1;
    if (different > 0) return 3;
    return unreadable > 0 || pruned > 0 || texts_unknown > 0 ? 4 : 0;
}

namespace {

// Rows of zero are shown as well: that nothing changed in sender or recipient is what one wants to be sure of.
std::string comparison(const ReplayCounts& counts, const ReplayNames& names) {
    if (counts.events == 0)
        return "Nothing was replayed: no event of this time" +
               (names.unit.empty() ? "" : " and of unit " + on_one_line(names.unit)) +
               (counts.unreadable > 0 ? " can be read.\n" : " is stored.\n");
    std::string out = counted(counts.events, "event");
    if (counts.first) out += " accepted from " + short_time(*counts.first) + " to " + short_time(*counts.last);
    out += ": " + with_commas(counts.same) + " the same, " + with_commas(counts.different) + " different";
    if (counts.refused > 0) out += ", of these " + with_commas(counts.refused) + " would be refused";
    out += "\nthen: what was mailed; texts as " + names.then + " says them\nnow:  " + names.now + "\n\n";
    Table table({"mails", ""});
    table.right_align(1);
    const auto row = [&](const std::string& name, std::uint64_t number) { table.add({name, with_commas(number)}); };
    row("the same", counts.mails_same);
    row("newly mailed", counts.newly_mailed);
    row("no longer mailed", counts.no_longer_mailed);
    const auto part = [&](MailPart which) { return counts.changed[static_cast<std::size_t>(which)]; };
    row("other recipient", part(MailPart::recipient));
    row("other sender", part(MailPart::sender));
    row("other subject", part(MailPart::subject));
    row("other text", part(MailPart::text));
    row("only the HTML differs", part(MailPart::html));
    return out + table.text();
}

}  // namespace

// What was not replayed is said in full sentences below the table, or a reader would take
// the numbers for all of the time asked about.
std::string summary_for_people(const ReplayCounts& counts, const ReplayNames& names) {
    std::string out = comparison(counts, names);
    if (counts.pruned > 0)
        out += "\nNot replayed: " + counted(counts.pruned, "event") +
               " of this time, or from just before or after it, no longer stored (queue.keep is " + names.kept + ").\n";
    if (counts.unreadable > 0) out += "\nNot replayed: " + counted(counts.unreadable, "event") + " that can no longer be read.\n";
    if (counts.texts_unknown > 0)
        out += "\nNot compared: the text of " + counted(counts.texts_unknown, "mail") + ", which " + names.then +
               " cannot write any more.\n";
    return out;
}

// The rules come last: they say why, once the reader knows what.
std::string difference_for_people(const StoredEvent& stored, const Event& event, const EventDifference& difference) {
    std::string out = heading(stored) + " (" + std::string(to_word(event.type)) +
                      (event.unit.empty() ? "" : ", unit " + on_one_line(event.unit)) + ")\n";
    if (difference.refused) out += "  would be refused: " + on_one_line(to_text(*difference.refused)) + "\n";
    for (const auto& mail : difference.mails) out += mail_for_people(mail);
    if (difference.rules_then.empty() && difference.rules_now.empty()) return out;
    out += "  rules\n";
    const auto list = [&](const char* sign, const std::vector<RuleStep>& rules) {
        for (const auto& step : rules)
            out += sign + step.rule + std::string(step.rule.size() < 4 ? 4 - step.rule.size() : 0, ' ') + " " +
                   on_one_line(step.finding) + "\n";
    };
    list("    - ", difference.rules_then);
    list("    + ", difference.rules_now);
    return out;
}

std::string unreadable_for_people(const StoredEvent& stored, const Error& error) {
    return heading(stored) + "\n  cannot be replayed: " + on_one_line(to_text(error)) + "\n";
}

// The names of the rows, as stable words; "only_html" is the one that differs from the part's name.
void write_summary(JsonWriter& json, const ReplayCounts& counts) {
    json.begin_object()
        .key("summary")
        .begin_object()
        .field("events", counts.events)
        .field("same", counts.same)
        .field("different", counts.different);
    json.field("refused", counts.refused).field("unreadable", counts.unreadable).field("pruned", counts.pruned);
    json.key("mails")
        .begin_object()
        .field("same", counts.mails_same)
        .field("newly_mailed", counts.newly_mailed)
        .field("no_longer_mailed", counts.no_longer_mailed);
    for (std::size_t i = 0; i < words<MailPart>.size(); ++i)
        json.field(static_cast<MailPart>(i) == MailPart::html ? "only_html" : words<MailPart>[i], counts.changed[i]);
    json.field("texts_unknown", counts.texts_unknown).end_object().end_object().end_object();
}

void write_difference(JsonWriter& json, const StoredEvent& stored, const Event& event, const EventDifference& difference) {
    write_event(json, stored);
    json.field("type", to_word(event.type)).field("unit", event.unit);
    if (difference.refused) write_error(json, "refused", *difference.refused);
    json.key("mails").begin_array();
    for (const auto& mail : difference.mails) write_mail_difference(json, mail);
    json.end_array();
    write_rules(json, "rules_then", difference.rules_then);
    write_rules(json, "rules_now", difference.rules_now);
    json.end_object();
}

void write_unreadable(JsonWriter& json, const StoredEvent& stored, const Error& error) {
    write_event(json, stored);
    write_error(json, "unreadable", error);
    json.end_object();
}

}  // namespace ilbud
