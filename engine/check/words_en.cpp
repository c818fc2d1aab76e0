// English, the table that the others are held against: a test compares each entry's placeholders with
// those here. The reader keeps a customer's DNS and may never have heard of us, so "we" are the
// senders, "you" is used sparingly, and no sentence takes an RFC as known. Each `found` is one
// sentence that stands alone behind "SPF: "; each `without` says what happens as long as nothing is
// done, or what helps where there is no record to paste.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& english_domain_words() {
    using enum FindingCode;
    // Sentences that several findings share. Shared views also keep the report short: a
    // sentence that was said is not said again.
    static constexpr std::string_view unsigned_mail =
        "Both CNAME records are needed: one leads to the key that signs now, the other to the next one, so that keys can be "
        "changed "
        "without troubling you. Unsigned mail is more often treated as spam.";
    static constexpr std::string_view ours_to_mend = "Until we have put this right, mail cannot be signed in the domain's name.";
    static constexpr std::string_view silent_servers =
        "This says nothing about the records themselves. But while the domain's name servers do not answer, receivers may hold "
        "back its "
        "mail as well.";
    static const DomainWords words{
        .title = "Check of the DNS records of {domain}",
        .opening =
            "We send e-mail on behalf of {domain}, from {from}. For it to arrive, the domain's DNS has to name us as a sender. "
            "This is what we found there.",
        .opening_no_address =
            "We send e-mail on behalf of {domain}. For it to arrive, the domain's DNS has to name us as a sender. "
            "This is what we found there.",
        .result = "Result:",
        // By DomainVerdict, each behind "Result: ", hence the small letters; unknown comes first in the enum.
        .verdicts = {"some answers of the DNS are missing, so nothing certain can be said.",
                     "mail from the domain will often be treated as spam or refused.",
                     "mail can be sent. Signing it (DKIM) is not fully in place.",
                     "mail is sent and signed. Only DMARC is missing.", "everything that is needed is in place."},
        .in_order = "in order",
        .to_change = "needs a change",
        .with_us = "we see to it",
        .not_checked = "could not be checked",
        .legend =
            "SPF names the servers that may send mail for the domain. With DKIM, receivers check by a signature that a mail is "
            "genuine. DMARC tells them what to do with mail that passes neither. Receivers are the mail servers of those who get "
            "the mail, for instance Gmail's. The changes are made where the domain's DNS is kept, most often with the web host "
            "or the company where the domain is registered.",
        .changes = "What needs to be changed",
        .unanswered = "What could not be checked",
        .ours = "What we see to ourselves (nothing for you to do)",
        .suggestions = "Suggestions",
        .all_well = "What is in order",
        .providers = "Would the mail be accepted?",
        .domain = "Domain",
        .sources = "Our mail servers",
        .extras = "Additional",
        .found = "This was found:",
        .publish = "Please publish this record:",
        .replace = "Please replace what was found with this record:",
        .replace_text = "Please replace what was found with this record; other TXT records with the same name stay as they are:",
        // For CNAMEs: nothing may stand beside one, so replacing means deleting first.
        .replace_alias = "Please delete what was found and publish this record instead:",
        .correct = "Please correct this in the domain's DNS.",
        .mended_by = "What is given under {numbers} puts this right; leave the DMARC policy as it is.",
        .same_record = "The record given under {number} puts this right as well.",
        .bill = "So many times each part makes them ask:",
        .take_out = "It is enough, for example, to remove {terms}, if the domain no longer sends mail that way.",
        .take_out_any = "It helps to remove services that no longer send mail for the domain.",
        .name = "Name:",
        // Stands behind the short name that a web form wants.
        .in_full = "(in full: {name})",
        .type = "Type:",
        .ttl = "TTL:",
        .value = "Value:",
        .zone_line = "The same for a zone file:",
        .passes = "yes",
        // About 5,000 is the providers' own figure for large senders (Gmail and Outlook.com).
        .passes_small = "yes in small numbers. For more than about 5,000 mails a day this is missing: {rules}",
        .fails = "no. Missing: {rules}",
        .undecided = "cannot be said. Not known: {rules}",
        // By SenderRule; read in a list ("Missing: SPF and DKIM"), so none is a sentence.
        .rules = {"SPF or DKIM", "SPF", "DKIM", "DMARC", "a sender address that agrees with SPF or DKIM",
                  "names for our mail servers' addresses", "encryption (TLS)", "one-click unsubscribing",
                  "a DKIM signature that agrees with the sender address", "an SOA record for the domain",
                  "a sender address that can be answered (MX)"},
        .closing =
            "Changes can be seen everywhere when the old records' TTL has run out, as a rule within an hour to a day. Thank you "
            "for your help.",
        // By DnsFailure; each stands in parentheses.
        .failures = {"no reason was given", "no answer came in time", "the name server answers with the error {code}",
                     "the signature of the answer (DNSSEC) is not valid",
                     "CNAME records lead in a circle, or there are too many of them", "the answer could not be read",
                     "the check may not ask any more questions"},
        // By SpfCause::Kind; each is a sentence.
        .causes =
            {"No reason is known.",
             "What decides is \"{term}\" in the record of {record}.",
             "Nothing in the record of {record} names this address.",
             "Reading the record may take {most} questions to the DNS at most; at \"{term}\" in the record of {record} it takes "
             "more.",
             "Reading the record takes {count} questions to the DNS; at most {most} are allowed.",
             "\"{term}\" in the record of {record} finds nothing in the DNS; more than {most} such parts are not allowed.",
             "{count} parts of the record find nothing in the DNS; at most {most} are allowed.",
             "{name} has {count} mail servers (MX); for \"{term}\" receivers look at {most} at most.",
             "The DNS gives no answer about {name} that can be used ({failure}).",
             "{name} is no IP address.",
             "{name} cannot be a domain name.",
             "The name {name} does not exist.",
             "{name} has no SPF record.",
             "{record} has {count} SPF records; only one is allowed.",
             "The record of {record} has {count} characters; receivers read {most} at most.",
             "\"{term}\" in the record of {record} has a character that may not stand there (character {at}).",
             "\"{term}\" in the record of {record} is nothing that SPF knows (character {at}).",
             "\"{term}\" in the record of {record} stands there a second time (character {at}).",
             "In \"{term}\" in the record of {record} nothing may follow \"all\" without a space (character {at}).",
             "In \"{term}\" in the record of {record} the domain name is missing or wrong (character {at}).",
             "In \"{term}\" in the record of {record} the number behind the slash must be from 0 to {most} (character {at}).",
             "In \"{term}\" in the record of {record} the IP address is missing or wrong (character {at}).",
             "In \"{term}\" in the record of {record} a part with \"%\" is wrong (character {at}).",
             "\"{term}\" in the record of {record} leads back to where it came from, and so in a circle.",
             "It includes more than {most} other records."},
        .led_by = "\"{term}\" in the record of {record} leads there.",
        // In the order of FindingCode and indexed by it; the code in front of each
        // line is what the test checks the order by.
        .findings = {{
            {domain_missing, "The domain {domain} does not exist in the DNS.",
             "Receivers refuse mail from a domain that does not exist. Please check the spelling, and that the domain is "
             "registered and "
             "paid for."},
            // SPF. What receivers do is said carefully ("often", "may"): they differ, and a report that
            // threatens too much is not believed.
            {spf_fine, "The SPF record names us as a sender (include:{include}).", ""},
            {spf_older_include,
             "The SPF record names us as a sender by an older name of ours (include:{include}); the present one is "
             "{recommended}.",
             "The older name still works. Once it is withdrawn, receivers would no longer accept us as a sender."},
            {spf_through_includes, "The SPF record names us as a sender by way of {via} (include:{include}).", ""},
            {spf_by_address, "The SPF record lets our addresses pass, but without the name {recommended}.",
             "When our addresses change, the record has to be changed as well. With the name in it that happens by itself."},
            {spf_missing, "The domain has no SPF record.",
             "Receivers cannot see that we may send for the domain, and often treat the mail as spam or refuse it. If others "
             "also send "
             "for the domain, for instance a newsletter service, they must be named in the same record."},
            {spf_unrecognised, "A TXT record of the domain is meant as SPF, but receivers do not recognise it as such.",
             "Receivers cannot see that we may send for the domain, and often treat the mail as spam or refuse it. The record "
             "must begin with v=spf1 and a space, without quotation marks of its own."},
            {spf_several, "The domain has {count} SPF records. Only one is allowed.",
             "Receivers count all of them as invalid and often treat the mail as spam. They have to become one."},
            {spf_include_missing, "The SPF record does not name us as a sender (include:{recommended} is missing).",
             "Receivers cannot see that we may send for the domain, and often treat the mail as spam or refuse it."},
            {spf_include_not_counted,
             "The SPF record names {include}, but in such a way that it lets no mail of ours pass ({term}).",
             "A name counts only without a sign or with \"+\", and only in front of \"all\". Receivers often treat our mail as "
             "spam or refuse it."},
            {spf_invalid, "The SPF record is invalid. {why}",
             "Receivers take an invalid record as an error, for all mail from the domain."},
            {spf_too_many_lookups,
             "To read the SPF record, receivers have to ask the DNS {count} times. At most {most} times are allowed.",
             "Receivers count the record as invalid. {help}"},
            {spf_no_room,
             "An SPF record with all the parts of today's and our name would make receivers ask the DNS {count} times. At most "
             "{most} times are allowed.",
             "Receivers would count such a record as invalid, so there is none to propose. {help}"},
            {spf_near_lookup_limit,
             "With our name in it, receivers have to ask the DNS {count} times to read the SPF record. At most {most} times are "
             "allowed.",
             "Beyond that, receivers count the record as invalid; the number can also grow in records that it includes. It helps "
             "to remove "
             "services that no longer send for the domain."},
            {spf_too_many_voids,
             "{count} parts of the SPF record name something that is not in the DNS. At most {most} such parts are allowed.",
             "Receivers count the record as invalid. It helps to remove names that no longer exist."},
            {spf_permits_all, "The SPF record lets everybody send as the domain ({term}).",
             "Anybody can forge mail from the domain, and receivers trust its own mail less."},
            {spf_permits_half, "The SPF record lets half of all addresses on the Internet send as the domain ({term}).",
             "Very many can forge mail from the domain, and receivers trust its own mail less."},
            {spf_neutral_end,
             "The SPF record does not say that others may not send as the domain (it ends with ?all, or without all).",
             "Forged mail from the domain gets through more easily."},
            {spf_terms_left_out, "The proposed SPF record leaves out {terms}.",
             "At present nobody may send by these parts, and with them the record is invalid or makes receivers ask the DNS too "
             "often."},
            {spf_terms_idle, "These parts of the SPF record count for nothing: {terms}.",
             "They are misspelt, or they stand behind \"all\" or beside it. Servers that they were meant for are not permitted."},
            {spf_terms_guessed, "Parts of the SPF record could be meant in more than one way. We read them like this: {terms}.",
             "Please check these addresses and names before you publish the record."},
            {spf_source_passes, "Mail from our address {address} passes SPF.", ""},
            {spf_partial, "Mail from our address {address} does not pass SPF. {why}",
             "Receivers often treat mail from this address as spam or refuse it."},
            // This and the other …_unknown words blame the name servers, not the
            // record: nothing is known of the record (S43).
            {spf_unknown, "SPF could not be checked. {why}", silent_servers},
            // DKIM. The names are spelled in full, since one customer may have several of ours.
            {dkim_ready, "{name} leads to the key that signs the mail.", ""},
            {dkim_idle, "{name} leads to {target}. No key is in use there at present, which is as it should be.", ""},
            {dkim_alias_missing, "The CNAME record {name} is missing.", unsigned_mail},
            {dkim_alias_wrong, "The CNAME record {name} does not lead to {target}.", unsigned_mail},
            {dkim_alias_extended,
             "The CNAME record {name} leads to {target} with another name added to it. Often a dot is missing at the end of the "
             "target.",
             unsigned_mail},
            {dkim_alias_misplaced, "The record for {name} stands at {misplaced}, with the domain's name in it twice.",
             "Many web forms add the domain by themselves; then only the part before it has to be entered. As it stands, "
             "receivers do not "
             "find the record."},
            // A key stands at our own target, so what is said of it asks the reader for nothing.
            {dkim_key_copied, "At {name} there is a TXT record where a CNAME record should be.",
             "A copied key no longer fits when we change keys, and the signatures then fail."},
            {dkim_alias_as_text, "At {name} there is a TXT record where a CNAME record to {target} should be.", unsigned_mail},
            {dkim_alias_as_other, "At {name} there is another record where a CNAME record to {target} should be.", unsigned_mail},
            {dkim_key_missing, "There is no key at {target}.", ours_to_mend},
            {dkim_key_other, "At {target} there is another key than the one that signs.", ours_to_mend},
            {dkim_key_revoked, "The key at {target} has been withdrawn.", ours_to_mend},
            {dkim_key_unusable, "The key at {target} cannot be used by receivers.", ours_to_mend},
            {dkim_key_doubled_tag, "The key record at {target} names \"{tag}\" twice.",
             "RFC 6376 calls such a record invalid. Some receivers (for one, those who verify with dkimpy) take the mail for "
             "unsigned."},
            {dkim_key_several, "There are several records at {target}; receivers expect one.", ours_to_mend},
            {dkim_key_testing, "The key at {target} is marked as a test (t=y).",
             "Receivers may disregard signatures with a test key."},
            {dkim_unknown, "{name} could not be checked: the DNS gave no answer that can be used ({why}).", silent_servers},
            // DMARC. {position} counts from 1, as editors do.
            {dmarc_fine, "There is a DMARC record with the policy {policy}.", ""},
            {dmarc_inherited,
             "The domain has no DMARC record of its own and needs none: that of {organisation} holds here too, with the policy "
             "{policy}.",
             ""},
            {dmarc_inherited_meanwhile,
             "Until this is put right, the DMARC record of {organisation} holds here, with the policy {policy}; the proposal "
             "keeps to that.",
             ""},
            {dmarc_missing, "The domain has no DMARC record.",
             "Gmail, Yahoo and Outlook.com ask for one from everybody who sends many mails, and refuse mail without it. The "
             "policy "
             "\"none\" changes nothing about the delivery of other mail."},
            {dmarc_misplaced, "A DMARC record stands at {misplaced}, with the domain's name in it twice.",
             "Many web forms add the domain by themselves; then only the part before it has to be entered. As it stands, "
             "receivers do not find the record. The proposal asks for nothing stricter than what holds today, and keeps all "
             "addresses for reports."},
            {dmarc_at_domain, "A DMARC record stands at {domain} itself; it belongs at _dmarc.{domain}.",
             "Receivers look for it nowhere else. The proposal asks for nothing stricter than what holds today, and keeps all "
             "addresses for reports."},
            {dmarc_several, "The domain has {count} DMARC records. Only one is allowed.",
             "Receivers act as if there were none. The proposal asks for nothing stricter than what holds today, and keeps all "
             "addresses for reports."},
            {dmarc_version_wrong,
             "The DMARC record begins with \"{shown}\". It has to begin with v=DMARC1, in exactly these letters.",
             "Receivers do not recognise the record and act as if there were none. The proposal asks for nothing stricter than "
             "what holds today, and keeps all addresses for reports."},
            {dmarc_version_missing, "The DMARC record does not begin with v=DMARC1 (it begins with \"{shown}\").",
             "Receivers do not recognise the record and act as if there were none. The proposal asks for nothing stricter than "
             "what holds today, and keeps all addresses for reports."},
            {dmarc_separator_wrong,
             "The parts of the DMARC record are not separated by semicolons (\"{shown}\", character {position}).",
             "Receivers do not recognise the record, or pass over a part of it. The proposal asks for nothing stricter than what "
             "holds today, and keeps all addresses for reports."},
            {dmarc_quoted, "Quotation marks or backslashes were pasted into the DMARC record (character {position}: {shown}).",
             "Receivers do not recognise the record, or pass over a part of it. The proposal asks for nothing stricter than what "
             "holds today, and keeps all addresses for reports."},
            {dmarc_tag_twice, "\"{tag}\" stands twice in the DMARC record (character {position}).",
             "By the standard (RFC 6376) the whole record is invalid then. Some receivers, among them those that use mox or the "
             "strict mode of mailauth, act as if there were none; others take one of the two."},
            {dmarc_unusable, "The DMARC record is invalid (\"{tag}\", character {position}).",
             "Receivers act as if there were none."},
            {dmarc_tag_ignored, "A part of the DMARC record is invalid (\"{tag}\", character {position}).",
             "Receivers pass over this part."},
            {dmarc_tag_obsolete, "The DMARC record has a part that no longer means anything ({tag}).",
             "Since RFC 9989 receivers pass over pct, rf and ri, and a policy holds for all mail. A policy that is only to be "
             "tried is marked with t=y."},
            {dmarc_softened,
             "The DMARC record is marked as a test (t=y): receivers apply \"{policy}\" and not the stricter policy that it "
             "names.",
             "Receivers that still follow the earlier rule (RFC 7489) do not know this mark and apply the policy in full."},
            {dmarc_only_watches, "The DMARC policy is \"none\": receivers watch, but do not stop forged mail.",
             "Once the reports show that all the domain's own mail passes, \"quarantine\" or \"reject\" protects against "
             "forgeries."},
            {dmarc_no_reports, "The DMARC record of {organisation} names no mail address for reports (rua).",
             "Nobody learns who sends mail as the domain."},
            {dmarc_aligned,
             "The sender address agrees with the domain that is signed for ({signing}) or that bounces go to ({sender}).", ""},
            {dmarc_spf_alone, "Our mail passes DMARC by SPF alone, since it is not signed in the name of {domain}.",
             "When such mail is forwarded, SPF no longer passes, and receivers apply the policy \"{policy}\". A valid DKIM "
             "signature prevents this."},
            {dmarc_not_aligned,
             "The sender address agrees neither with the domain that is signed for ({signing}) nor with the one that bounces go "
             "to ({sender}).",
             "DMARC fails for our mail, and receivers do with it what the policy says."},
            {dmarc_refused,
             "Our mail will be refused: it fails DMARC, and the DMARC policy of {organisation} is \"{policy}\". It is signed by "
             "{signing} instead of {domain}, and SPF does not pass for {sender}.",
             "Until SPF or DKIM is in order, receivers refuse the mail that we send for the domain."},
            {dmarc_set_aside,
             "Our mail will be treated as spam: it fails DMARC, and the DMARC policy of {organisation} is \"{policy}\". It is "
             "signed by {signing} instead of {domain}, and SPF does not pass for {sender}.",
             "Until SPF or DKIM is in order, receivers put the mail that we send for the domain into the spam folder."},
            {dmarc_unsigned,
             "Our mail would fail DMARC, with the policy \"{policy}\" of {organisation}: it cannot be signed in the name of "
             "{domain}, and SPF does not pass for {sender}.",
             "Receivers would refuse it or treat it as spam. It waits with us until the domain leads to our key."},
            {dmarc_older_none, "Receivers that still follow the earlier rule (RFC 7489) find no DMARC policy for the domain.",
             "Nothing has to be done about it: receivers change to the present rule one after the other. A DMARC record with the "
             "same policy at the domain itself would hold for all of them today."},
            {dmarc_older_other,
             "Receivers that still follow the earlier rule (RFC 7489) go by the DMARC record of {organisation}, with the policy "
             "{policy}.",
             "Nothing has to be done about it: receivers change to the present rule one after the other. A DMARC record with the "
             "same policy at the domain itself would hold for all of them today."},
            {dmarc_older_aligned,
             "By the earlier rule (RFC 7489) our mail passes DMARC, by the present one (RFC 9989) it does not.",
             "Today names belong together only if a DMARC record above them joins them. Receivers change to the present rule one "
             "after the other."},
            {dmarc_older_not_aligned,
             "By the present rule (RFC 9989) our mail passes DMARC, by the earlier one (RFC 7489) it does not.",
             "Receivers that still follow the earlier rule apply the domain's policy to our mail."},
            {dmarc_unknown, "DMARC could not be checked: the DNS gave no answer that can be used ({why}).", silent_servers},
            // MX, our own addresses, and what is good to have. None of these sentences may sound as if sending
            // depended on it, but for the two about a domain that cannot be answered.
            {mx_fine, "The domain can receive mail (MX).", ""},
            {mx_null, "The domain says that it does not receive mail (null MX).",
             "Many receivers refuse mail from a domain that cannot be answered, and subscribers' answers are lost."},
            {mx_missing, "The domain has neither a mail server (MX) nor an address of its own.",
             "Many receivers refuse mail from a domain that cannot be answered, and subscribers' answers are lost."},
            {mx_by_address, "The domain has no MX record; mail to it goes to the address of the domain itself.",
             "If no mail server answers there, subscribers' answers are lost."},
            {mx_unresolved, "The mail server {host} (MX) has no address.", "Mail to the domain may be delayed or lost."},
            {mx_unknown, "The mail servers (MX) could not be checked: the DNS gave no answer that can be used ({why}).",
             silent_servers},
            {source_fine, "Our address {address} is named {host}, and the name leads back to it.", ""},
            {source_without_name, "Our address {address} has no name in the DNS (PTR).",
             "Gmail and Yahoo refuse mail from such addresses or treat it as spam."},
            {source_not_confirmed, "The name {host} of our address {address} does not lead back to it.",
             "Gmail and Yahoo refuse mail from such addresses or treat it as spam."},
            {source_unknown, "Our address {address} could not be checked: the DNS gave no answer that can be used ({why}).",
             "This says nothing about the address itself."},
            {sources_not_given, "The addresses that our mail comes from are not known to this check.",
             "Whether they pass SPF and have names could not be looked at."},
            {helo_unresolved, "The name {host}, with which our mail servers introduce themselves, has no address.",
             "Some receivers trust such servers less."},
            {tls_report_fine, "Failed encryption is reported to the domain (TLS-RPT).", ""},
            {tls_report_missing, "Nobody is named for reports about mail that could not be encrypted (TLS-RPT record).",
             "Nobody learns when mail to the domain could not be encrypted. Any mailbox that is read can be named in the "
             "record."},
            {tls_report_unusable, "The TLS-RPT record is invalid (\"{tag}\", character {position}).", "No reports are sent."},
            {mta_sts_fine, "There is an MTA-STS record.", ""},
            {mta_sts_missing, "The domain does not ask that mail to it be encrypted (MTA-STS record).",
             "Mail to the domain can be sent unencrypted if somebody interferes with the connection. MTA-STS needs a policy file "
             "on a web "
             "server besides the record, so it is set up together with the mail provider."},
            {mta_sts_unusable, "The MTA-STS record is invalid (\"{tag}\", character {position}).", "Senders pass over it."},
            {bimi_fine, "There is a BIMI record.", ""},
            {bimi_missing, "No logo is named for the domain's mail (BIMI record).",
             "Mailboxes that support BIMI show no logo beside the mail."},
            {bimi_unusable, "The BIMI record is invalid (\"{tag}\", character {position}).", "No logo is shown."},
            {bimi_needs_policy, "BIMI takes effect only with the DMARC policy \"quarantine\" or \"reject\".",
             "No logo is shown."},
            {remark_unknown, "{name} could not be checked: the DNS gave no answer that can be used ({why}).",
             "Sending mail does not depend on this record."},
        }}};
    return words;
}

}  // namespace ilbud
