// Reads the log from the store itself: no daemon is needed, and one that runs is not disturbed, since SQLite's
// WAL lets both work at once. Everything that stands in a mail's or an event's row may come from strangers, so
// all of it is escaped on its way to a terminal (S26): by Table, by on_one_line, or by the JSON writer.
#include <simdjson.h>

#include "cli/commands.hpp"
#include "cli/found_platform.hpp"
#include "cli/output.hpp"
#include "cli/secret_needs.hpp"
#include "ilbud/base/address.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/run_to_end.hpp"
#include "ilbud/policy/decide.hpp"
#include "ilbud/queue/queue.hpp"
#include "ilbud/settings/known_names.hpp"

namespace ilbud {
namespace {

// The log can still be read while the settings are in error.
Result<std::unique_ptr<StoreReader>> open_reader(const CommonOptions& common) {
    const auto found = found_platform(common);
    if (!found) return found.error();
    return open_sqlite_reader(found->platform.queue);
}

// One spelling for `mails --json` and `explain --json`, with the database's words; a member is never left out
// for being empty, except where that says something (due, superseded_by).
void write_mail(JsonWriter& json, const MailRow& mail) {
    json.begin_object();
    json.field("id", mail.id).field("source", mail.source).field("event", mail.event).field("kind", to_word(mail.kind));
    json.field("account", mail.account).field("unit", mail.unit).field("to", mail.to).field("from", mail.from);
    json.field("state", to_word(mail.state))
        .field("planned_at", to_text(mail.planned_at))
        .field("changed_at", to_text(mail.changed_at));
    // Of a finished mail the due time means nothing any more.
    if (mail.state == MailState::queued) json.field("due", to_text(mail.due));
    json.field("attempts", mail.attempts).field("uncertain", mail.uncertain).field("reason", mail.reason);
    json.field("code", mail.reply_code)
        .field("enhanced", mail.enhanced)
        .field("reply", mail.reply_text)
        .field("relay", mail.relay);
    if (const auto& newer = mail.superseded_by; !newer.id.empty())
        json.key("superseded_by").begin_object().field("source", newer.source).field("id", newer.id).end_object();
    json.end_object();
}

std::string reply_of(const MailRow& mail) {
    std::string text;
    if (mail.reply_code > 0) text += std::to_string(mail.reply_code) + " ";
    if (!mail.enhanced.empty()) text += mail.enhanced + " ";
    return text + mail.reply_text;
}

// R36: what made the mail pointless, and whether that was in time.
// A mail that had left already is not cancelled: the newer event is told all the
// same, for it explains what the recipient saw.
std::string superseded_by(const MailRow& mail) {
    const auto& newer = mail.superseded_by;
    const std::string by = "superseded by event " + on_one_line(newer.id) + " from " + on_one_line(newer.source);
    return mail.state == MailState::cancelled ? by : by + ", which came when it was on its way";
}

std::string reason_of(const MailRow& mail) {
    std::string reason = mail.reason + (mail.uncertain ? " (uncertain)" : "");
    if (!mail.superseded_by.id.empty() && mail.state == MailState::cancelled) reason += " by " + mail.superseded_by.id;
    return reason;
}

// R39: what people keep back, and until when; nothing for any other mail.
std::string kept_back(const MailRow& mail) {
    if (mail.state != MailState::queued || !is_kept_back(mail.reason)) return {};
    return std::string("kept back: ") +
           (mail.reason == test_mode_reason ? "the account is in test mode" : "its account, unit or kind is on hold") +
           "; it goes when that ends, and expires on " + short_time(mail.due);
}

// The mail's id comes last: it is long, and what one reads first stands on the left.
std::string mail_table(const std::vector<MailRow>& mails) {
    Table table({"planned", "kind", "state", "to", "from", "unit", "tries", "reason", "mail"});
    table.right_align(6);
    for (const auto& mail : mails)
        table.add({short_time(mail.planned_at), std::string(to_word(mail.kind)), std::string(to_word(mail.state)), mail.to,
                   mail.from, mail.unit, std::to_string(mail.attempts), reason_of(mail), mail.id});
    return table.text();
}

// The story in the order in which it happened: what the rules found, what was mailed, what was not and why.
void explain_for_people(const EventRow& event) {
    std::string out = "event " + on_one_line(event.id) + " from " + on_one_line(event.source) + ", accepted " +
                      short_time(event.accepted_at) + "\n\nrules\n";
    for (const auto& step : event.chain)
        // Rules are "R9" or "R36": padded to four, so that the findings stand below each other.
        out += "  " + step.rule + std::string(step.rule.size() < 4 ? 4 - step.rule.size() : 0, ' ') + " " +
               on_one_line(step.finding) + "\n";
    out += "\nmails\n";
    for (const auto& mail : event.mails) {
        out += "  " + std::string(to_word(mail.kind)) + " to " + on_one_line(mail.to) + " from " + on_one_line(mail.from) + ": " +
               std::string(to_word(mail.state));
        if (mail.state == MailState::queued) out += ", due " + short_time(mail.due);
        if (mail.attempts > 0) out += ", " + std::to_string(mail.attempts) + (mail.attempts == 1 ? " try" : " tries");
        // Told as what it means to the recipient: they may have the mail twice (S36).
        if (mail.uncertain) out += ", may have arrived before (the reply was lost)";
        out += "\n    " + mail.id;
        if (!mail.reason.empty()) out += "  " + mail.reason;
        if (!reply_of(mail).empty()) out += "  " + on_one_line(reply_of(mail));
        out += "\n";
        if (const auto kept = kept_back(mail); !kept.empty()) out += "    " + kept + "\n";
        if (!mail.superseded_by.id.empty()) out += "    " + superseded_by(mail) + "\n";
    }
    if (event.mails.empty()) out += "  none\n";
    out += "\nskipped\n";
    for (const auto& skip : event.skipped) {
        out += "  " + std::string(to_word(skip.kind)) + ": " + skip.reason;
        if (!skip.to.empty() || !skip.field.empty()) out += " (" + on_one_line(skip.to.empty() ? skip.field : skip.to) + ")";
        // The sentence for people beside the stable word, since scripts and readers look for different ones.
        if (const auto why = explain_skip(skip.reason); !why.empty()) out += ": " + std::string(why);
        if (skip.undeliverable) out += "\n    undeliverable: who was to get it must be reached in another way";
        out += "\n";
    }
    if (event.skipped.empty()) out += "  nothing\n";
    print(out);
}

void explain_as_json(const EventRow& event) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("source", event.source).field("id", event.id).field("accepted_at", to_text(event.accepted_at));
    json.key("rules").begin_array();
    for (const auto& step : event.chain) json.begin_object().field("rule", step.rule).field("finding", step.finding).end_object();
    json.end_array().key("mails").begin_array();
    for (const auto& mail : event.mails) write_mail(json, mail);
    json.end_array().key("skipped").begin_array();
    for (const auto& skip : event.skipped) {
        json.begin_object().field("kind", to_word(skip.kind)).field("reason", skip.reason);
        if (!skip.to.empty()) json.field("to", skip.to);
        if (!skip.field.empty()) json.field("field", skip.field);
        if (skip.undeliverable) json.field("undeliverable", true);
        json.field("because", explain_skip(skip.reason)).end_object();
    }
    json.end_array().end_object();
    print(out + "\n");
}

// The whole list is read: what is asked for is found in it here, so that each filter works with any other.
bool is_asked_for(const SuppressionOptions& options, const Suppression& one) {
    return (options.relay.empty() || one.relay == options.relay) && (!options.since || one.since >= *options.since);
}

// Asked where nothing was found. While the settings are being mended nobody knows who is in them, and nothing found is the
// answer.
Result<void> check_typed(const CommonOptions& common, const TypedNames& names) {
    const auto settings = load_settings(common.config, secret_need("mails").files);
    return settings ? check_names(*settings, names) : Result<void>();
}

// As events' addresses are kept: the domain as A-labels. What is no address is looked for as it stands.
MailQuery as_kept(MailQuery query) {
    if (const auto address = parse_address(query.to)) query.to = address->text();
    return query;
}

}  // namespace

