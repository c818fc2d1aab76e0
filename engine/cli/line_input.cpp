// getline would wait for input while answers wait to be read; this reads by descriptor, so that poll can be
// asked first. Regular files are always ready, so for them `waits` is never true and nothing is slower.
#include "cli/line_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ilbud {

// Standard input is duplicated, so that the destructor may close whatever it holds.
LineInput::LineInput(const std::string& path)
    : descriptor_(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

LineInput::~LineInput() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

// Remembers how far was searched: a line of many megabytes that arrives in pieces
// is looked through once, not once a piece.
bool LineInput::has_line() {
    searched_ = buffer_.find('\n', searched_);
    if (searched_ != std::string::npos) return true;
    searched_ = buffer_.size();
    return false;
}

// Reads as much as is there, and only that. An end or an error is no reason to wait: next() tells it.
bool LineInput::waits() {
    while (!at_end_ && !has_line()) {
        pollfd ready{descriptor_, POLLIN, 0};
        // A signal that ends it is no input either: read_more() would wait.
        const int there = ::poll(&ready, 1, 0);
        if (there == 0 || (there < 0 && errno == EINTR)) return true;
        read_more();
    }
    return false;
}

// The last line may lack its end; an empty rest behind the last line end is no line.
std::optional<std::string> LineInput::next() {
    while (!at_end_ && !has_line()) read_more();
    if (!has_line() && begin_ == buffer_.size()) return std::nullopt;
    const auto end = has_line() ? searched_ : buffer_.size();
    std::string line = buffer_.substr(begin_, end - begin_);
    begin_ = searched_ = std::min(end + 1, buffer_.size());
    return line;
}

// Erases what was handed out before reading on, so the buffer holds one piece and at most one torn line. 256
// KiB a read keeps calls rare for files and costs nothing for pipes, which give less.
void LineInput::read_more() {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    const auto old = buffer_.size();
    buffer_.resize(old + 256 * 1024);
    const auto got = ::read(descriptor_, buffer_.data() + old, buffer_.size() - old);
    // Saved before the string is resized, which may allocate and set it.
    const int failure = errno;
    buffer_.resize(old + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && failure == EINTR) return;
    // A failure ends the input like its end does; `broken` tells them apart, for the exit status.
    at_end_ = got <= 0;
    broken_ = got < 0;
}

// For the progress bar only: a pipe has no size, and 0 draws none.
std::uint64_t LineInput::bytes_total() const {
    struct stat status {};
    return ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace ilbud
