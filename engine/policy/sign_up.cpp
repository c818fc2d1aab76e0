// Confirmation requests and welcome mails (R8–R12), and what they are about (R36).
// Both events are decided by the same form, so that exactly one of them carries the welcome mail. The form is that of
// the settings now: if its switch changes between the two events, the welcome may come twice or not at all.
#include "builder.hpp"

namespace ilbud {

namespace {

// The form the event names, or one with the default settings if it names none.
Result<const Form*> form_of(Builder& builder, const SignUp& sign_up) {
    // Lives as long as the program, since the pointer is handed out. Its id is empty, by which name_of() knows it.
    static const Form default_form;
    if (sign_up.form.empty()) {
        builder.explain(
            "R9", "the event names no form, so a form's default settings hold: no confirmation, welcome mail to the subscriber");
        return &default_form;
    }
    const Form* form = builder.settings.form_of(builder.unit, sign_up.form);
    if (form == nullptr) {
        return Error{"unknown_form", "data.form",
                     sentence({"account '", builder.account.id, "' has no form '", sign_up.form, "'"})};
    }
    return form;
}

std::string name_of(const Form& form) {
    return form.id.empty() ? "the default form" : sentence({"form '", form.id, "'"});
}

// A gift is the payer's alone: nobody else stands in for a payer without an address (R10).
// Outside of gifts the subscriber is who pays if nobody else is named.
Recipient payer_of(const Builder& builder, bool gift) {
    const auto& payer = builder.event.payer;
    if (payer) return {payer->email, payer->name, "the payer"};
    if (gift) return {{}, {}, "the payer of the gift"};
    return builder.subscriber();
}

// The link is needed only where the mail is: an import through a confirming form brings none.
Result<void> plan_confirmation(Builder& builder, const SignUp& sign_up) {
    if (!builder.is_mailed(Kind::confirmation)) return {};
    if (sign_up.confirmation_url.empty()) {
        return Error{"missing_field", "data.confirmation_url",
                     sentence({"form '", sign_up.form,
                               "' asks for a confirmation before activation, which needs the link to confirm by"})};
    }
    // A payer with an address is needed: else the recipient's own is the only address there is to confirm.
    const bool gift = sign_up.gift.value_or(false) && builder.event.payer && !builder.event.payer->email.empty();
    if (gift) builder.explain("R8", "a gift: who ordered it is asked, so that the recipient learns nothing early");
    PlannedMail* mail = builder.plan(Kind::confirmation, gift ? payer_of(builder, true) : builder.subscriber(), "R8");
    if (mail == nullptr) return {};
    mail->topics.reserve(sign_up.subscriptions.size());
    for (const Subscription& subscription : sign_up.subscriptions)
        mail->topics.push_back(request_topic(builder.unit, subscription.id));
    // Without an order two requests cannot be known to be about the same thing, so neither may withdraw the other.
    if (sign_up.order.empty()) return {};
    mail->replaces = confirmation_topic(builder.unit, sign_up.order);
    builder.explain("R36",
                    sentence({"an earlier request for order ", sign_up.order, " that still waits is replaced by this one"}));
    return {};
}

// What is confirmed need not be asked for any more, whatever the form says by now: its switch may have changed since the request.
// By the order as a whole, whichever of its subscriptions are listed; and by the subscriptions, which connect both events where no
// order is told.
void withdraw_confirmation(Builder& builder, const SignUp& sign_up) {
    if (!sign_up.order.empty()) builder.supersede(confirmation_topic(builder.unit, sign_up.order));
    for (const Subscription& subscription : sign_up.subscriptions)
        builder.supersede(request_topic(builder.unit, subscription.id));
    const std::string order = sign_up.order.empty() ? "" : sentence({"for order ", sign_up.order, " or "});
    builder.explain("R36", sentence({"a confirmation request that has not left is withdrawn if it is ", order,
                                     "for these subscriptions only"}));
}

// Pointless once every subscription it lists has ended.
// One mail for the whole order (R12), hence one topic for each of its subscriptions.
void plan_one_welcome(Builder& builder, const SignUp& sign_up, const Recipient& recipient) {
    PlannedMail* mail = builder.plan(Kind::welcome, recipient, "R10");
    if (mail == nullptr) return;
    mail->topics.reserve(sign_up.subscriptions.size());
    for (const Subscription& subscription : sign_up.subscriptions)
        mail->topics.push_back(welcome_topic(builder.unit, subscription.id));
}

// The form's switch is asked before customer service's: the skip names the one nearest to the event.
void plan_welcome(Builder& builder, const SignUp& sign_up, const Form& form) {
    if (!builder.is_mailed(Kind::welcome)) return;
    if (!form.welcome_mail || form.welcome_to.empty()) {
        builder.skip(Kind::welcome, Reason::form_switch_off, "R9", sentence({name_of(form), " sends no welcome mail"}));
        return;
    }
    if (!builder.service.mail_on_start && !builder.is_required(Kind::welcome)) {
        builder.skip(Kind::welcome, Reason::service_switch_off, "R9",
                     sentence({"customer service '", builder.service.id, "' sends no mail on start"}));
        return;
    }
    const bool gift = sign_up.gift.value_or(false);
    if (gift && !form.welcome_to_given) {
        builder.explain("R10", sentence({"a gift, and ", name_of(form), " does not say to whom: the payer alone is told"}));
        plan_one_welcome(builder, sign_up, payer_of(builder, gift));
        return;
    }
    // Payer and subscriber may be one person; then plan() leaves the second out.
    for (const Addressee addressee : form.welcome_to) {
        builder.explain("R10", sentence({name_of(form), " sends the welcome mail to the ", to_word(addressee)}));
        const bool to_payer = addressee == Addressee::payer;
        plan_one_welcome(builder, sign_up, to_payer ? payer_of(builder, gift) : builder.subscriber());
    }
}

}  // namespace

// A welcome that waits for the confirmation is told as a skip, so that whoever asks about this event
// learns where it will come from.
Result<void> decide_created(Builder& builder, const SignUp& sign_up) {
    const auto form = form_of(builder, sign_up);
    if (!form) return form.error();
    if (!(*form)->confirm_first) {
        builder.explain("R9", sentence({name_of(**form), " asks for no confirmation, so the welcome mail belongs to created"}));
        plan_welcome(builder, sign_up, **form);
        return {};
    }
    builder.explain("R8", sentence({name_of(**form), " asks for a confirmation before activation"}));
    if (const auto planned = plan_confirmation(builder, sign_up); !planned) return planned.error();
    builder.skip(Kind::welcome, Reason::awaits_confirmation, "R9", "the welcome mail belongs to confirmed");
    return {};
}

Result<void> decide_confirmed(Builder& builder, const SignUp& sign_up) {
    const auto form = form_of(builder, sign_up);
    if (!form) return form.error();
    withdraw_confirmation(builder, sign_up);
    if (!(*form)->confirm_first) {
        builder.skip(Kind::welcome, Reason::welcome_belongs_to_created, "R9",
                     sentence({name_of(**form), " asks for no confirmation, so the welcome mail belonged to created"}));
        return {};
    }
    builder.explain("R9", sentence({name_of(**form), " asks for a confirmation, so the welcome mail belongs to confirmed"}));
    plan_welcome(builder, sign_up, **form);
    return {};
}

}  // namespace ilbud
