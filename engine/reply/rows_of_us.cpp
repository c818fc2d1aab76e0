// The first half of the table: who is meant, and what is wrong with the mail's size, our account, our server, the pace and the
// sender. See reply_table.cpp for the order and the sources.
#include <array>

#include "row_words.hpp"

namespace ilbud {
namespace {

using namespace row_words;

constexpr auto rows = std::to_array<Row>({
    // ---- The mail's size and the mailbox's, which use the words of quotas and limits too.
    // RFC 3463 §3.4, §3.3; RFC 1870 §6; Postfix, Exim, Gmail, Exchange RecipSizeLimit
    {permanent, transaction, "", "3.4 2.3", "", "message_too_large", bounce, to_mail, true},
    {permanent, transaction, "", "",
     "message size|message too (large/big/long)|message is too|message exceeds|message exceeded|message length|mail size|"
     "email size|size of * message|messages size|(too large/too big) * message|recipsizelimit|file too|attachment too|"
     "taille limite|too large for|maximum message|maximum email",
     "message_too_large", bounce, to_mail, true},

    // ---- The recipient takes no mail from strangers, or none from us: it exists, so that is policy.
    // Exchange Online NDR 5.7.12, 5.7.124, 5.7.133 to 5.7.136
    {permanent, asked, "", "7.12 7.124 7.133 7.134 7.135 7.136", "", "policy_rejected", bounce, to_mailbox, true},
    // RESOLVER.RST.* of Exchange; Facebook RCP-P2, AOL, qmail's badrcptto (corpora)
    {permanent, asked, "", "",
     "resolver.rst|sender not in allowed|not authenticated (for/by/when)|only accept * mail from|only accepting * from|"
     "only accepts * from|recipient preferences|blocked by the recipient|blocked by recipient|blocked by user|"
     "recipient has blocked|recipient blocked|(rejected/refused) by (recipient/the recipient)|user rules|refuse to receive|"
     "refuses to (receive/accept)|rejected by user|not accept * from you|not (permitted/allowed/authorized) to send to|"
     "badrcptto|bad rcptto",
     "policy_rejected", bounce, to_mailbox, true},
    // A relay's own list of addresses that bounced; what it was told then is not known here. SendGrid, Mailgun, SparkPost, SES
    {permanent, asked, "", "", "previously bounced|bounced previously|suppression list|recipient * suppressed|bounce list",
     "policy_rejected", bounce, to_mailbox, true},
    // It gets too much from everybody: Gmail ReceivingRate; Exchange Online 5.2.121, 5.2.122; Yahoo
    {any, asked, "", "2.121 2.122", "", "recipient_busy", retry, to_mailbox, false},
    {any, asked, "", "",
     "receiving mail (at a rate/too)|receiving * too (quickly/fast/many)|receive per (hour/day)|message receive limit|"
     "recipient thread limit|recipient * exceeded * (messages/limit)|frequency of receiving|mailbox (is busy/busy)",
     "recipient_busy", retry, to_mailbox, false},

    // ---- Too fast at this very moment: no trouble with the account (Emailit, Amazon SES)
    {any, everywhere, "", "", "per (second/minute)|maximum sending rate|connections limit|connection limit", "rate_limited",
     next_relay, to_relay, false},

    // ---- Our account at the relay: every mail through it would be refused.
    // Gmail 5.4.5; Exchange Online 5.1.90 to 5.1.92 and 5.7.700 to 5.7.705
    {permanent, everywhere, "", "4.5 1.90 1.91 1.92 7.700 7.701 7.702 7.703 7.704 7.705", "", "account_limit", pause_relay,
     to_account, false},
    // cPanel (emails per hour, defers and failures), Amazon SES, Mailgun, Brevo, Zoho, Exchange submission quota, hosters
    {any, everywhere, "", "",
     "(sending/submission/outgoing/outbound/outmail/smtp/relay/relaying/messages/emails) * (quota/limit/limits/"
     "allowance) * (exceed/reach/used up/exhaust/hit)|(daily/hourly/monthly/weekly) * (quota/limit/allowance)|"
     "(exceed/exceeded/exceeds/reached/exhausted/used up) * (daily/hourly/monthly/sending/outgoing/outbound/"
     "outmail) * (quota/limit/allowance/rate)|(sending/submission/outmail/outgoing) (quota/limit)|max * emails per|"
     "max defers|(emails/mails/messages/recipients) per (day/month)|credits|your plan|your quota|your limit|"
     "your * (quota/limit)|tenant * exceeded|number * per hour|mail send limit|account limit|quota of this account|"
     "limit * for this account|limit * (used up/reached) * account|free tier",
     "account_limit", pause_relay, to_account, false},
    // Amazon SES, SMTP2GO, cPanel, Exchange Online, Cox CXTHRT; IANA 5.7.13 with 525 (RFC 5248): the account that logged in
    {any, everywhere, "525", "", "", "account_suspended", pause_relay, to_account, false},
    {any, everywhere, "", "7.13", "", "account_suspended", pause_relay, to_account, false},
    // One sender, although "your account" is named beside it: Mailjet, SendGrid
    {any, transaction, "", "", "(domain/sender/identity) * not (verified/validated/confirmed) * account", "sender_not_allowed",
     next_relay, to_account, false},
    {any, everywhere, "", "",
     "licence|license|trial account|(activated/active/enabled/approved) for sending|"
     "(account/address/user) * (used to send/used for sending/are sending from)|"
     "sending (suspended/blocked/disabled/stopped)|(account/user) * quarantined|unusual sending|outgoing spam|"
     "sending from (this/the/your) (address/account/mailbox)|your user|(relay/relaying/customer) account|(relay/smtp) user|"
     "your (email/mail) account|sending paused|sending is paused|account paused|paused for this account|your account|"
     "your subscription|your mailbox * (suspended/blocked/disabled)|"
     "(outgoing/outbound) (mail/email/message/messages) * (suspended/blocked/disabled)|outbounds disabled|"
     "(sending/sender/senders/smtp) account|from sending|outboundspam|originating from your (address/account)|"
     "account not subscribed|not authorized to perform ses|mail sending denied|"
     "(account/user/address/mailbox) * (suspended/blocked/disabled/locked) * (sending/outgoing/abuse/spam/relay)|"
     "account * under review|unpaid|payment",
     "account_suspended", pause_relay, to_account, false},
    // At MAIL and AUTH no recipient has been named: the account is ours (corpora; RFC 4954 §6)
    {any, login, "", "",
     "(account/user/mailbox) * (suspended/blocked/disabled/inactive/deactivated/locked/expired/terminated/closed/not active)",
     "account_suspended", pause_relay, to_account, false},
    // Brevo, Outlook.com: who logged in may not send from there
    {any, Reach::mail, "", "",
     "(sender/from) * (not authorized/not allowed/not permitted/unauthorized/does not have permission)|"
     "(unauthorized/unauthorised) sender|user does not have permission|not authorized to send|permission",
     "sender_not_allowed", next_relay, to_account, false},
    // Exchange Online 5.1.8, 5.7.60, 5.7.501 to 5.7.503, 5.7.750; one sender only
    {any, transaction, "", "7.60 7.501 7.502 7.503 7.750", "", "sender_not_allowed", next_relay, to_account, false},
    // Postfix reject_sender_login_mismatch; Exchange SendAsDenied; Amazon SES, SendGrid, Mailjet, Postmark identities;
    // Orange LPN105_421
    {any, transaction, "", "",
     "not owned by|not logged in as|send as|sendas|"
     "(email address/address/domain/sender/identity) * (is not verified/not verified)|(sender/identity) not verified|"
     "not registered as|as sender|not a verified|verified sender|sender identity|sender signature|unregistered domain|"
     "domain * (not registered/not allowed to send)|bad outbound sender|"
     "not (authorized/allowed/permitted) to (send from/use)|unverified (domain/sender)|"
     "(authorization/authorized/authenticated/auth) user|sending from domain|unconfigured sending|not authorized for this|"
     "demo domain|sandbox|emails to your own|domain is unverified|from address * not (match/allowed/permitted)|"
     "(sender/from) * not (belong/associated)",
     "sender_not_allowed", next_relay, to_account, false},

    // ---- Authentication of the mail: before "authentication required", whose words it shares.
    // Gmail 4/5.7.26, .27, .30, .32, .40; Exchange Online 5.7.509, 5.7.515; Yahoo, iCloud, Orange, QQ
    {permanent, transaction, "", "", "dmarc|dkim|domainkeys", "unauthenticated", bounce, to_sender, true},
    // SPF is about the relay's address as well: another relay may be the one that the record names
    {permanent, transaction, "", "7.23 7.24 7.26 7.27", "", "unauthenticated", next_relay, to_sender, true},
    {any, transaction, "", "",
     "spf|sender policy framework|sender id|sender is unauthenticated|unauthenticated (email/mail/message)|"
     "authentication checks|authentication level",
     "unauthenticated", next_relay, to_sender, true},

    // ---- TLS and login that the relay wants.
    // RFC 3207 §4 (530); Gmail, Mimecast, Exchange
    {any, everywhere, "530", "", "starttls|tls|encrypt", "tls_failed", pause_relay, to_relay, false},
    {any, Reach::mail, "", "", "must issue a starttls|starttls (first/command)", "tls_failed", pause_relay, to_relay, false},
    {any, transaction, "", "",
     "starttls|tls (is/required/version/encryption)|(require/requires/required/must use/need) * (tls/encryption)|"
     "encryption required",
     "tls_failed", next_relay, to_relay, false},
    // RFC 4954 §6; Exchange 5.7.57; Exim, Postfix, MailEnable, LaPoste LPN105_402
    {any, everywhere, "530 534 535 538", "", "", "auth_failed", pause_relay, to_account, false},
    {any, everywhere, "", "7.57", "", "auth_failed", pause_relay, to_account, false},
    {any, transaction, "", "",
     "client was not authenticated|client not authenticated|authentication (is required/required/needed)|"
     "proper authentication|(require/requires/need/needs/must) * (authenticate/authentication/log in/login)|"
     "(auth/login) (failed/user/name/denied/incorrect)|authentication failed (user/no such/unknown)|used to log in|"
     "(cannot/cant/could not/unable to) authenticate|credentials * not found|credentials invalid|"
     "must be authenticated|smtp auth|authenticate first|auth first|need auth|please (authenticate/log in)|"
     "not authenticated|unauthenticated (sender/user/client/sending)|dont authenticate|authentifi|log in first|"
     "check your mail (first/before)|pop before|credentials (no/unknown/not/rejected/missing/wrong/expired)|"
     "(bad/wrong/incorrect) credentials|bad password|wrong password|invalid password|incorrect password|or password|"
     "and password|api key|apikey|api token",
     "auth_failed", pause_relay, to_account, false},
    {any, Reach::mail, "", "7.8 7.9 7.11", "", "auth_failed", next_relay, to_account, false},
    {temporary, transaction, "", "7.8 7.9 7.11", "", "auth_failed", next_relay, to_account, false},
    // Postfix reject_unauth_destination, Sendmail, Exim, qmail rcpthosts, Exchange 5.7.64, Gmail relay, Mimecast
    {any, transaction, "", "7.64", "", "relay_denied", next_relay, to_account, false},
    {any, transaction, "", "",
     "relay access|"
     "(relay/relaying/mail relay) * (denied/not permitted/not allowed/prohibited/disallowed/forbidden/rejected/blocked)|"
     "not (permitted/allowed/authorized) to relay|isnt allowed to relay|"
     "(unable/refuse/refusing/permission/permissions) to relay|(cannot/will not/wont) relay|"
     "(do not/dont/does not/doesnt) relay|no relay|open relay|credentials for relay|rcpthosts|not a gateway|"
     "configured to relay|as a relay|not a relay|forwarding to remote|(dont/do not) handle mail for|relaying (mail/to)",
     "relay_denied", next_relay, to_account, false},

    // ---- Their service moved, and we have not followed: whoever set up the relay has to.
    {permanent, transaction, "", "",
     "(service/server/mailserver/smtp server/endpoint/relay/mail host) * moved|server closed|"
     "update your (smtp/mx/mail/server/configuration/settings)|update * configuration",
     "relay_refused", next_relay, to_relay, true},

    // ---- Their disk is full, and not the mailbox (RFC 3463 §3.4 x.3.1)
    {any, Reach::mail, "", "3.1", "", "temporary_failure", next_relay, to_relay, false},
    {any, asked, "", "3.1", "", "temporary_failure", retry, to_relay, false},
    {any, asked, "", "", "insufficient system|system storage|(server/system/spool/queue) * (disk/space)", "temporary_failure",
     retry, to_relay, false},

    // ---- A full mailbox is emptied one day (RFC 5321 §4.5.3.1.10), also where the server calls it permanent.
    // RFC 3463 §3.3; Gmail OverQuota, Exchange STOREDRV, Dovecot, Courier, Orange OFR_417, QQ
    {any, asked, "", "2.2", "", "mailbox_full", retry, to_mailbox, false},
    {any, asked, "", "",
     "over quota|overquota|quotaexceeded|shutoffquota|quota * (exceed/full/violation/reached/used)|exceed * "
     "(quota/storage/allowed size)|"
     "exceeded storage|"
     "(mailbox/inbox/mail box/mailfolder/maildir/account/user) * (full/quota/out of storage/storage limit/limit exc/"
     "limit exe/exceed)|full mailbox|storage (limit/quota/allocation/exceeded)|out of (storage/space)|"
     "maximum allowed storage|mailbox (size/limit)|disk (quota/full/space)|no space|(not/insufficient) * (space/storage)|"
     "enough * space|space has been used|too many (mails/messages) (in/on)|receiving limits|too much mail data|over * quota|"
     "boite * pleine|boite pleine|exhausted * storage|speicher|kontingent|lleno|llena|piena|cheia|cuota|cota exced|"
     "postfach * voll|postfach voll|fullt|is full",
     "mailbox_full", retry, to_mailbox, false},

    // ---- How often and how fast: it passes, whatever the code.
    // RFC 6647; Postgrey, milter-greylist, SQLgrey, OpenBSD spamd, Zoho
    {any, asked, "", "", "greylist|graylist|grey list|gray list|greylisting|you are being grey", "greylisted", retry, to_mailbox,
     false},
    // Before "too many": a loop does not pass. Postfix, Sendmail, Exchange, Gmail MailLoop
    {permanent, transaction, "", "4.6", "", "message_rejected", bounce, to_mail, true},
    {permanent, transaction, "", "",
     "line (limit/too long/length)|lines (too long/longer)|hops|hop count|mail loop|is looping|loop detected|"
     "mail forwarding loop|loops back",
     "message_rejected", bounce, to_mail, true},
    // RFC 7372, Gmail 4.7.28, Yahoo TSS04, Exchange Online 4.7.5xx and 4.7.65x, iCloud, GoDaddy IB504/IB607, QQ, Orange
    // OFR005_104, SES
    {any, everywhere, "", "7.28 7.650 7.652", "", "rate_limited", next_relay, to_relay, false},
    {any, everywhere, "", "",
     "rate limit|ratelimit|too many|too much mail|throttl|too (fast/quickly/frequent)|frequency * limited|"
     "unusual (rate/amount/volume)|rate exceed|at a rate|sending rate|connection rate|limit exceed|"
     "exceeded the (max/rate/limit/number)|exceeds the (max/rate/limit/number)|max message per|message threshold|slow down|"
     "slower|(connection/connections) limit|concurrent|excessive|unexpected volume|trop de|per (hour/minute/second)|"
     "this hour|too soon",
     "rate_limited", next_relay, to_relay, false},

    // ---- A filter that does not run has found nothing (Postfix content_filter, amavis, ClamAV)
    {any, asked, "", "", "(filter/scanner/clamav/antivirus/milter) (is unavailable/unavailable/not available/is down)",
     "temporary_failure", retry, to_relay, false},

    // ---- Behind the content what is said of spam is said of the mail, also where it names hosts, users and mailboxes.
    {permanent, content_seen, "", "",
     "(as/is/be/like/considers/considered/contains/likely/rejected) * (spam/unsolicited/virus/malware/phish/junk)|"
     "(spam/virus/junk) * (message/mail/content/detect/found/score/reject)|(message/mail/email) * (spam/virus/unsolicited)|"
     "spamassassin|surbl|uribl|spamtrap|infected|content (reject/denied/filter/judged)|spam scale|anti spam",
     "spam_rejected", bounce, to_mail, true},

    // ---- A user named and not known, under the heading of a client restriction (SendGrid's rules)
    {permanent, before_content, "", "", "not known to us|(user/recipient/mailbox/address) @ (not known/unknown)",
     "no_such_mailbox", suppress, to_mailbox, true},

    // The same with advice for the sender, who is not meant by it
    {permanent, before_content, "", "1.1 1.10",
     "(adressen/modtageren/modtager/mottagaren/mottakeren/postkassen/brugeren/brukeren) * (findes ikke/finnes ikke/"
     "eksisterer ikke/ukendt/ukjent/oknd/finns inte) (afsender skal/afsenderen skal/afsender bedes/afsenderen bedes/"
     "avsender bes/avsenderen bes/kontakt/kontakta/sender should)|(user unknown/unknown user/no such user/mailbox not found) "
     "sender should",
     "no_such_mailbox", suppress, to_mailbox, true},

    // Postfix, and others that call the recipient by that name: sure, whatever hosts and addresses are named behind it
    {permanent, before_content, "", "",
     "recipient address rejected (user unknown/unknown user)|"
     "recipient address rejected * said @ recipient address rejected user unknown|no such recipient",
     "no_such_mailbox", suppress, to_mailbox, true},

    // ---- How our server is known to theirs: an address on a list, no name, a bad name. Another relay has another address.
    // RFC 7372 §3.3 (5.7.25); Exchange Online 5.7.506, 5.7.511, 5.7.513, 5.7.606 to 5.7.649
    {any, everywhere, "", "7.25 7.51 7.506 7.507 7.510 7.511 7.513 7.606 7.607 7.708", "", "server_blocked", next_relay, to_relay,
     true},
    // A link or domain in the mail that is listed, and not our address: another relay would not help. Spamrl, SURBL, URIBL
    // (corpora)
    {permanent, transaction, "", "", "url in|urls in|uri in|link in|links in|surbl|multi.uribl|uribl|url within", "spam_rejected",
     bounce, to_mail, true},
    // Spamhaus DBL and others list the sender's domain (Postfix reject_rhsbl_sender)
    {permanent, transaction, "", "",
     "sender address * (blocked/listed/blacklist)|dbl.spamhaus|domain present in|"
     "(sender/from/domain) * (blacklisted/black listed/blocklisted) by recipient",
     "sender_rejected", bounce, to_sender, true},
    // Postfix reject_rbl_client, reject_unknown_client_hostname, smtpd_helo_restrictions; Spamhaus, Yahoo BL21, GMX, Cisco,
    // T-Online
    {any, everywhere, "", "",
     "(blocked/rejected) (using/by) * (list/bl/rbl/dnsbl/spamhaus/spamcop/sorbs/barracuda/cloudmark/uce/zen/trend/cbl)|"
     "blocked using|spam source|client host|clients host|client address|client ip|"
     "your (ip/server/host/mail server/network/isp/mta/hostname/connecting)|"
     "(this/sending/source/connecting/senders/sender/remote/black) ip|(sending/connecting) (host/mta)|sending server|"
     "ip address|ip is|ip blocked|ip blacklisted|blocked ip|(mail/messages/connection/connections) from #|"
     "# (is/has been/was) (blocked/banned/rejected)|"
     "# * (blacklist/listed/is blocked/blocked/found in/found on/is on/rejected)|banned (ip/sending/sender)|network is on|"
     "(host/network) network * not allowed|host network|connections not accepted|connections will not be|"
     "not accepting connections|connection refused|connection denied|connection rejected|"
     "(ptr/reverse dns/rdns/reverse lookup/rverse)|helo|ehlo|dynamic ip|dial up|dialup|residential|botnet|"
     "access to this mail system|access to submit|ip (not allowed/not permitted/not authorized/forbidden/denied)|ip not|"
     "ip of|ip range|sender host|sending host|unknown (client/host #/ip)|host unknown client|"
     "(client/host #) (unknown/not found)|senderbase|unauthorized interface|traffic not accepted|not allowed to connect|"
     "not authorized to send email directly|mail exchanger|geograph|your country|your location|reputation database|"
     "ip * (blacklisted/banned)|bad ip|countries.nerd|recipients @ blocked|problem occurred ask your postmaster|"
     "(listed/blacklisted/black listed) (at/by/on/in) * (list/rbl/dnsbl/spamhaus/sorbs/spamcop/hostkarma)|"
     "is in a black list|zen.spamhaus|xbl.spamhaus|sbl.spamhaus|pbl.spamhaus|www.spamhaus|bl.spamcop|dnsbl|dnsbl.sorbs|"
     "b.barracudacentral|rbl|support.proofpoint.com dnsbl|csi.cloudmark|poor reputation|low reputation|bad reputation|"
     "ip reputation|reputation of|verify the ip",
     "server_blocked", next_relay, to_relay, true},

    // ---- The sender's address or domain, at whatever command it is refused.
    // RFC 3463 §3.2 (x.1.7, x.1.8)
    {permanent, transaction, "", "1.7 1.8", "", "sender_rejected", bounce, to_sender, true},
    // Postfix reject_unknown_sender_domain, Exim sender verify and callouts, Sendmail, Exchange, Orange LPN105_405,
    // Mimecast, BATV
    {permanent, transaction, "", "",
     "this sender|"
     "sender (address/addresses/verif/rejected/denied/blocked/not/is/domain/unknown/does/has/was/invalid/refused/black/"
     "email)|(invalid/unknown/bad/unroutable/unrouteable/null/bogus/forged/envelope/local/unresolvable) sender|"
     "senders (address/domain/email/mail)|sender * (rejected/invalid/black/does not exist/not exist/not found)|"
     "domain of sender|(from/sending) domain|from address|(header from/from header/5322.from/5321.from)|return path|"
     "envelope from|reverse path|mail from|reply (to/address)|replyto|bounce address|originator|originating|"
     "from (user/mailbox/account)|(sending/submitting) (mailbox/address/user/account)|author address|purported responsible|"
     "your (domain/email address/address/envelope sender/envelope address)|verification failed for|one of your addresses|"
     "callback setup failed|batv|backscatter|dsns|spoof|senderfilterconfig|emetteur|expediteur|absender|remitente|remetente|"
     "mittente|avsndare|afsender",
     "sender_rejected", bounce, to_sender, true},
});

}  // namespace

std::span<const Row> rows_of_us() {
    return rows;
}

}  // namespace ilbud
