// Everything about libcurl that has to be chosen for a session, and the translation of what it says
// back into SMTP's own terms. It opens sessions because connecting, TLS and SASL are worth having from
// a library; it does not carry mails, as it blocks on the reply to the final dot. Its result codes are
// only half the truth (a closed connection may leave any of several), so the lines that the server sent
// are read beside it, and where the server gave a reason its words are told rather than libcurl's.
#include "curl_opening.hpp"

#include <unistd.h>

#include <new>

#include "ilbud/base/secret.hpp"

namespace ilbud {
namespace {

// Called for each line of each reply, greeting and STARTTLS included.
std::size_t on_line(char* bytes, std::size_t size, std::size_t count, void* greeting) {
    const std::size_t length = size * count;
    return static_cast<Greeting*>(greeting)->take({bytes, length}) ? length : 0;  // 0: libcurl ends the session
}

/// smtp://host:port/helo; the path carries the EHLO name, percent-encoded where a URL wants it.
std::string url_of(const Relay& relay, const std::string& helo) {
    // Without brackets the last group of an IPv6 address would be read as a port (RFC 3986 §3.2.2).
    const bool bare_ipv6 = relay.host.find(':') != std::string::npos && relay.host.front() != '[';
    std::string url = relay.tls_from_start ? "smtps://" : "smtp://";
    url += bare_ipv6 ? '[' + relay.host + ']' : relay.host;
    url += ':' + std::to_string(relay.port) + '/';
    // make_handle let only letters, digits and few signs pass; of those, only the ones of
    // an address literal mean something in a URL.
    for (const char c : helo) {
        if (c == '[') {
            url += "%5B";
        } else if (c == ']') {
            url += "%5D";
        } else if (c == ':') {
            url += "%3A";
        } else {
            url += c;
        }
    }
    return url;
}

// `required` fails if STARTTLS is missing or refused. CURLUSESSL_TRY goes on in plain text then, with AUTH too:
// effective_tls makes everything that has a password `required`. TLS below 1.2 counts as none (RFC 8996).
void set_tls(CURL* easy, const Relay& relay, TlsPolicy tls) {
    const bool required = tls == TlsPolicy::required;
    const curl_usessl use = required ? CURLUSESSL_ALL : tls == TlsPolicy::opportunistic ? CURLUSESSL_TRY : CURLUSESSL_NONE;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(use));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // Whoever could forge a certificate could as well strip STARTTLS, so checking it would only turn encryption into plain text.
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, required ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, required ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // a folder of CAs is read anew for every connection; one file is kept
    // Seconds that the parsed file is kept, so that a replaced CA file counts after five
    // minutes; libcurl's default is a day.
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 300L);
    if (!relay.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, relay.ca_file.c_str());
}

// Read for every session and not at the start: a token is renewed while the engine runs. The method is pinned: left to
// itself libcurl takes the one it likes best of those the server names.
Result<void> set_credentials(CURL* easy, const Relay& relay) {
    if (relay.auth == AuthMethod::none) return {};
    const auto file = read_secret(relay.password_file);
    if (!file) return file.error();
    const Secret secret{std::string(without_line_end(file->reveal()))};  // wiped at the end; libcurl keeps a copy of its own
    curl_easy_setopt(easy, CURLOPT_USERNAME, relay.user.c_str());
    const bool bearer = relay.auth == AuthMethod::xoauth2;
    curl_easy_setopt(easy, bearer ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, secret.reveal().c_str());
    const char* method = bearer ? "AUTH=XOAUTH2" : relay.auth == AuthMethod::plain ? "AUTH=PLAIN" : "AUTH=LOGIN";
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, method);
    return {};
}

}  // namespace

// Whatever `tls` says in the settings: a password never travels in the open.
TlsPolicy effective_tls(const Relay& relay) {
    return relay.tls_from_start || relay.auth != AuthMethod::none ? TlsPolicy::required : relay.tls;
}

std::string ehlo_name(const std::string& name) {
    if (!name.empty()) return name;
    // One byte is kept back: a name that is cut off need not be ended with a NUL. "localhost" is no good name to give
    // to a stranger, but RFC 5321 §4.1.4 asks servers not to refuse for the name alone.
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) != 0 || !is_wire_host(host.data())) return "localhost";
    return host.data();
}

// Codes tell what libcurl is at: the second 220 is the answer to STARTTLS
// (RFC 3207 §4), 334 asks for a part of the secret, 235 ends AUTH (RFC 4954 §4, §6). Of
// several 250 the last counts: what was offered before TLS is void (RFC 3207 §4.2).
bool Greeting::take(std::string_view line) {
    reader_.feed(line);
    reply_ += line;
    const auto parsed = reader_.next();
    if (!parsed) return false;
    if (!*parsed) return true;
    last_ = **parsed;
    ++replies_;
    if (last_.code == 220) ++ready_;
    if (last_.code == 334) asked_secret_ = true;
    if (last_.code == 235) authenticated_ = true;
    if (last_.code == 250) hello_ = reply_;
    reply_.clear();
    return true;
}

