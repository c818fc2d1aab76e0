// The report as a letter to whoever keeps the customer's DNS, often a stranger who never heard of us.
// So it opens with who asks and why, gives every record once and ready to paste, says of each what
// happens without it, and keeps what is ours apart from what is theirs. One list of findings is gone
// through several times, once a section: a finding belongs to the sections that its severity and remedy
// choose, and the judges need not know of any section.
#include "ilbud/check/domain_text.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "domain_words.hpp"
#include "finding_facts.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/base/readable_names.hpp"
#include "ilbud/dns/mail_records.hpp"
#include "ilbud/render/format.hpp"
#include "paragraphs.hpp"
#include "provider_text.hpp"

namespace ilbud {
namespace {

// As mail wants its lines (RFC 5322 §2.1.1).
constexpr std::size_t columns_max = 78;
// A record of a stranger's zone may be of any length; enough is shown to recognise it.
constexpr std::size_t shown_bytes_max = 400;  // of a record that was found
// Fits within columns_max behind the indent; a key in base64 is one word that no wrapping helps.
constexpr std::size_t line_bytes_max = 68;  // of one that cannot be wrapped
// Above FindingBuilder::proposal_bytes_max, so that a proposal is not cut: half a record is worse than none.
constexpr std::size_t paste_bytes_max = 4096;  // of one to publish; the judges propose none that is longer
constexpr std::string_view indent = "   ";
constexpr std::string_view deep = "     ";

enum class Subject { domain, spf, dkim, dmarc, mx, sources, extras };

// By the code's first word, so that a new code joins its subject without an entry here. "source" stands without
// its underscore, for source_… and sources_… alike.
Subject subject_of(FindingCode code) {
    const auto word = to_word(code);
    static constexpr std::pair<std::string_view, Subject> prefixes[] = {
        {"domain_", Subject::domain}, {"spf_", Subject::spf},       {"dkim_", Subject::dkim},   {"dmarc_", Subject::dmarc},
        {"mx_", Subject::mx},         {"source", Subject::sources}, {"helo_", Subject::sources}};
    for (const auto& [prefix, subject] : prefixes)
        if (word.starts_with(prefix)) return subject;
    return Subject::extras;
}

bool is_wrong(const Finding& finding) {
    return finding.severity == Severity::fault || finding.severity == Severity::warning;
}
// The sections below are chosen by these six. A fault of ours is not theirs, however grave; a finding that is
// unknown is in no list of things to do; and a remark without a remedy is still a suggestion.
bool is_theirs(const Finding& finding) {
    return is_wrong(finding) && finding.remedy != Remedy::ours;
}
bool is_ours(const Finding& finding) {
    return finding.remedy == Remedy::ours;
}
bool is_unknown(const Finding& finding) {
    return finding.severity == Severity::unknown;
}
bool is_suggestion(const Finding& finding) {
    return finding.severity == Severity::remark && finding.remedy != Remedy::ours;
}
bool is_fine(const Finding& finding) {
    return finding.severity == Severity::fine;
}

// A record as it was found: words wrap, but a key fills no page.
// Without the check for long words a key would be broken over the page, and someone would copy it from there.
std::string shown(std::string_view record) {
    std::size_t longest = 0;
    for (const auto word : split(record, ' ')) longest = std::max(longest, word.size());
    return on_one_line(record, longest > line_bytes_max ? line_bytes_max : shown_bytes_max);
}

// One report, one use: the numbers, the records already printed and the
// sentences already said are the state of one page.
class Writer {
 public:
    Writer(const DomainReport& report, Locale language)
        : report_(report), words_(domain_words(language)), language_(language), zone_(organisational_domain(report.domain)) {
        for (const auto& finding : report.findings)
            if (!finding.publish.empty()) proposed_.insert(subject_of(finding.code));
    }

