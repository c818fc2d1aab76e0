// The options of an account file, one row each.
// The order of the rows is that of the default file. "required" is asked for in the end, by require_options, since a
// table of defaults may have said it.
#include "options.hpp"

namespace ilbud::settings_file {

template <>
const Options<Account>& options() {
    using A = Account;
    static const Options<A> all{
        identity(option("id", &A::id, an_id, "Name of the account; unique over the platform.")),
        required(
            option("email", &A::email, an_address, "Where the platform writes to the account. Never in a subscriber's mail.")),
        // Not required, or every small account would write the same address twice.
        option("contact_email", &A::contact_email, an_address.or_empty(),
               "A person to contact about the set-up; notices go there. Empty: the same as email."),
        // Not inherited by the units: people at the publisher may read another language than its subscribers.
        option("language", &A::language, Word<Locale>{}, "Language of the platform's notices to the account."),
        option("customer_term", &A::customer_term, Word<CustomerTerm>{}, "What the mails call the customers (Benævnelse)."),
        option("relation_term", &A::relation_term, Word<RelationTerm>{}, "What the mails call what they have."),
        option("test_mode", &A::test_mode, Flag{},
               "Nothing leaves except to test_domains; the rest is recorded as skipped (Test-tilstand)."),
        // A list of domains and not of addresses: what is tried out goes to the publisher's own mailboxes.
        option("test_domains", &A::test_domains, List<Text>{a_domain, 0, 1000},
               "Recipients' domains that get mail in test mode."),
    };
    return all;
}

template <>
const Options<CustomerService>& options() {
    using C = CustomerService;
    static const Options<C> all{
        identity(option("id", &C::id, an_id, "Name of the customer service; unique in the account.")),
        required(option("name", &C::name, a_line, "Sender's name of confirmation, welcome, stop and cancel mails.")),
        required(option("support_email", &C::support_email, an_address,
                        "Sender's address of those mails; where subscribers write about refunds. Its domain is signed.")),
        option("self_service_url", &C::self_service_url, a_url.or_empty(), "Self-service site; linked in mails."),
        // May be empty: then mails offer no login at all.
        option("login", &C::login, Words<Login>{true}, "What a subscriber may log in with (Log-ind muligheder)."),
        option("mail_on_start", &C::mail_on_start, Flag{}, "Mail when a subscription starts."),
        option("mail_on_stop", &C::mail_on_stop, Flag{},
               "Mail when a subscription is stopped or cancelled (Send email ved ændringer)."),
        // Checked against the account's own addresses when both are known (account_file.cpp).
        option("reply_to", &C::reply_to, an_address.or_empty(), "Where replies go. Empty: to the sender."),
        // Only kinds that go to subscribers: a notice has no customer service.
        option("unsubscribe_kinds", &C::unsubscribe_kinds, Words<Kind>{true, {Kind::notice}},
               "Mails that carry List-Unsubscribe with one click (RFC 8058). What the law or a contract asks for (invoices, "
               "receipts, cancellations) should not."),
        // 900 bytes are one_click_url_bytes_max: a header line ends at 998 (RFC 5322
        // §2.1.1) and a URL cannot be folded.
        option("unsubscribe_url", &C::unsubscribe_url, a_one_click_url.or_empty(),
               "Where such a click is posted to, by the recipient's mail program. {mail} becomes the mail's id, which the answer "
               "to the event told; {subscriber} and {unit} the ids of the event. A mail whose URL would be longer "
               "than 900 bytes goes without."),
    };
    return all;
}

template <>
const Options<Form>& options() {
    using F = Form;
    static const Options<F> all{
        identity(option("id", &F::id, an_id, "Name of the sign-up form; events name it. Unique in the account.")),
        option("email_required", &F::email_required, Flag{}, "An address must be typed."),
        option("email_twice", &F::email_twice, Flag{}, "The address must be typed twice (Bekræft e-mail)."),
        option("known_email", &F::known_email, Word<KnownEmail>{}, "What the form says when the address is known already."),
        option("welcome_mail", &F::welcome_mail, Flag{}, "Whether signing up sends a welcome mail."),
        // One or two, each once: an empty list would say the same as welcome_mail = false.
        option("welcome_to", &F::welcome_to, List<Word<Addressee>>{{}, 1, 2},
               "To whom. If this is not said, a gift's welcome goes to the payer alone, so that the recipient learns nothing "
               "early."),
        option("confirm_first", &F::confirm_first, Flag{},
               "A confirmation mail must be answered before the subscription is activated."),
    };
    return all;
}

template <>
const Options<Unit>& options() {
    using U = Unit;
    static const Options<U> all{
        identity(option("id", &U::id, an_id, "Name of the business unit; events name it. Unique over the platform.")),
        required(option("name", &U::name, a_line, "Sender's name of invoices and receipts.")),
        option("customer_service", &U::customer_service, an_id.or_empty(),
               "Its customer service (id). Empty: the account's only one."),
        option("language", &U::language, Word<Locale>{}, "Language of its mail (Sprog)."),
        // `language` always counts, whether it stands here or not; so the list may be empty.
        option("locales", &U::locales, List<Word<Locale>>{{}, 0, words<Locale>.size()},
               "Further languages a subscriber may choose."),
        // Days remaining and the day of an end are counted in it (R16).
        option("time_zone", &U::time_zone, a_zone, "Where its days begin."),
        required(option("invoice_email", &U::invoice_email, an_address,
                        "Sender's address of invoices and receipts (E-mailadresse til fakturaer). Its domain is signed.")),
        // Not empty: preferred_method must be one of them.
        option("methods", &U::methods, List<Text>{a_word, 1, 100},
               "Invoicing methods the unit allows, of those that the platform file has as [[method]] and of the shipped ones. If "
               "nobody sets it, all of them."),
        option("preferred_method", &U::preferred_method, a_word, "The one used when nobody says; one of methods."),
        option("card_document", &U::card_document, Word<CardDocument>{},
               "What an automatic agreement pays by a method that mails without one: `at_charge` mails no invoice, a receipt "
               "follows the charge; `ahead` mails the invoice, and no receipt of what was mailed."),
        // The charge's own facts come first (R17 to R19); this switch only takes receipts away.
        option("card_receipts", &U::card_receipts, Flag{}, "Mail a receipt when a card is charged (e-mailkvittering)."),
        option("country", &U::country, a_country.or_empty(),
               "Whose law counts, ISO 3166-1 (\"DE\"): what it asks for is mailed for every origin but `import`, whatever "
               "mail_on_stop "
               "says, and told as undeliverable if it cannot be. Empty: nothing is known to be asked for."),
        // A whole number of minor units like all money. The upper end only catches a slip of the keyboard.
        option("triviality_limit", &U::triviality_limit, Count{0, 1'000'000'000, "minor units"},
               "Debts and refunds below this are not mentioned (Bagatelgrænse); 5000 is 50 kr."),
    };
    return all;
}

template <>
const Options<Branding>& options() {
    using B = Branding;
    static const Options<B> all{
        option("logo_url", &B::logo_url, a_url.or_empty(), "Picture at the top of the mail."),
        option("logo_alt", &B::logo_alt, a_line.or_empty(), "Text where pictures are off. Empty: the unit's name."),
        option("colour", &B::colour, a_colour, "Colour of headings and buttons."),
        // Contrast is a matter of two options: account_file.cpp checks it when both are known.
        option("colour_text", &B::colour_text, a_colour,
               "Colour of text on `colour`; their contrast must be at least 4.5 : 1 (WCAG)."),
    };
    return all;
}

// A map has no members to point at, so its rows are made from the vocabulary: a new language has its option at once.
// They are read and shown by their own functions.
template <>
const Options<Texts>& options() {
    static const Options<Texts> all = [] {
        Options<Texts> rows;
        for (const auto word : words<Locale>) {
            const auto locale = *from_word<Locale>(word);
            Option<Texts> text{word, "The text in this language (Markdown).", a_text.or_empty().allowed(), {}, {}};
            text.read = [locale](const Node& node, Texts& into) -> Result<void> {
                std::string said;
                if (const auto fits = a_text.or_empty().read(node, said); !fits) return fits.error();
                if (said.empty())
                    into.erase(locale);  // takes an inherited text away
                else
                    into[locale] = std::move(said);
                return {};
            };
            text.show = [locale](const Texts& from) {
                const auto found = from.find(locale);
                return toml_text(found == from.end() ? "" : found->second);
            };
            rows.push_back(std::move(text));
        }
        return rows;
    }();
    return all;
}

// Likewise by number of the kind. Notices are left out: the platform, not an account's settings, says who gets them.
template <>
const Options<OriginsByKind>& options() {
    static const Options<OriginsByKind> all = [] {
        Options<OriginsByKind> rows;
        for (const auto kind : subscriber_kinds)
            rows.push_back(row<OriginsByKind>(
                to_word(kind), [kind](auto& origins) -> auto& { return origins[static_cast<std::size_t>(kind)]; },
                Words<Origin>{true}, "Origins that send it."));
        return rows;
    }();
    return all;
}

// What nobody says is shown as the shipped row has it.
template <>
const Options<SwitchByKind>& options() {
    static const Options<SwitchByKind> all = [] {
        Options<SwitchByKind> rows;
        for (const auto kind : subscriber_kinds) {
            const auto at = static_cast<std::size_t>(kind);
            Option<SwitchByKind> one{to_word(kind), "Whether the unit mails it.", Flag{}.allowed(), {}, {}};
            one.read = [at](const Node& node, SwitchByKind& into) -> Result<void> {
                bool said = false;
                if (const auto fits = Flag{}.read(node, said); !fits) return fits.error();
                into[at] = said;
                return {};
            };
            one.show = [at](const SwitchByKind& from) { return Flag{}.show(from[at].value_or(shipped_kinds()[at].on)); };
            rows.push_back(std::move(one));
        }
        return rows;
    }();
    return all;
}

}  // namespace ilbud::settings_file
