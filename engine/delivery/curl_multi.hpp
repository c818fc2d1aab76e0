/// One libcurl multi handle driven by Asio: opens connections for their owners.
///
/// In    easy handles set up with CURLOPT_CONNECT_ONLY
/// Out   for each one, once, the result of connecting (never from within add())
/// Threads  one: the context's
/// See   libcurl's curl_multi_socket_action; FACTS on why one multi has one TLS policy, one user and one source address (S31)
#pragma once
#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "ilbud/base/task.hpp"

namespace ilbud {

class CurlMulti {
 public:
    using Finished = std::function<void(CURL*, CURLcode)>;
    CurlMulti(asio::io_context& context, Finished finished);
    ~CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;

    /// The handle stays its owner's and must be removed before it is cleaned up. Throws
    /// std::runtime_error if libcurl refuses it.
    void add(CURL* easy);
    /// Takes a handle out, connected or not, which closes its connection (without a QUIT, so without waiting).
    void remove(CURL* easy);

 private:
    struct Watch;
    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused);
    static int on_timer(CURLM* multi, long milliseconds, void* self);
    void watch(curl_socket_t socket, int what);
    void wait(const std::shared_ptr<Watch>& watch);
    void act(curl_socket_t socket, int events);

    asio::io_context& context_;
    Finished finished_;
    asio::steady_timer timer_;
    CURLM* multi_;
    std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // false once handlers must not touch this
};

}  // namespace ilbud
