// Two buffers: one gathers lines under a short lock, the other is being written without one. A write may wait for ever (a
// pipe that nobody reads, a terminal that was stopped), so it is a thread of its own that waits, and nobody joins it without a
// deadline. The descriptor stays blocking: O_NONBLOCK belongs to the open file, which is shared with whoever started us.
// Not spdlog's asynchronous logger: its thread waits in write(2) just the same, and then its flush is never done, its
// shutdown joins without a deadline, and it tells nobody what it overwrote.
#include "log_writer.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace ilbud {
namespace {

// What waits for the thread at most, unless it is urgent. Longer, and more lines are gone if the process is killed; shorter
// wakes the thread for fewer lines.
constexpr auto write_interval = std::chrono::seconds(1);
// Gathered so much, the thread is woken before that.
constexpr std::size_t wake_bytes = 64 * 1024;

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Bytes written of `text`, less than all if the descriptor takes no more: closed, no reader left, no space. It may later, so the
// caller tries again with what comes next.
std::size_t write_all(int descriptor, std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto written = ::write(descriptor, text.data() + at, text.size() - at);
        if (written > 0) {
            at += static_cast<std::size_t>(written);
        } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            // Somebody who shares the open file made it non-blocking.
            pollfd room{descriptor, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (written == 0 || errno != EINTR) {
            break;
        }
    }
    return at;
}

}  // namespace

// Held by the thread as well, which may outlive the writer.
struct LogWriter::State {
    State(const LogOutput& output, std::function<std::string(std::uint64_t)> line)
        : descriptor(output.descriptor), gathered_max(output.bytes_max / 2), gap_line(std::move(line)) {}

    const int descriptor;
    const std::size_t gathered_max;
    const std::function<std::string(std::uint64_t)> gap_line;
    std::atomic<std::uint64_t> dropped{0};

    std::mutex mutex;
    std::condition_variable work;     // for the thread
    std::condition_variable written;  // for those who drain
    std::string gathered;
    std::uint64_t missed = 0;  // lines that found no room behind `gathered`
    std::uint64_t taken = 0;   // batches that the thread has taken …
    std::uint64_t done = 0;    // … and is done with
    bool urgent = false;
    bool ending = false;
    bool ended = false;

    // Of the thread alone.
    std::uint64_t untold = 0;  // lost lines that no line has told of
    bool mid_line = false;     // the last write broke off within a line

    [[nodiscard]] bool has_work() const { return !gathered.empty() || missed > 0; }
    void wake() {
        if (urgent) return;
        urgent = true;
        work.notify_one();
    }
    void run();
    std::uint64_t put(std::string_view text);
    void tell_gap();
};

// How many lines of `text` are lost.
std::uint64_t LogWriter::State::put(std::string_view text) {
    if (mid_line && write_all(descriptor, "\n") == 0) return lines_in(text);
    const auto end = write_all(descriptor, text);
    mid_line = end > 0 && text[end - 1] != '\n';
    return lines_in(text.substr(end));
}

void LogWriter::State::tell_gap() {
    if (untold > 0 && put(gap_line(untold) + '\n') == 0) untold = 0;
}

void LogWriter::State::run() {
    std::string batch;
    std::unique_lock lock(mutex);
    while (true) {
        work.wait_for(lock, write_interval, [&] { return urgent || ending; });
        urgent = false;
        if (ending && !has_work()) break;
        batch.swap(gathered);
        const auto no_room = std::exchange(missed, 0);
        ++taken;
        lock.unlock();
        // Gaps stand where they are: what an earlier write lost lies before this batch, what found no room behind it.
        tell_gap();
        const auto lost = put(batch);
        dropped += lost;
        untold += lost + no_room;
        tell_gap();
        batch.clear();
        lock.lock();
        done = taken;
        written.notify_all();
    }
    ended = true;
    written.notify_all();
}

LogWriter::LogWriter(const LogOutput& output, std::function<std::string(std::uint64_t)> gap_line)
    : output_(output), state_(std::make_shared<State>(output, std::move(gap_line))), thread_([state = state_] {
          ::pthread_setname_np(::pthread_self(), "log");
          state->run();
      }) {}

// A thread that still waits in write(2) is left behind: it has its own share of the state, and ends with the process.
LogWriter::~LogWriter() {
    std::unique_lock lock(state_->mutex);
    state_->ending = true;
    state_->work.notify_one();
    const bool ended = state_->written.wait_for(lock, output_.deadline, [&] { return state_->ended; });
    lock.unlock();
    if (ended)
        thread_.join();
    else
        thread_.detach();
}

// Behind a line that was dropped all are, until the thread has taken what is there: so a gap has one place.
void LogWriter::add(std::string_view line, bool urgent) {
    const std::scoped_lock lock(state_->mutex);
    auto& gathered = state_->gathered;
    if (state_->missed > 0 || gathered.size() + line.size() + 1 > state_->gathered_max) {
        ++state_->missed;
        state_->dropped.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    gathered += line;
    gathered += '\n';
    if (urgent || gathered.size() > std::min(wake_bytes, state_->gathered_max / 2)) state_->wake();
}

void LogWriter::flush() {
    const std::scoped_lock lock(state_->mutex);
    state_->wake();
}

bool LogWriter::drain() {
    std::unique_lock lock(state_->mutex);
    const auto last = state_->taken + (state_->has_work() ? 1 : 0);
    state_->wake();
    return state_->written.wait_for(lock, output_.deadline, [&] { return state_->done >= last; });
}

std::uint64_t LogWriter::dropped() const {
    return state_->dropped.load(std::memory_order_relaxed);
}

}  // namespace ilbud