    // What must be done comes before what is well: most readers stop at the last thing that they have to do.
    std::string whole() {
        page_.heading(names_.told(fill(words_.title)), '=');
        page_.gap();
        page_.paragraph(names_.told(
            report_.from.empty()
                ? fill(words_.opening_no_address)
                : filled(words_.opening, {{"domain", report_.domain}, {"from", format_list(report_.from, language_)}})));
        summary();
        numbered(words_.changes, is_theirs);
        listed(words_.unanswered, is_unknown, true);
        listed(words_.ours, is_ours, true);
        numbered(words_.suggestions, is_suggestion);
        listed(words_.all_well, is_fine, false);
        providers();
        page_.gap();
        // Thanks only where something was asked for.
        if (std::any_of(report_.findings.begin(), report_.findings.end(), is_theirs)) page_.paragraph(words_.closing);
        return page_.take();
    }

    // For whoever wants nothing but the records: the same items, so that the numbers begin at 1 here too.
    std::string records_only() {
        for (const auto& finding : report_.findings)
            if (is_theirs(finding) && !finding.publish.empty()) item(finding);
        return page_.take();
    }

 private:
    [[nodiscard]] std::string fill(std::string_view text) const { return filled(text, {{"domain", report_.domain}}); }

    [[nodiscard]] std::string_view label(Subject subject) const {
        switch (subject) {
            case Subject::domain:
                return words_.domain;
            case Subject::spf:
                return "SPF";
            case Subject::dkim:
                return "DKIM";
            case Subject::dmarc:
                return "DMARC";
            case Subject::mx:
                return "MX";
            case Subject::sources:
                return words_.sources;
            case Subject::extras:
                break;
        }
        return words_.extras;
    }

    // The three subjects that a customer can fix, on one screen; the rest is below.
    void summary() {
        page_.gap();
        page_.paragraph(std::string(words_.result) + ' ' +
                        std::string(words_.verdicts[static_cast<std::size_t>(report_.verdict)]));
        page_.gap();
        for (const auto subject : {Subject::spf, Subject::dkim, Subject::dmarc})
            // Seven columns: "DMARC" and two spaces.
            page_.line("  " + padded(label(subject), 7) + std::string(state(subject)));
        if (std::none_of(report_.findings.begin(), report_.findings.end(), is_theirs)) return;
        page_.gap();
        page_.paragraph(words_.legend);
    }

    // The worst comes first: what they must change, then what we must, then what
    // nobody knows. Remarks leave a subject in order.
    [[nodiscard]] std::string_view state(Subject subject) const {
        const auto any = [&](bool (*matches)(const Finding&)) {
            return std::any_of(report_.findings.begin(), report_.findings.end(),
                               [&](const Finding& each) { return subject_of(each.code) == subject && matches(each); });
        };
        if (any(is_theirs)) return words_.to_change;
        if (any([](const Finding& each) { return is_wrong(each) && is_ours(each); })) return words_.with_us;
        return any(is_unknown) ? words_.not_checked : words_.in_order;
    }

    void numbered(std::string_view heading, bool (*belongs)(const Finding&)) {
        bool first = true;
        for (const auto& finding : report_.findings) {
            if (!belongs(finding) || is_said_elsewhere(finding)) continue;
            if (std::exchange(first, false)) page_.heading(heading, '-');
            item(finding);
        }
    }

    [[nodiscard]] FindingText words_of(const Finding& finding) {
        auto text = finding_text(finding, report_.domain, language_);
        return {names_.told(text.found), said_.contains(text.without) ? text.without : names_.told(text.without)};
    }

