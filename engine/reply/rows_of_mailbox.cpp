// The second half of the table: what passes, what is wrong with the mailbox, the session and the content. Nothing that is about us
// comes as far as this, if the first half (rows_of_us.cpp) knows its words.
#include <array>

#include "row_words.hpp"

namespace ilbud {
namespace {

using namespace row_words;

// A server that is full, busy or broken and calls it permanent (corpora; LaPoste LPN005_510, Proofpoint, Coremail, Postfix)
constexpr std::string_view faults =
    "temporar|try again later|try later|again later|resend * later|retry later|plus tard|mas tarde|ms tarde|piu tardi|"
    "pi tardi|spter|spaeter|senere|senare|currently (unavailable/not available/busy)|is busy|too busy|server busy|"
    "system busy|timed out|timeout|load (is too high/too high)|high load|"
    "(internal/system/server/local/software/database/configuration/i o/io/write/read) error|not available at this time|"
    "config error|maintenance|locked by|another process|being (moved/migrated)|server failure|queue file|out of memory|"
    "overload|service (unavailable/not available)|"
    "(filter/scanner/clamav/antivirus/milter/database/backend/directory/resolver) (is unavailable/unavailable/not available/is "
    "down)";

constexpr auto rows = std::to_array<Row>({
    // Whether they know the address they could not look up, whatever status they give it
    {permanent, asked, "", "",
     "(ldap/directory/database/lookup/dns/domain lookup) (server/service) (unavailable/failure/not available/is down)|servfail|"
     "(domain/dns/mx) lookup (failure/failed)|directory server failure",
     "temporary_failure", retry, to_relay, false},
    // ---- From here on the mail, its recipient, and what passes. Whose status and words agree is sure.
    {permanent, asked, "", "1.1 1.10",
     "user unknown|unknown user|no such (user/recipient/mailbox/address/account)|"
     "(user/recipient/mailbox/account/address) * (does not exist/doesnt exist/not found/unknown)|recipient not found|"
     "(user/mailbox/recipient) not found",
     "no_such_mailbox", suppress, to_mailbox, true},
    // Before a recipient is named no mail is meant: another relay may be well.
    {permanent, Reach::mail, "", "", faults, "temporary_failure", next_relay, to_relay, false},
    {permanent, Reach::mail, "", "", "directory server|lookup", "temporary_failure", next_relay, to_relay, false},
    {permanent, asked, "", "", faults, "temporary_failure", retry, to_relay, false},
    // Policy never suppresses, also where the status says 5.1.1 (Zoho, Barracuda)
    {permanent, asked, "", "", "policy|policies|not authorized|captcha", "policy_rejected", bounce, to_mail, true},
    {permanent, asked, "", "1.1 1.2 1.6 1.10",
     "unauthorized|access denied|not allowed|permission|you are (not/blocked/listed/banned)|forbidden", "policy_rejected", bounce,
     to_mailbox, true},
    {permanent, asked, "551", "", "blocked|denied|not allowed|forbidden|permission", "policy_rejected", bounce, to_mailbox, true},

    // What names the sender or a part of the mail may be about these and not about the mailbox
    {permanent, asked, "", "", "sender", "sender_rejected", bounce, to_sender, true},
    {permanent, asked, "", "",
     "header|(message/mail) moved|moved to (spam/junk/black/a black)|dictionary attack|to invalid users|recipient count|"
     "link domain|token|please verify|spam filter|you have no",
     "policy_rejected", bounce, to_mail, true},

    // ---- Moved (RFC 3463 §3.2 x.1.6; RFC 5321 §3.4 551; Postfix relocated, iCloud, corpora)
    {permanent, asked, "", "1.6", "", "mailbox_moved", suppress, to_mailbox, true},
    {permanent, asked, "", "",
     "has moved|moved to|mailbox moved|have moved|been replaced by|no longer on (server/this server)|no longer at|"
     "no longer (works/working/with/employed)|has left|new address is|(has/have) changed (address/to)|changed * address|"
     "is now @|ist umgezogen|a chang d adresse",
     "mailbox_moved", suppress, to_mailbox, true},
    {permanent, Reach::recipient, "551", "", "", "mailbox_moved", suppress, to_mailbox, true},

    // ---- No such domain (RFC 3463 §3.2 x.1.2; RFC 7505 §4.1, RFC 7504 §3 556; Exchange 5.4.4, 5.4.310; Postfix, Sendmail,
    // Exim, Gmail)
    {permanent, asked, "", "1.2 4.310", "", "no_such_domain", suppress, to_mailbox, true},
    {permanent, asked, "556", "", "", "no_such_domain", suppress, to_mailbox, true},
    {permanent, asked, "", "",
     "domain (not found/unknown/does not exist/doesnt exist/not exist/invalid/not reachable/is invalid/unreachable/"
     "is not reachable/must exist/is unknown)|no such (domain/host)|(unknown/invalid/nonexistent/non existent/bad) domain|"
     "domain * (does not/doesnt) exist|dns domain|unknown host|host (unknown/not found)|domain name (not/of/does)|"
     "host name is unknown|find any host|domain * not be found|unrouteable|unroutable|null mx|nullmx|"
     "find the recipient domain|tenant or domain|account or domain may not|nxdomain|nonexistentdomain|dead domain|"
     "recipient domain (not/does/must)|mail domain * unknown|name or service not known|domaine inconnu|unbekannte domain|"
     "dominio (no/inexistente/desconocido/sconosciuto)|has no (mx/mail)|domain * (does not/doesnt) accept (mail/email)|"
     "domain (is not in use/not in use/is no longer)|no mx",
     "no_such_domain", suppress, to_mailbox, true},

    // ---- A disabled mailbox. The words need the mailbox beside them: relays, commands and checks are disabled too.
    {permanent, before_content, "", "",
     "recipient address rejected * (account/mailbox/user) * (disabled/suspended/locked/closed)", "mailbox_disabled", suppress,
     to_mailbox, true},
    // Behind the content, and with a status of security, a bare "account suspended" may as well be ours: it waits.
    {any, before_content, "", "7.0 7.1 7.3", "account * (suspended/disabled/blocked/locked/terminated)", "account_suspended",
     next_relay, to_account, false},
    // Gmail DisabledUser, Yahoo 554.30, LaPoste LPN007_420/426, i.ua, 163, docomo, qmail-ldap, Exchange, hot.ee, KumoMTA
    // (corpora)
    {permanent, before_content, "", "",
     "(account/mailbox/user/recipient/@/address/mailaddress/email account/email address/mail box/customer/"
     "subscriber) * (disabled/deactivate/inactiv/not active/suspended/frozen/terminated/expired/closed/locked/is blocked/"
     "blocked due to inactiv/discontinued/not activated/no longer active/archived/cancelled/canceled/deleted/was removed/"
     "been removed/been blocked/retired/dormant/switched off/out of service)|"
     "(disabled/deactivated/inactive/suspended/expired/closed/archived/frozen/locked/terminated) (account/mailbox/user/"
     "recipient/email/address)|is now disabled|invalid inactive|archivee|est bloque|desactivad|"
     "(cuenta/usuario/buzon/buzn/conta/caixa/casilla/casella/indirizzo/utente/compte/boite/adresse/konto/"
     "skrzynka) * (suspend/suspens/bloque/bloqu/bloccat/sospes/cancelad/inactiv/ha expirado/expirad/caducad/desactiv/"
     "dsactiv/ferm/geschlossen/inaktiv/zablokowan/nieaktywn)|extended inactivity|person has departed|deceased|gesperrt|"
     "deaktiviert|disattivat|disabilitat|desativad|inativ|suspensa|sperret|sprret|inaktiv|(account/user) * unavailable|"
     "account not available",
     "mailbox_disabled", suppress, to_mailbox, true},
    {permanent, content_seen, "", "",
     "(mailbox/recipient/user/mail box) * (disabled/deactivated/inactive/not active/suspended/frozen/terminated/closed)|"
     "account has been disabled or discontinued|cannot be delivered this (account/mailbox)",
     "mailbox_disabled", suppress, to_mailbox, true},
    {permanent, content_seen, "", "", "account * (suspended/disabled/blocked/locked/terminated/inactive/not active)",
     "account_suspended", next_relay, to_account, false},

    // The address as typed is wrong: no mailbox is meant that could be suppressed (RFC 3463 §3.2 x.1.3)
    {permanent, asked, "", "",
     "rfc 5321|rfc5321|rfc 821|syntax|malformed|illegal char|invalid char|bad format|invalid format|address format|"
     "fully qualified",
     "invalid_address", bounce, to_mailbox, true},

    // ---- No such mailbox. Exchange Online's 5.4.1 is its directory-based edge blocking, Outlook.com's 5.5.0 its unknown user.
    {permanent, asked, "", "4.1", "recipient address rejected access denied", "no_such_mailbox", suppress, to_mailbox, true},
    {permanent, asked, "", "5.0", "mailbox unavailable", "no_such_mailbox", suppress, to_mailbox, true},
    {permanent, asked, "", "", "mailbox unavailable (s201/s202/0/1/2)", "no_such_mailbox", suppress, to_mailbox, true},
    // Cisco's recipient access table and LDAP acceptance, Cox, Spectrum; Symantec.cloud's 542
    {permanent, Reach::recipient, "", "1.0 1.1", "address rejected|recipient rejected|recipient refused", "no_such_mailbox",
     suppress, to_mailbox, true},
    {permanent, Reach::recipient, "550", "", "@ recipient rejected", "no_such_mailbox", suppress, to_mailbox, true},
    {permanent, Reach::recipient, "542", "", "", "no_such_mailbox", suppress, to_mailbox, true},
    // Postfix at DATA, behind recipients that it refused: told of the transaction, whatever became of them
    {permanent, asked, "", "5.1", "error no valid recipients", "protocol_error", next_relay, to_session, false},
    // Postfix, Exim, Sendmail, qmail, Exchange, Domino, Gmail, Yahoo, iCloud, GMX, QQ, 163, Mail.ru, Mimecast, Proofpoint
    // (corpora)
    {permanent, before_content, "", "",
     "(user/username/recipient/mailbox/mail box/address/addressee/account/alias/person/member/@/local part/destination/"
     "receiver/rcpt) * (unknown/not known/not found/no found/not exist/doesnt exist/dosnt exist/dont exist/didnt exist/"
     "no exist/isnt here/not here/nonexistent/non existent/cannot be found/not be found/couldnt be found/isnt found/"
     "not recognized/unrecognized/not valid/not a valid/isnt valid/not a known/not a user/not user/not listed/"
     "not in directory/not present/not our/not local/not ok/may not exist/no longer exist/no longer valid/"
     "no longer available/no longer in use/no longer accept/no longer here/not used/not in use/unused/not defined/undefined/"
     "not registered/not handled/not in my/not in our/is wrong/is invalid/invalid/unrouteable/undeliverable)|"
     "(no such/unknown/non existent/nonexistent/nonexisting/invalid/illegal/wrong/undeliverable/unrecognized/not a valid/"
     "not valid/no valid/not a known) (user/username/recipient/mailbox/mail box/mail user/address/account/alias/id/person/"
     "member/local part/virtual/or/addressee/customer/rcpt/receiver/to/smtp recipient/internal/envelope recipient/in)|"
     "nosuchuser|no such local|not an active (address/user/account/mailbox)|recipient is not accepted|spectator does not|"
     "list of allowed recipients|unkown (user/recipient/address/mailbox)|(user/recipient/address/mailbox) unkown|"
     "(unknown/invalid/wrong/no such) adress|adress * (unknown/not found/does not exist/invalid)|vaild (user/recipient)|"
     "(recipients/recipient) were found|unknown receipient|resolver.adr|no such mail|unavailable (user/mail user/recipient)|"
     "no (mailbox/mail box/account/user) (here/by/found/exist/for/with/named/available/of that)|no one (at this/with that)|"
     "not found in (ldap/directory/database/our/this)|"
     "(unable to/cannot/cant/could not/couldnt/did not) find (alias/user/recipient/mailbox/account)|nobody (by/here)|"
     "not our (customer/user)|not user of|not a (member of domain/registered)|is not a registered|in name directory|"
     "not listed in|not have an account|(doesnt/does not) have (a/an) * account|recipient not accepted|"
     "bad (destination/recipient)|bad address @|(user/recipient/address/ldap/directory/alias/mailbox) lookup * failed|"
     "validrcptto|missing home directory|exists that user|"
     "(email/e mail/customer) (unknown/not known/not found/not exist/doesnt exist/does not exist/is unknown/is invalid/"
     "is not valid )|(no such/unknown/non existent/nonexistent) (email/e mail)|"
     "invalid email (address/id/account/user/recipient)|"
     "(recipient/address/mailbox/user) * not appear to (be valid/exist/be a valid)|no mailbox",
     "no_such_mailbox", suppress, to_mailbox, true},
    // Behind the content much else is invalid or not found: header fields, links, signatures
    {permanent, content_seen, "", "",
     "(user/mailbox/recipient) * (unknown/not found/not exist/doesnt exist/unrecognized)|@ is no longer valid|"
     "(unknown/invalid) (user/mailbox/recipient)|no such (user/mailbox/recipient/account)|no mailbox|nosuchuser|"
     "resolver.adr|(doesnt/does not) have (a/an) * account|account that you tried * does not exist",
     "no_such_mailbox", suppress, to_mailbox, true},
    // The same in other languages; letters with accents are left out of the words
    {permanent, asked, "", "",
     "(utilisateur/destinataire/adresse/compte) * (inconnu/invalide/inexistant/nexiste pas/n existe pas)|"
     "utilisateur inconnu|"
     "(usuario/usurio/destinatario/destinatrio/direccion/direccin/buzon/buzn/cuenta/casilla/endereo/endereco/conta/caixa/"
     "correo) * (desconocido/desconhecido/inexistente/no existe/nao existe/no encontrado/no encontrada/nao encontrado/"
     "no valido/no es valido)|no existe|nao existe|"
     "(utente/destinatario/casella/indirizzo) * (sconosciuto/errato/inesistente/non esiste/non valido/non trovato)|"
     "nessun utente|sconosciuto|"
     "(benutzer/empfaenger/empfnger/postfach/adresse/mailadresse/konto) * (unbekannt/existiert nicht/nicht gefunden/"
     "nicht bekannt/ungueltig/ungltig/nicht vorhanden)|aucun (utilisateur/compte/destinataire)|pas de bo|"
     "kullanici bulunamadi|unbekannter (benutzer/empf)|"
     "(keine person/kein benutzer/kein empf/kein postfach/keine mailbox) mit|"
     "adresse * (nicht mehr verf/nicht mehr gltig/nicht mehr gueltig/nicht mehr aktiv)|kein solcher (benutzer/empf)|"
     "(gebruiker/ontvanger/adres/mailbox) * (onbekend/bestaat niet)|onbekende (gebruiker/ontvanger)|"
     "(modtager/modtageren/bruger/brugeren/adressen/postkassen/mottaker/mottakeren/bruker) * (ukendt/ukjent/findes ikke/"
     "finnes ikke/eksisterer ikke)|(ukendt/ukjent) (modtager/bruger/mottaker/bruker)|"
     "(mottagare/mottagaren/anvndare/anvndaren/adressen) * (oknd/finns inte/okand)|(oknd/okand) (mottagare/anvndare)|"
     "kyttj * ei|tuntematon|nie ma takiego|nie istnieje|nieznany|neexistuje|neznam|nem ltez|ismeretlen|nu exist|ne postoji|"
     "kullanc * (yok/bulunamad)|nepazst|neegzistuoja",
     "no_such_mailbox", suppress, to_mailbox, true},

    // A refusal in spite of its code: "500 Message rejected" (corpora)
    {permanent, content_seen, "500", "", "reject|refused|denied|blocked", "message_rejected", bounce, to_mail, true},
    // RFC 5321 §4.3.2: no command is read behind the content, whatever the status says
    {permanent, content_seen, "", "5.2", "data|content|message|header", "message_rejected", bounce, to_mail, true},

    // ---- The session is out of step (RFC 5321 §4.2.2, §4.2.4; RFC 3463 §3.6): told of us, not of the mail. Some say "500
    // no such user" (o2.pl).
    {permanent, transaction, "500 502 503 504 555", "", "", "protocol_error", next_relay, to_session, false},

    // ---- Content (after the mailbox, whose refusals name filters and products). Gmail, Yahoo, Mail.ru, Cisco, amavis,
    // GoDaddy IB212 (corpora)
    {permanent, asked, "", "",
     "spam|anti spam|antispam|virus|malware|phish|trojan|infected|unsolicited|junk|ube|uce|bulk|mass mail|blacklist|"
     "black list|blocklist|block list|blocked|denylist|cloudmark|reputation|suspicious|scanner|content|attachment|"
     "executable|illegal|worm|eicar|harmful",
     "spam_rejected", bounce, to_mail, true},
    // RFC 3463 §3.7 and form (Gmail RfcMessageNonCompliant, Yahoo, SES)
    {permanent, asked, "", "6.0 6.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 6.11 7.7", "", "message_rejected", bounce, to_mail, true},

    {permanent, asked, "", "", "administrative prohibition|administratively prohibited|prohibited by", "policy_rejected", bounce,
     to_mail, true},

    // ---- By the status or code alone, where the words say nothing.
    {permanent, asked, "", "1.1 1.10", "", "no_such_mailbox", suppress, to_mailbox, true},
    // AOL says 521 5.2.1 of the server that sends; a 521 is a host that takes no mail from us (RFC 7504 §3)
    {permanent, asked, "521", "2.1 3.2 7.1 0.0", "", "server_blocked", next_relay, to_relay, true},
    // The system that we speak to is full, or takes nothing from the network: neither the mail nor its recipient (RFC 3463 §3.4)
    {permanent, transaction, "", "3.1 3.2", "", "relay_refused", next_relay, to_relay, false},
    {permanent, before_content, "", "2.1", "", "mailbox_disabled", suppress, to_mailbox, true},
    {permanent, asked, "", "1.3", "", "invalid_address", bounce, to_mailbox, true},
    {permanent, Reach::recipient, "501 553", "", "", "invalid_address", bounce, to_mailbox, true},
    {permanent, transaction, "", "5.1 5.2 5.4", "", "protocol_error", next_relay, to_session, false},
    {permanent, asked, "", "", "service unavailable|service not available|service currently", "temporary_failure", retry,
     to_relay, false},
});

}  // namespace

std::span<const Row> rows_of_mailbox() {
    return rows;
}

}  // namespace ilbud
