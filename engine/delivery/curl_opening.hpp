/// How a session begins: what libcurl is told to do, what the server says meanwhile, and what a failure means.
///
/// In    a relay, the EHLO name; the lines that libcurl receives; its result code
/// Out   a handle ready to be added to a multi; the server's extensions; the Reply of a session that did not come about
/// See   RFC 5321 §3.1, §3.2; RFC 3207 (STARTTLS); RFC 4954 (AUTH); SECURITY S29–S33; FACTS (libcurl)
#pragma once
#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "ilbud/delivery/smtp.hpp"
#include "ilbud/settings/settings.hpp"

namespace ilbud {

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

/// Whether and how TLS is used towards a relay: SMTPS and AUTH are never without it (S32).
TlsPolicy effective_tls(const Relay& relay);

/// The machine's name, or `name` if not empty, as EHLO's argument.
std::string ehlo_name(const std::string& name);

/// Everything said in a session until it is open.
class Greeting {
 public:
    explicit Greeting(std::size_t reply_bytes_max) : reader_(reply_bytes_max) {}

    /// Takes one line as received. False: it cannot be SMTP, or it is too much (S33).
    bool take(std::string_view line);
    /// What the last EHLO offered.
    [[nodiscard]] Extensions extensions() const { return read_extensions(hello_); }
    [[nodiscard]] bool starttls_accepted() const { return ready_ > 1; }
    [[nodiscard]] bool authenticated() const { return authenticated_; }
    /// The Reply when libcurl gave up with `result`. `connected`: TCP came about; `error`: libcurl's own words.
    [[nodiscard]] Reply failure(CURLcode result, bool connected, std::string_view error) const;

 private:
    [[nodiscard]] Stage stage(bool connected) const;

    ReplyReader reader_;
    std::string reply_;            // the lines of the one being received
    std::string hello_;            // the last 250 reply
    int replies_ = 0, ready_ = 0;  // whole ones; those of 220: the greeting, then STARTTLS
    bool authenticated_ = false, asked_secret_ = false;
    ReplyReader::Parsed last_;
};

/// A handle that connects to `relay`, with TLS as `tls` says, and passes the lines to `greeting`, which must stay where it is.
/// `error` receives libcurl's words and must stay too.
/// Errors  those of read_secret; invalid_relay
Result<Easy> make_handle(const Relay& relay, TlsPolicy tls, const std::string& helo, const DeliveryDeadlines& deadlines,
                         Greeting& greeting, std::array<char, CURL_ERROR_SIZE>& error);

}  // namespace ilbud