// One object a line, not a list: the output of many thousands can be read and cut line by line.
int mails_command(const CommonOptions& common, const MailQuery& query) {
    const auto reader = open_reader(common);
    if (!reader) return refuse({reader.error()}, common.json);
    const auto page = run_to_end((*reader)->log().mails(as_kept(query)));
    if (!page) return refuse({page.error()}, common.json);
    const auto& mails = page->mails;
    if (mails.empty())
        if (const auto known = check_typed(common, {.unit = query.unit}); !known) return refuse({known.error()}, common.json);
    if (common.json) {
        for (const auto& mail : mails) {
            std::string line;
            JsonWriter json(line);
            write_mail(json, mail);
            print(line + "\n");
        }
        return 0;
    }
    print(mails.empty() ? "no mails\n" : mail_table(mails));
    return 0;
}

int explain_command(const CommonOptions& common, const std::string& source, const std::string& id) {
    const auto reader = open_reader(common);
    if (!reader) return refuse({reader.error()}, common.json);
    const auto event = run_to_end((*reader)->log().event(source, id));
    // Stored events only: what was refused at the door has left nothing to explain.
    if (!event) return refuse({{"event_unknown", source + " " + id, "no event with this source and id is stored"}}, common.json);
    if (common.json)
        explain_as_json(*event);
    else
        explain_for_people(*event);
    return 0;
}

int list_suppressions_command(const CommonOptions& common, const SuppressionOptions& options) {
    const auto reader = open_reader(common);
    if (!reader) return refuse({reader.error()}, common.json);
    Table table({"since", "account", "address", "kinds", "source", "reason", "relay", "until"});
    std::size_t shown = 0;
    for (const auto& suppression : run_to_end((*reader)->suppressions().list(options.account))) {
        if (!is_asked_for(options, suppression) || (options.dry_run && suppression.source != SuppressionSource::reply)) continue;
        ++shown;
        if (common.json) {
            std::string line;
            JsonWriter(line)
                .begin_object()
                .field("since", to_text(suppression.since))
                .field("account", suppression.account)
                .field("address", suppression.address)
                .field("kinds", suppression.kinds.empty() ? "all" : suppression.kinds)
                .field("source", to_word(suppression.source))
                .field("reason", suppression.reason)
                .field("relay", suppression.relay)
                .field("evidence", suppression.evidence)
                .field("expires", suppression.expires ? to_text(*suppression.expires) : std::string())
                .end_object();
            print(line + "\n");
        }
        table.add({short_time(suppression.since), suppression.account, suppression.address,
                   suppression.kinds.empty() ? "all" : suppression.kinds, std::string(to_word(suppression.source)),
                   suppression.reason, suppression.relay,
                   suppression.expires ? short_time(*suppression.expires) : std::string()});
    }
    if (shown == 0)
        if (const auto known = check_typed(common, {.account = options.account, .relay = options.relay}); !known)
            return refuse({known.error()}, common.json);
    if (!common.json) print(table.empty() ? "none\n" : table.text());
    if (!common.json && options.dry_run)
        print(std::to_string(shown) + (shown == 1 ? " address" : " addresses") + " would be mailed again\n");
    return 0;
}

}  // namespace ilbud
