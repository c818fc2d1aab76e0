// libcurl's event interface on Asio: libcurl says which descriptors and which delay it wants to hear of,
// Asio waits, and act() tells libcurl. curl_multi_poll would need a thread for each multi. Only openings
// pass through here; once a connection is up, its session reads and writes by itself. What bites: a
// descriptor belongs to libcurl but is registered in Asio's epoll set, so Asio must let go of it before
// libcurl closes it, or the number comes back as another socket while the old one is still watched.
#include "curl_multi.hpp"

#include <mutex>
#include <new>
#include <stdexcept>

namespace ilbud {
namespace {

// Once in the process and before any handle is made. A failure throws and leaves the
// flag as it was, so the next caller tries again.
void start_library() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK) throw std::runtime_error("libcurl cannot start");
    });
}

}  // namespace

/// A socket that libcurl wants to know about. The descriptor is borrowed: released, never closed.
struct CurlMulti::Watch {
    Watch(asio::io_context& context, curl_socket_t socket) : descriptor(context, socket) {}
    ~Watch() { drop(); }
    void drop() {
        wanted = 0;
        if (descriptor.is_open()) descriptor.release();
    }
    asio::posix::stream_descriptor descriptor;
    int wanted = 0;  // CURL_POLL_IN, CURL_POLL_OUT
    bool reading = false, writing = false;
};

CurlMulti::CurlMulti(asio::io_context& context, Finished finished)
    : context_(context), finished_(std::move(finished)), timer_(context) {
    start_library();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    // Below the number of connections in use libcurl would close one for every new one, and
    // each mail would connect anew.
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1'000'000L);  // the pool has the limit; libcurl must never close one of ours
}

CurlMulti::~CurlMulti() {
    // First, while everything is still here: the clean-up may call on_socket for what it
    // closes. Handlers that are queued already come later and find `alive` false.
    curl_multi_cleanup(multi_);
    *alive_ = false;
    for (auto& [socket, watch] : watches_) watch->drop();
}

void CurlMulti::add(CURL* easy) {
    if (const CURLMcode code = curl_multi_add_handle(multi_, easy); code != CURLM_OK)
        throw std::runtime_error(curl_multi_strerror(code));
}

// Allowed from within `finished_`: act() has taken what it needs out of the message by then.
void CurlMulti::remove(CURL* easy) {
    curl_multi_remove_handle(multi_, easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<CurlMulti*>(self)->watch(socket, what);
    return 0;
}

void CurlMulti::watch(curl_socket_t socket, int what) {
    // What libcurl calls in here must not call libcurl: everything below only takes notes or begins to wait.
    auto found = watches_.find(socket);
    if (what == CURL_POLL_REMOVE) {
        if (found == watches_.end()) return;
        found->second->drop();
        watches_.erase(found);
        return;
    }
    if (found == watches_.end()) found = watches_.emplace(socket, std::make_shared<Watch>(context_, socket)).first;
    found->second->wanted = what;
    wait(found->second);
}

// Asio's waits end after one event, so they begin anew after each as long as libcurl wants more. A wait under way is
// not cancelled when libcurl loses interest: an event it did not ask for costs it one look at the socket.
void CurlMulti::wait(const std::shared_ptr<Watch>& watch) {
    const auto wait_for = [&](bool Watch::*waiting, asio::posix::descriptor_base::wait_type type, int poll, int event) {
        if ((watch->wanted & poll) == 0 || (*watch).*waiting) return;
        (*watch).*waiting = true;
        watch->descriptor.async_wait(type, [this, alive = alive_, watch, waiting, event](boost::system::error_code error) {
            (*watch).*waiting = false;
            if (!*alive || !watch->descriptor.is_open()) return;
            // Within it libcurl may remove this very watch, or its owner the whole multi. Hence the
            // shared pointer and the two questions behind.
            act(watch->descriptor.native_handle(), error ? CURL_CSELECT_ERR : event);
            if (*alive && watch->descriptor.is_open()) wait(watch);
        });
    };
    wait_for(&Watch::reading, asio::posix::descriptor_base::wait_read, CURL_POLL_IN, CURL_CSELECT_IN);
    wait_for(&Watch::writing, asio::posix::descriptor_base::wait_write, CURL_POLL_OUT, CURL_CSELECT_OUT);
}

// Also a delay of zero goes through the timer: an action from within this call would
// come back to it without end. That is what keeps add() from ever finishing a handle on
// the spot. A new expiry ends the older wait with an error, which is passed over.
int CurlMulti::on_timer(CURLM*, long milliseconds, void* self) {
    auto& multi = *static_cast<CurlMulti*>(self);
    if (milliseconds < 0) {
        multi.timer_.cancel();
        return 0;
    }
    multi.timer_.expires_after(std::chrono::milliseconds(milliseconds));
    multi.timer_.async_wait([&multi, alive = multi.alive_](boost::system::error_code error) {
        if (!error && *alive) multi.act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
}

/// Results are handed out one by one, straight from libcurl's list: their owners may add and remove handles meanwhile.
void CurlMulti::act(curl_socket_t socket, int events) {
    const auto alive = alive_;
    int running = 0;
    curl_multi_socket_action(multi_, socket, events, &running);
    while (*alive) {
        int left = 0;
        // The message is libcurl's and dies when its handle is removed; that is why both parts are passed on as values.
        const CURLMsg* message = curl_multi_info_read(multi_, &left);
        if (message == nullptr) return;
        if (message->msg == CURLMSG_DONE) finished_(message->easy_handle, message->data.result);
    }
}

}  // namespace ilbud