    // A sentence about consequences, and a record, come once: several findings about SPF propose the same
    // record, and copies of it might well be published as several records.
    void item(const Finding& finding) {
        const auto text = words_of(finding);
        page_.gap();
        ++number_;
        const auto number = std::to_string(number_) + (number_ < 10 ? "." : ". ");
        page_.paragraph(std::string(label(subject_of(finding.code))) + ": " + text.found, padded(number, indent.size()), indent);
        // insert says whether it is new, so said_ is asked and filled in one step.
        if (!text.without.empty() && said_.insert(text.without).second) page_.paragraph(text.without, indent, indent);
        bill(finding);
        const auto earlier = printed_.find(key_of(finding));
        if (!finding.publish.empty() && earlier != printed_.end()) {
            page_.paragraph(filled(words_.same_record, {{"number", std::to_string(earlier->second)}}), indent, indent);
            return;
        }
        found(finding);
        if (finding.publish.empty()) {
            // Without a record to paste there may still be something to put right by
            // hand; what, the finding's own words tell.
            if (finding.remedy != Remedy::correct || goes_on(finding)) return;
            if (!finding.found.empty()) page_.gap();
            const auto numbers = mending(finding);
            page_.paragraph(numbers.empty() ? std::string(words_.correct) : filled(words_.mended_by, {{"numbers", numbers}}),
                            indent, indent);
            return;
        }
        printed_.emplace(key_of(finding), number_);
        given_.emplace_back(subject_of(finding.code), number_);
        page_.gap();
        // A CNAME tolerates nothing beside it (RFC 1034 §3.6.2), so "replace" would
        // fail in forms that add before they delete.
        const bool alias = finding.publish.front().type == RecordType::cname;
        const bool moves = finding.code == FindingCode::dmarc_misplaced || finding.code == FindingCode::dmarc_at_domain;
        const auto& asking = finding.remedy == Remedy::publish          ? words_.publish
                             : alias || moves                           ? words_.replace_alias
                             : subject_of(finding.code) == Subject::spf ? words_.replace_text
                                                                        : words_.replace;
        page_.paragraph(asking, indent, indent);
        for (const auto& each : finding.publish) record(each);
        // What is about a proposal, below it: what it leaves out, and whose policy it keeps to.
        if (subject_of(finding.code) == Subject::spf)
            for (const auto code : {FindingCode::spf_terms_left_out, FindingCode::spf_terms_guessed}) remark(code);
        if (subject_of(finding.code) == Subject::dmarc) remark(FindingCode::dmarc_inherited_meanwhile);
    }

    // Below a proposal, or nowhere: that we are named is no comfort where our mail does not pass.
    [[nodiscard]] bool is_said_elsewhere(const Finding& finding) const {
        const auto code = finding.code;
        if (code == FindingCode::spf_terms_left_out || code == FindingCode::spf_terms_guessed ||
            code == FindingCode::dmarc_inherited_meanwhile)
            return proposed_.contains(subject_of(code));
        return (code == FindingCode::spf_fine || code == FindingCode::spf_through_includes) && report_.spf == RuleAnswer::fails;
    }

    // Whether a later item about SPF asks for the same, and says how: what there is no room for cannot just be added.
    [[nodiscard]] bool goes_on(const Finding& finding) const {
        return subject_of(finding.code) == Subject::spf &&
               std::any_of(&finding + 1, report_.findings.data() + report_.findings.size(), [](const Finding& each) {
                   return subject_of(each.code) == Subject::spf && is_theirs(each) && each.remedy == Remedy::correct;
               });
    }

    void remark(FindingCode code) {
        for (const auto& finding : report_.findings) {
            if (finding.code != code) continue;
            const auto text = words_of(finding);
            page_.gap();  // the line for a zone file ends here
            page_.paragraph(text.found + ' ' + text.without, indent, indent);
        }
    }

    void bill(const Finding& finding) {
        const auto parts = bill_of(finding);
        if (parts.empty()) return;
        page_.gap();
        page_.paragraph(words_.bill, indent, indent);
        for (const auto& [count, term] : parts)
            page_.line(std::string(deep) + padded(count > 0 ? std::to_string(count) : "", 4) + on_one_line(term, line_bytes_max));
    }

    // The items with a record that let our mail pass the domain's own policy, which is then to stay as it is: "1–3", "1 and 3".
    [[nodiscard]] std::string mending(const Finding& finding) const {
        const auto by = fact_of(finding.facts, "mended_by");
        std::vector<int> numbers;
        for (const auto& [subject, number] : given_)
            if ((subject == Subject::dkim && by.find("dkim") != std::string::npos) ||
                (subject == Subject::spf && by.find("spf") != std::string::npos))
                numbers.push_back(number);
        return numbers_text(numbers, language_);
    }

    // By value, not by code: two findings with one record are one task for the reader.
    static std::string key_of(const Finding& finding) {
        std::string key;
        for (const auto& each : finding.publish) key += zone_text(each) + '\n';
        return key;
    }

    void found(const Finding& finding) {
        if (finding.found.empty() || is_fine(finding)) return;
        // Once is enough, but where it is to be replaced.
        if (!shown_.insert(finding.found).second && finding.publish.empty()) return;
        page_.gap();
        page_.paragraph(words_.found, indent, indent);
        for (const auto& each : finding.found) page_.paragraph(shown(each), deep, "       ");
    }