// How far it got, told by what the server said last; libcurl does not tell its own state.
Stage Greeting::stage(bool connected) const {
    if (replies_ == 0) return connected ? Stage::greeting : Stage::connect;
    if (asked_secret_) return Stage::auth;
    if (last_.code == 220 && ready_ > 1) return Stage::tls;
    return replies_ == 1 && last_.code != 220 ? Stage::greeting : Stage::hello;
}

Reply Greeting::failure(CURLcode result, bool connected, std::string_view error) const {
    using Failure = Reply::Failure;
    Reply reply;
    reply.stage = stage(connected);
    reply.text = error.empty() ? curl_easy_strerror(result) : error;
    // Below 400 the last reply was no refusal: whatever failed came after it.
    const auto refused = [&] {  // in the server's own words
        if (last_.code < 400) return;
        reply.code = last_.code;
        reply.enhanced = last_.enhanced;
        reply.text = last_.text;
    };
    switch (result) {
        case CURLE_LOGIN_DENIED:
            reply.stage = Stage::auth;
            reply.failure = Failure::auth_failed;
            refused();
            return reply;
        // STARTTLS was not offered, or it was refused with a reply that is worth keeping (454 of RFC 3207 §4).
        case CURLE_USE_SSL_FAILED:
            refused();
            [[fallthrough]];
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_ISSUER_ERROR:
            reply.stage = Stage::tls;
            reply.failure = Failure::tls_failed;
            return reply;
        // The greeting or EHLO got a reply that is none of success: with a code it is the
        // server's refusal, without one it is no SMTP.
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_REMOTE_ACCESS_DENIED:
            refused();
            if (reply.code == 0) reply.failure = Failure::garbage;
            return reply;
        // Only on_line makes this one, by taking nothing.
        case CURLE_WRITE_ERROR:
            reply.failure = Failure::garbage;
            reply.text = "the server's words are no SMTP reply, or too many";
            return reply;
        // Nobody there, or somebody who does not speak: the first says nothing about the server's SMTP.
        case CURLE_OPERATION_TIMEDOUT:
            reply.failure = replies_ == 0 && !connected ? Failure::unreachable : Failure::timeout;
            return reply;
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
            // libcurl adds up all lines so far with each further one, and takes the sum for the size.
            if (error.starts_with("Too large response headers")) {
                reply.failure = Failure::garbage;
                reply.text = "the reply has more lines than libcurl takes (about 150)";
                return reply;
            }
            // In TLS 1.3 the client is done before the server has looked at its certificate (RFC 8446 §4.4.2.4).
            if (error.find("alert") != std::string_view::npos) {
                reply.stage = Stage::tls;
                reply.failure = Failure::tls_failed;
                return reply;
            }
            refused();
            if (reply.code == 0) reply.failure = Failure::closed;
            return reply;
        default:
            reply.failure = Failure::unreachable;  // name not found, refused, no route, …
            return reply;
    }
}

Result<Easy> make_handle(const Relay& relay, TlsPolicy tls, const std::string& helo, const DeliveryDeadlines& deadlines,
                         Greeting& greeting, std::array<char, CURL_ERROR_SIZE>& error) {
    // Before anything of it is put into a URL or behind a command: libcurl would send a line end as it is (S1).
    if (!is_wire_host(helo)) return Error{"invalid_relay", "helo_name", "the EHLO name cannot be sent"};
    const bool ipv6 = relay.host.find(':') != std::string::npos;
    if (relay.host.empty() || !is_wire_host(ipv6 && relay.host.front() != '[' ? '[' + relay.host + ']' : relay.host))
        return Error{"invalid_relay", relay.name, "the relay's host is no name or address"};
    Easy easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    CURL* const handle = easy.get();
    error[0] = '\0';
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(handle, CURLOPT_URL, url_of(relay, helo).c_str());
    // SMTP only, whatever a host's name makes of the URL; never a connection of somebody
    // else's (S31); no proxy, as a mail server is what it says by its address. NOSIGNAL
    // because of the threads: else libcurl may use SIGALRM for its time-outs.
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // nor one from the environment
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs must not hold up whoever gives up on it
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &on_line);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &greeting);
    // The session's own timer ends a slow opening; libcurl's limits only must not be tighter.
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(deadlines.connect + 1min);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(patience.count() / 1000));
    // "host!" says that it is an address: without it libcurl looks for a network interface of that name first.
    if (!relay.source_address.empty()) curl_easy_setopt(handle, CURLOPT_INTERFACE, ("host!" + relay.source_address).c_str());
    set_tls(handle, relay, tls);
    if (const auto credentials = set_credentials(handle, relay); !credentials) return credentials.error();
    return easy;
}

}  // namespace ilbud
