#include "cli/replay_report.hpp"

#include "cli/output.hpp"
#include "ilbud/base/log.hpp"

namespace ilbud {
namespace {

std::uint64_t& at(ReplayCounts& counts, MailPart part) {
    return counts.changed[static_cast<std::size_t>(part)];
}

bool only_html(const MailDifference& mail) {
    return mail.changed.contains(MailPart::html) && !mail.changed.contains(MailPart::text);
}

std::string sender_of(const PlannedMail& mail) {
    std::string text = mail.from_name + " <" + mail.from + ">";
    if (!mail.reply_to.empty()) text += ", replies to " + mail.reply_to;
    return on_one_line(text);
}

std::string reason_line(std::string_view when, const std::string& reason) {
    if (reason.empty()) return {};
    const auto sentence = explain_skip(reason);
    return "    " + std::string(when) + reason + (sentence.empty() ? "" : ": " + std::string(sentence)) + "\n";
}

// Both values of something that changed, the old one first.
std::string pair_of_lines(const std::string& what, const std::string& then, const std::string& now) {
    const std::string name = "    " + what + std::string(what.size() < 10 ? 10 - what.size() : 1, ' ');
    return name + "- " + on_one_line(then) + "\n" + std::string(name.size(), ' ') + "+ " + on_one_line(now) + "\n";
}

// The lines of a text for a terminal: whatever it holds, none can leave its place (S26).
std::string indented_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out += "    " + on_one_line(text.substr(0, end), 2000) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string changed_mail(const MailDifference& mail) {
    const auto& then = mail.then->mail;
    const auto& now = *mail.now;
    std::string out = "  changed: " + std::string(to_word(now.kind)) + " to " + on_one_line(then.to) + " (" +
                      std::string(to_word(mail.then->state)) + ")\n";
    if (mail.changed.contains(MailPart::recipient)) out += pair_of_lines("recipient", then.to, now.to);
    if (mail.changed.contains(MailPart::sender)) out += pair_of_lines("sender", sender_of(then), sender_of(now));
    if (then.locale != now.locale)
        out += pair_of_lines("language", std::string(to_word(then.locale)), std::string(to_word(now.locale)));
    if (mail.changed.contains(MailPart::subject)) out += pair_of_lines("subject", mail.subject_then, mail.subject_now);
    if (mail.unwritten) return out + "    cannot be written: " + on_one_line(to_text(*mail.unwritten)) + "\n";
    if (mail.changed.contains(MailPart::text)) out += "    text\n" + indented_lines(mail.text_difference);
    if (only_html(mail)) out += "    text      the same; the HTML part differs\n";
    return out;
}

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

void write_mail(JsonWriter& json, const PlannedMail& mail) {
    json.begin_object().field("id", mail.id).field("to", mail.to).field("from", mail.from).field("from_name", mail.from_name);
    json.field("reply_to", mail.reply_to).field("locale", to_word(mail.locale));
}

void write_side(JsonWriter& json, const MailDifference& mail) {
    if (mail.then) {
        json.key("then");
        write_mail(json, mail.then->mail);
        json.field("state", to_word(mail.then->state));
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
        for (const auto part : {MailPart::recipient, MailPart::sender, MailPart::subject, MailPart::text})
            if (mail.changed.contains(part)) ++at(*this, part);
        if (only_html(mail)) ++at(*this, MailPart::html);
    }
}

int ReplayCounts::exit_status() const {
    if (different > 0) return 3;
    return unreadable > 0 || pruned > 0 || texts_unknown > 0 ? 4 : 0;
}

namespace {

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