    // Web forms of DNS hosts want the name inside the zone, and add the zone by themselves;
    // a full name there makes dkim_alias_misplaced. The zone is taken to be the
    // organisational domain, as it is for most customers.
    [[nodiscard]] std::string in_form(const std::string& name) const {
        if (name == zone_) return "@";
        return name.ends_with('.' + zone_) ? name.substr(0, name.size() - zone_.size() - 1) : name;
    }

    // Twice: as a web form's fields, and as a zone file's line, since nobody
    // can know which of them the reader has.
    void record(const DnsRecord& record) {
        const auto width = 2 + std::max({display_width(words_.name), display_width(words_.type), display_width(words_.ttl),
                                         display_width(words_.value)});
        const auto field = [&](std::string_view name, const std::string& value) {
            page_.line(std::string(deep) + padded(name, width) + value);
        };
        const auto host = in_form(record.name);
        const auto full = filled(words_.in_full, {{"name", record.name}});
        // The full name goes to a line of its own rather than beyond the edge:
        // a wrapped line would break the name.
        const bool fits = deep.size() + width + display_width(host) + 1 + display_width(full) <= columns_max;
        field(words_.name, fits ? host + ' ' + full : host);
        if (!fits) field("", full);
        field(words_.type, std::string(type_name(record.type)));
        field(words_.ttl, std::to_string(std::chrono::duration_cast<std::chrono::seconds>(record.ttl).count()));
        // Not wrapped and not cut: what is pasted must be one piece, even if it runs off the
        // page. Control characters are still escaped (S26).
        field(words_.value, on_one_line(record.value, paste_bytes_max));
        page_.paragraph(words_.zone_line, indent, indent);
        const auto zone = zone_text(record, columns_max - deep.size());
        // Only zone_text's own line ends come here: quoted() has turned those of the record into \010.
        for (std::size_t at = 0; at < zone.size();) {
            const auto end = std::min(zone.find('\n', at), zone.size());
            page_.line(std::string(deep) + zone.substr(at, end - at));
            at = end + 1;
        }
    }

    void listed(std::string_view heading, bool (*belongs)(const Finding&), bool with_consequence) {
        bool first = true;
        for (const auto& finding : report_.findings) {
            if (!belongs(finding) || is_said_elsewhere(finding)) continue;
            if (std::exchange(first, false)) {
                page_.heading(heading, '-');
                page_.gap();
            }
            const auto text = words_of(finding);
            page_.paragraph(std::string(label(subject_of(finding.code))) + ": " + text.found, " - ", indent);
            if (with_consequence && !text.without.empty() && said_.insert(text.without).second)
                page_.paragraph(text.without, indent, indent);
            // What stands in the DNS is shown here as well where it is ours: no numbered item does it.
            if (is_ours(finding))
                for (const auto& each : finding.found) page_.paragraph(shown(each), deep, "       ");
        }
    }

    void providers() {
        if (report_.providers.empty()) return;
        page_.heading(words_.providers, '-');
        page_.gap();
        for (const auto& verdict : report_.providers)
            page_.paragraph(std::string(provider_name(verdict.provider)) + ": " + provider_line(verdict, words_, language_),
                            " - ", indent);
    }

    const DomainReport& report_;
    const DomainWords& words_;
    Locale language_;
    // The organisational domain, to which names in web forms are relative.
    std::string zone_;
    std::set<Subject> proposed_;  // with a record to publish
    ReadableNames names_;
    Paragraphs page_;
    int number_ = 0;
    std::map<std::string, int> printed_;          // the records of each item, and its number
    std::vector<std::pair<Subject, int>> given_;  // the subject of each item with a record, and its number
    std::set<std::vector<std::string>> shown_;    // what was found
    std::set<std::string> said_;                  // what happens without it, once is enough
};

}  // namespace

std::string domain_text(const DomainReport& report, Locale language) {
    return Writer(report, language).whole();
}

std::string records_text(const DomainReport& report, Locale language) {
    return Writer(report, language).records_only();
}

}  // namespace ilbud
